"""Plain values that views hand to the ``ui`` tags: what a component shows, never how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


Tone = Literal["neutral", "info", "success", "warning", "danger", "brand"]


@dataclass(frozen=True, slots=True)
class SlotOffer:
    """A slot that can be taken; ``value`` is what its button posts."""

    start: datetime
    value: str


@dataclass(frozen=True, slots=True)
class SlotDay:
    """A day and its free slots; without any, ``note`` says why (else "Complet")."""

    date: date
    offers: Sequence[SlotOffer] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document to bring; ``key`` identifies its box in the browser's memory."""

    title: str
    text: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One change of state; without ``at`` it is still to come."""

    at: datetime | None
    title: str
    text: str = ""
    state: Literal["done", "current", "todo"] = "done"


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to look at the same things."""

    label: str
    href: str
    current: bool = False
    icon: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """Something between ``start`` and ``end`` at one counter; the tone "free" is an open slot."""

    start: datetime
    end: datetime
    title: str
    text: str = ""
    href: str = ""
    tone: Literal["neutral", "info", "success", "warning", "danger", "brand", "free"] = "neutral"
    badge: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class DiaryColumn:
    """The day of one counter."""

    title: str
    entries: Sequence[DiaryEntry]
    note: str = ""


@dataclass(frozen=True, slots=True)
class WeekOpening:
    """Hours of a week day, who receives then, and what is particular about it."""

    hours: str
    href: str
    who: str
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A day of the ordinary week; ``add`` leads to where it gets one more opening."""

    name: str
    openings: Sequence[WeekOpening]
    add: str = ""
