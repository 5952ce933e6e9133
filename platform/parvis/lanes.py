"""Plain values for the board, the map and the journal of communes; ``ui_pipeline`` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from parvis.cards import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneCard:
    """One commune on the board."""

    title: str
    href: str
    facts: Sequence[str] = ()
    marks: Sequence[Mark] = ()
    move: str = ""
    """Where it is moved; empty for a stage that leads nowhere."""
    moves: Sequence[tuple[str, str]] = ()
    hidden: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One stage: some of its communes, how many there are, and where to see them all."""

    title: str
    count: int
    href: str
    cards: Sequence[LaneCard]
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MapArea:
    """A commune, or several that need no link, drawn in the colour of ``look``."""

    path: str
    look: str
    title: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapKey:
    """One line of a map's legend."""

    look: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """Something that happened on a day; ``href`` leads to where it is changed."""

    on: date
    icon: str
    title: str
    text: str = ""
    who: str = ""
    href: str = ""
