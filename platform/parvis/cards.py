"""Plain values for the team's list and board of reports; the ``ui_desk`` tags draw them."""

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.pieces import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A word about a report, with its look."""

    label: str
    tone: Tone = "neutral"
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCard:
    """One report in a list; ``key`` is what its box posts."""

    key: str
    href: str
    title: str
    state: Mark
    place: str = ""
    photo: str = ""
    icon: str = "megaphone"
    age: str = ""
    late: str = ""
    """Since when it is late, in words; empty when it is not."""
    concerned: int = 1
    who: str = ""
    marks: Sequence[Mark] = ()
    move: str = ""
    """Where it is moved; empty for whoever may not."""
    moves: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A part of a filter that one press sets or takes away."""

    label: str
    href: str
    is_on: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the board: some cards, how many there are, and where to see them all."""

    title: str
    cards: Sequence[ReportCard]
    count: str
    href: str
    state: str = ""
    """What a card dropped here is asked to become."""
    is_folded: bool = False
