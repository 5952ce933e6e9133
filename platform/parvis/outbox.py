"""Messages as pages show them: what a citizen received, or would have received."""

import re
from dataclasses import dataclass

from parvis.models import OutgoingEmail


LINK = re.compile(r"(https?://[^\s<>«»\"]*[^\s<>«»\".,;:!?)])")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a message; ``href`` when they are an address to follow."""

    text: str
    href: str = ""


def paragraphs(text: str) -> list[list[list[Piece]]]:
    """Cut a text into paragraphs, lines and pieces, so that its addresses can be followed."""
    return [
        [_pieces(line) for line in block.splitlines()]
        for block in re.split(r"\n\s*\n", text.strip())
    ]


def files(email: OutgoingEmail) -> list[tuple[str, str]]:
    """Name the attachments of a message, with their kinds."""
    return [(name, kind) for name, _content, kind in email.attachments]


def _pieces(line: str) -> list[Piece]:
    return [
        Piece(part, part if number % 2 else "")
        for number, part in enumerate(LINK.split(line))
        if part
    ]
