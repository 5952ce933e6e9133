"""The lines of a calendar (RFC 5545, 3.1 and 3.3.11); pure.

A diary of thousands of events is asked for every half hour: written so, it takes about a tenth of
the time that a library of calendars needs. Tests read it with such libraries.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime


MOST_OCTETS = 75
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # controls, but for tabs and line ends
SIGNS = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def text(value: str) -> str:
    """Write words as a value: nothing in them can end the line or begin another."""
    return UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).translate(SIGNS)


def instant(at: datetime) -> str:
    """Write an instant in UTC."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def joined(lines: Iterable[str]) -> bytes:
    """Join lines as they travel: UTF-8, folded after 75 octets, never inside a letter."""
    return b"".join(_folded(line.encode()) for line in lines)


def _folded(line: bytes) -> bytes:
    if len(line) <= MOST_OCTETS:
        return line + b"\r\n"
    parts, start, room = [], 0, MOST_OCTETS
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:  # noqa: PLR2004 (a letter goes on)
            end -= 1
        parts.append(line[start:end])
        start, room = end, MOST_OCTETS - 1  # the space that begins the next one counts
    return b"\r\n ".join([*parts, line[start:]]) + b"\r\n"
