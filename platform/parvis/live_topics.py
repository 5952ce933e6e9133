"""What the pages and the process of live pages agree on: channels, and signed lists of topics.

A page names in its address the topics it shows, signed in its schema: whoever holds the address
may hear of these and of no others. Nothing of Django's models is needed to read it.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from parvis.signing import BadSignature, sign, unsign_from


PATH = "/direct/"
LIFETIME_S = 12 * 3600
PURPOSE = "live"
MARK = "~"
SCHEMA = re.compile(r"[a-z0-9_]{1,63}")
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Watched:
    """The topics of a schema that a page shows, and when it began to read (seconds since 1970)."""

    schema: str
    topics: tuple[str, ...]
    since: float


def address(schema: str, *topics: str, since: float) -> str:
    """Write the path at which a page hears of its topics; ``schema`` is the active one."""
    signed = sign([round(since, 3), *topics], purpose=PURPOSE)
    return f"{PATH}?{urlencode({'s': schema + MARK + signed})}"


def read(text: str) -> Watched:
    """Read the ``s`` of an address.

    Raises:
        BadSignature: forged, expired, signed in another schema, or nothing of the kind.
    """
    schema, _mark, signed = text.partition(MARK)
    if len(text) > LONGEST or not SCHEMA.fullmatch(schema):
        raise BadSignature("no schema")
    since, *topics = unsign_from(schema, signed, purpose=PURPOSE, max_age=LIFETIME_S)
    return Watched(schema, tuple(topics), since)


def channel(url: str, schema: str) -> str:
    """Name the channel of a schema; two databases of one Valkey do not hear each other."""
    return _beginning(url) + schema


def pattern(url: str) -> str:
    """Match the channels of all schemas."""
    return _beginning(url) + "*"


def schema_of(name: str) -> str:
    """Tell whose channel it is."""
    return name.rpartition(":")[2]


def _beginning(url: str) -> str:
    number = re.search(r"/(\d+)(?:\?|$)", url)
    return f"live:{number[1] if number else 0}:"
