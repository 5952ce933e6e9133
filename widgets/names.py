"""Which host name a commune may ask for: pure rules about words.

The proof in the DNS says that somebody holds a name; these rules refuse what nobody should ask
for all the same: names of the platform, addresses, look-alikes in another alphabet.
"""

import re
from enum import StrEnum


LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-àâäæçéèêëîïôöœùûüÿ")
# Names that lead nowhere on the internet, whatever the DNS says.
NOWHERE = frozenset(
    {"localhost", "local", "test", "example", "invalid", "internal", "onion", "arpa", "home"}
)
LONGEST = 200
FEWEST_LABELS = 3
BEFORE_A_NAME = ("mairie-", "ville-", "commune-", "mairie-de-", "ville-de-")


class Refusal(StrEnum):
    """Why a name is not to be had."""

    MALFORMED = "malformed"
    ADDRESS = "address"
    ALPHABET = "alphabet"
    PLATFORM = "platform"
    NOWHERE = "nowhere"
    TOO_SHORT = "too_short"
    WWW = "www"


class NotToBeHad(ValueError):
    """The name cannot be asked for; ``why`` says which rule."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


def parse(typed: str, *, base: str) -> str:
    """Bring what somebody typed to a host name in ASCII, without scheme, port or final dot.

    >>> parse(" HTTPS://RDV.Pauillac.fr./ ", base="parvis.example")
    'rdv.pauillac.fr'

    Raises:
        NotToBeHad: the name breaks a rule.
    """
    host = re.sub(r"^https?://", "", typed.strip().casefold()).partition("/")[0]
    host = host.removesuffix(".")
    if not host or len(host) > LONGEST or "@" in host:
        raise NotToBeHad(Refusal.MALFORMED)
    if re.fullmatch(r"[0-9.]+|0x[0-9a-f.]+|\[.*|.*:.*:.*", host):
        raise NotToBeHad(Refusal.ADDRESS)
    host = re.sub(r":(80|443)$", "", host)
    name = ".".join(_ascii(label) for label in host.split("."))
    _check(name, base)
    return name


def _ascii(label: str) -> str:
    """Write one label as the DNS does, after a look at the letters a reader would see."""
    try:
        shown = label.encode("ascii").decode("idna") if label.startswith("xn--") else label
        written = shown.encode("idna").decode().lower() if shown else ""
    except UnicodeError as fault:
        raise NotToBeHad(Refusal.MALFORMED) from fault
    if not set(shown) <= LETTERS:
        is_odd = any(char.isalpha() for char in set(shown) - LETTERS)
        raise NotToBeHad(Refusal.ALPHABET if is_odd else Refusal.MALFORMED)
    if not LABEL.fullmatch(written):
        raise NotToBeHad(Refusal.MALFORMED)
    return written


def _check(name: str, base: str) -> None:
    labels = name.split(".")
    if name == base or name.endswith(f".{base}") or base.endswith(f".{name}"):
        raise NotToBeHad(Refusal.PLATFORM)
    if labels[-1] in NOWHERE:
        raise NotToBeHad(Refusal.NOWHERE)
    if labels[-1].isdigit():
        raise NotToBeHad(Refusal.ADDRESS)
    if labels[0] == "www":
        raise NotToBeHad(Refusal.WWW)
    if len(labels) < FEWEST_LABELS:
        raise NotToBeHad(Refusal.TOO_SHORT)


def words_of(name: str) -> set[str]:
    """List the parts of a host name that may name a commune: ``mairie-lacanau`` is Lacanau's."""
    found = set()
    for label in name.split(".")[:-1]:
        found.add(label)
        found |= {label.removeprefix(word) for word in BEFORE_A_NAME}
    return found


def proof_name(name: str) -> str:
    """Name the TXT record that proves a host name."""
    return f"_verif.{name}"


def target(base: str) -> str:
    """Name what the CNAME of a commune's own name points to."""
    return f"tenants.{base}"
