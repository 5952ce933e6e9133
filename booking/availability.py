"""Compute the free starts of an appointment: pure integers, no database, clock or settings.

"Free for the whole length" is an AND of shifts, "touched by a booking" an OR of shifts, "at least
two of these counters" a few bit planes, on bitmaps of the whole horizon. What only configuration
decides is remembered by the :class:`~booking.timetable.Timetable`; what bookings decide is
computed at every question. Ranges of instants are half-open; durations are minutes.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import combinations

from booking.bits import at_least, ones, run_or, span
from booking.timetable import QUANTUM, Horizon, Masks, Timetable, horizon_of


Spans = tuple[Sequence[int], Sequence[int]]
"""Starts and ends of the busy spans of one unit, in whole minutes since 1970 (UTC)."""


@dataclass(frozen=True, slots=True)
class Need:
    """So many of these units, the same ones for the whole appointment."""

    units: frozenset[int]
    count: int = 1

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("A need asks for at least one unit.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for: so many minutes of these units, within what the clock allows.

    Units stay taken ``before`` and ``after`` the appointment; those minutes may lie outside the
    openings. A start is at ``earliest`` or later, and strictly before ``latest``.
    """

    length: int
    needs: tuple[Need, ...]
    before: int = 0
    after: int = 0
    earliest: datetime | None = None
    latest: datetime | None = None

    def __post_init__(self) -> None:
        if self.length <= 0 or self.before < 0 or self.after < 0:
            raise ValueError("An appointment lasts, and its buffers are not negative.")
        if any(minutes % QUANTUM for minutes in (self.length, self.before, self.after)):
            raise ValueError("Lengths and buffers are multiples of five minutes.")
        if not self.needs:
            raise ValueError("An appointment needs at least one unit.")
        if any(at is not None and at.tzinfo is None for at in (self.earliest, self.latest)):
            raise ValueError("The earliest and latest starts are aware instants.")


@dataclass(frozen=True, slots=True)
class FreeStarts:
    """The instants at which an appointment can begin, each told once whatever units are free."""

    horizon: Horizon
    bits: int

    def __len__(self) -> int:
        return self.bits.bit_count()

    def is_free(self, start: datetime) -> bool:
        """Tell whether an appointment can begin at exactly this aware instant."""
        bit = self.horizon.floor(start)
        return bit >= 0 and bit == self.horizon.ceil(start) and bool(self.bits >> bit & 1)

    def first(self) -> datetime | None:
        """Return the soonest start."""
        lowest = self.bits & -self.bits
        return self.horizon.instant(lowest.bit_length() - 1) if lowest else None

    def by_day(self) -> dict[date, int]:
        """Give each day, empty ones too, its bitmap counted from its own local midnight."""
        return {
            day: self.bits >> begin & (1 << size) - 1 for day, begin, size in self.horizon.days()
        }

    def on(self, day: date) -> list[datetime]:
        """List the starts of one day in local time, soonest first; none outside the horizon."""
        for each, begin, size in self.horizon.days():
            if each == day:
                return self._instants(
                    begin + bit for bit in ones(self.bits >> begin & (1 << size) - 1)
                )
        return []

    def starts(self) -> list[datetime]:
        """List all starts in local time, soonest first."""
        return self._instants(ones(self.bits))

    def nearest(self, wanted: datetime, *, count: int) -> list[datetime]:
        """List the starts closest to a wanted instant, closest first, before it and after it.

        Of two starts at the same distance the sooner comes first.
        """
        at = wanted.timestamp() / 60 - self.horizon.origin
        found = ones(self.bits)
        place = bisect_left(found, at / QUANTUM)
        around = found[max(0, place - count) : place + count]
        around.sort(key=lambda bit: (abs(bit * QUANTUM - at), bit))
        return self._instants(around[:count])

    def _instants(self, bits: Iterable[int]) -> list[datetime]:
        return [self.horizon.instant(bit) for bit in bits]


