"""Ask public resolvers what a host name says: never the machine's own, which may know better.

Each resolver answers for itself, so that one that lies or lags behind convinces nobody alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from dns import exception, rdatatype, resolver


PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class Said:
    """What one resolver says of a name; ``is_silent`` when it did not answer at all."""

    resolver: str
    values: frozenset[str] = frozenset()
    is_silent: bool = False


def ask_all(name: str, kind: str, *, servers: Sequence[str] = ()) -> list[Said]:
    """Ask every configured resolver for the records of one kind, in lower case, without the dot.

    ``servers`` are ``address`` or ``address:port``; those of the settings by default.
    """
    return [_ask(name, kind, server) for server in servers or settings.RESOLVERS]


def all_say(said: Sequence[Said], wanted: str) -> bool:
    """Tell whether at least two resolvers answered, and all that did say ``wanted``."""
    answers = [each for each in said if not each.is_silent]
    return len(answers) >= min(2, len(said)) > 0 and all(wanted in each.values for each in answers)


def none_answers(said: Sequence[Said]) -> bool:
    """Tell whether the network is at fault rather than the name."""
    return all(each.is_silent for each in said)


def _ask(name: str, kind: str, server: str) -> Said:
    address, _colon, port = server.partition(":")
    asker = resolver.Resolver(configure=False)
    asker.nameservers, asker.port = [address], int(port or 53)
    asker.lifetime = asker.timeout = PATIENCE_S
    asker.cache = None
    try:
        found = asker.resolve(name, kind, search=False)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return Said(server)
    except (exception.DNSException, OSError):
        return Said(server, is_silent=True)
    return Said(server, frozenset(_text(record) for record in found))


def _text(record: object) -> str:
    if getattr(record, "rdtype", None) == rdatatype.TXT:
        return b"".join(record.strings).decode("utf-8", "replace").strip()  # type: ignore[attr-defined]
    return str(record).rstrip(".").lower()