def free_starts(
    timetable: Timetable,
    question: Question,
    *,
    busy: Mapping[int, Spans],
    first: date,
    days: int,
) -> FreeStarts:
    """Find every start of ``days`` local days at which the question can be answered.

    ``busy`` holds what bookings and live holds take, buffers included; spans may overlap, be in
    any order or lie outside the days. A buffer that reaches over the first midnight sees the
    spans of the day before only if they are given.

    Raises:
        ValueError: the number of days is not between 1 and ``DAYS_MAX``.
    """
    horizon = horizon_of(first, days, timetable.zone)
    masks = timetable.masks(length=question.length, horizon=horizon)
    wanted = frozenset().union(*(need.units for need in question.needs))
    usable = {
        unit: _usable(unit, question, masks=masks, busy=busy, horizon=horizon) for unit in wanted
    }
    free = 0
    for units, fits in masks.openings.items():
        together = fits
        for eligible, count in _demands(question.needs):
            together &= at_least([usable[unit] for unit in eligible & units], count)
        free |= together
    return FreeStarts(horizon, free & _clock_mask(question, horizon))


def choose_units(
    timetable: Timetable,
    question: Question,
    *,
    busy: Mapping[int, Spans],
    start: datetime,
    load: Mapping[int, int],
) -> tuple[int, ...] | None:
    """Choose the units of an appointment, those with the lightest ``load`` first, then by id.

    Returns the ids in ascending order, or None when the start is not free.
    """
    horizon = horizon_of(start.astimezone(timetable.zone).date(), 1, timetable.zone)
    bit = horizon.floor(start)
    masks = timetable.masks(length=question.length, horizon=horizon)
    if bit != horizon.ceil(start) or not _clock_mask(question, horizon) >> bit & 1:
        return None
    wanted = frozenset().union(*(need.units for need in question.needs))
    usable = {
        unit
        for unit in wanted
        if _usable(unit, question, masks=masks, busy=busy, horizon=horizon) >> bit & 1
    }
    for units, fits in masks.openings.items():
        if fits >> bit & 1:
            ranked = sorted(usable & units, key=lambda unit: (load.get(unit, 0), unit))
            chosen = _assign(question.needs, ranked)
            if chosen is not None:
                return tuple(sorted(chosen))
    return None


def _usable(
    unit: int,
    question: Question,
    *,
    masks: Masks,
    busy: Mapping[int, Spans],
    horizon: Horizon,
) -> int:
    """Set the starts at which this unit stays free for the whole length, buffers included."""
    refused = masks.shut.get(None, 0) | masks.shut.get(unit, 0)
    if unit in busy:
        before = question.before // QUANTUM
        window = before + (question.length + question.after) // QUANTUM
        taken = _taken(
            busy[unit], origin=horizon.origin - question.before, size=horizon.length + window
        )
        refused |= run_or(taken, window)
    return ~refused


def _taken(spans: Spans, *, origin: int, size: int) -> int:
    """Set the bits that the spans touch, bit 0 being at ``origin`` (minutes since 1970).

    Painting digits and reading them once is linear, where OR-ing long integers is quadratic.
    """
    digits = bytearray(b"0") * size
    for start, end in zip(*spans, strict=True):
        begin = max(0, (start - origin) // QUANTUM)
        stop = min(size, -((origin - end) // QUANTUM))
        if begin < stop:
            digits[size - stop : size - begin] = b"1" * (stop - begin)
    return int(digits, 2)


def _clock_mask(question: Question, horizon: Horizon) -> int:
    begin, end = 0, horizon.length
    if question.earliest is not None:
        begin = max(begin, horizon.ceil(question.earliest))
    if question.latest is not None:
        end = min(end, horizon.ceil(question.latest))
    return span(begin, end)


@lru_cache(maxsize=256)
def _demands(needs: tuple[Need, ...]) -> tuple[tuple[frozenset[int], int], ...]:
    """Say how many units each set of units must have free for all needs to be met at once.

    For needs without a unit in common that is each need by itself. Needs that share units (two
    skills of one team) must moreover find enough units together: Hall's theorem.
    """
    demands = []
    for size in range(1, len(needs) + 1):
        for group in combinations(needs, size):
            union = frozenset[int]().union(*(need.units for need in group))
            if size == 1 or len(union) < sum(len(need.units) for need in group):
                demands.append((union, sum(need.count for need in group)))
    return tuple(demands)


def _assign(needs: Sequence[Need], ranked: Sequence[int]) -> tuple[int, ...] | None:
    """Give each need its units, best ranked first, no unit twice."""
    if not needs:
        return ()
    eligible = [unit for unit in ranked if unit in needs[0].units]
    for chosen in combinations(eligible, needs[0].count):
        others = _assign(needs[1:], [unit for unit in ranked if unit not in chosen])
        if others is not None:
            return chosen + others
    return None
