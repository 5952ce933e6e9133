"""Compute the free starts of an appointment: pure integers, no database, clock or settings.

"Free for the whole length" is an AND of shifts, "touched by a booking" an OR of shifts, "at least
two of these counters" a few bit planes, on bitmaps of the whole horizon. What only configuration
decides is remembered by the :class:`~booking.timetable.Timetable`; what bookings decide is
computed at every question. Ranges of instants are half-open; durations are minutes.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType

from booking.bits import at_least, ones, run_or, span
from booking.openings import QUANTUM
from booking.timetable import Bound, Horizon, Masks, Timetable, horizon_of


Spans = tuple[Sequence[int], Sequence[int]]
"""Starts and ends of the busy spans of one unit, in whole minutes since 1970 (UTC)."""

Used = Mapping[tuple[int, date], int]
"""Appointments citizens have booked by themselves, by rule and local day of the occurrence."""

NOTHING_USED: Used = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Need:
    """So many of these units, the same ones for the whole appointment; ``kind`` names them."""

    units: frozenset[int]
    count: int = 1
    kind: str = ""

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("A need asks for at least one unit.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for: so many minutes of these units, within what the clock allows.

    Units stay taken ``before`` and ``after`` the appointment; those minutes may lie outside the
    openings. A start is at ``earliest`` or later, and strictly before ``latest``. Who asks
    ``online`` is held to quotas, releases and the time of residents, and says when: ``now``.
    A ``service`` of None may be given in any opening.
    """

    length: int
    needs: tuple[Need, ...]
    before: int = 0
    after: int = 0
    earliest: datetime | None = None
    latest: datetime | None = None
    service: int | None = None
    online: bool = False
    resident: bool = False
    now: datetime | None = None

    def __post_init__(self) -> None:
        if self.length <= 0 or self.before < 0 or self.after < 0:
            raise ValueError("An appointment lasts, and its buffers are not negative.")
        if any(minutes % QUANTUM for minutes in (self.length, self.before, self.after)):
            raise ValueError("Lengths and buffers are multiples of five minutes.")
        if not self.needs:
            raise ValueError("An appointment needs at least one unit.")
        instants = (self.earliest, self.latest, self.now)
        if any(at is not None and at.tzinfo is None for at in instants):
            raise ValueError("The clock and the earliest and latest starts are aware instants.")
        if self.online and self.now is None:
            raise ValueError("Who asks online says when.")

    @property
    def units(self) -> frozenset[int]:
        """All units that may serve."""
        return frozenset[int]().union(*(need.units for need in self.needs))


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

    def among(self, first: date, days: int) -> "FreeStarts":
        """Keep the starts of some local days; those outside the horizon have none."""
        horizon = horizon_of(first, days, self.horizon.zone)
        begin = (horizon.origin - self.horizon.origin) // QUANTUM
        bits = self.bits >> begin if begin >= 0 else self.bits << -begin
        return FreeStarts(horizon, bits & (1 << horizon.length) - 1)

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
    used: Used = NOTHING_USED,
) -> FreeStarts:
    """Find every start of ``days`` local days at which the question can be answered.

    ``busy`` holds what bookings and live holds take, buffers included; spans may overlap, be in
    any order or lie outside the days. A buffer that reaches over the first midnight sees the
    spans of the day before only if they are given. ``used`` matters to rules with a quota.

    Raises:
        ValueError: the number of days is not between 1 and ``DAYS_MAX``.
    """
    horizon = horizon_of(first, days, timetable.zone)
    masks = masks_for(timetable, question, horizon)
    usable = {
        unit: _usable(unit, question, masks=masks, busy=busy, horizon=horizon)
        for unit in question.units
    }
    served = starts_served(question.needs, openings_to(question, masks, used), usable)
    return FreeStarts(horizon, served & clock_mask(question, horizon))


def masks_for(timetable: Timetable, question: Question, horizon: Horizon) -> Masks:
    """Return what configuration allows for a question."""
    return timetable.masks(
        service=question.service, length=question.length, online=question.online, horizon=horizon
    )


def openings_to(question: Question, masks: Masks, used: Used) -> Mapping[frozenset[int], int]:
    """Give the starts open to who asks, by the set of units that they open together."""
    if not masks.bound:
        return masks.openings
    openings = dict(masks.openings)
    for bound in masks.bound:
        if is_released(bound, question) and has_quota_left(bound, used):
            openings[bound.units] = openings.get(bound.units, 0) | bound.starts
    return openings


def is_released(bound: Bound, question: Question, *, to_residents: bool = False) -> bool:
    """Tell whether who asks may book the occurrence already, or could ``to_residents``."""
    gates = [bound.released]
    if not (question.resident or to_residents):
        gates.append(bound.shared)
    return all(gate <= question.now for gate in gates if gate and question.now)


def has_quota_left(bound: Bound, used: Used) -> bool:
    """Tell whether citizens may book one more appointment of the occurrence."""
    return bound.quota is None or used.get((bound.key, bound.day), 0) < bound.quota


def starts_served(
    needs: tuple[Need, ...], openings: Mapping[frozenset[int], int], usable: Mapping[int, int]
) -> int:
    """Set the starts at which some opening has the units for all needs."""
    served = 0
    for units, fits in openings.items():
        together = fits
        for eligible, count in _demands(needs):
            together &= at_least([usable[unit] for unit in eligible & units], count)
        served |= together
    return served


def at_site(question: Question, units: frozenset[int]) -> Question:
    """Ask the same of the units of one site; two services with the same needs ask the same."""
    needs = tuple(Need(need.units & units, need.count) for need in question.needs)
    return replace(question, needs=needs)


def choose_units(
    timetable: Timetable,
    question: Question,
    *,
    busy: Mapping[int, Spans],
    start: datetime,
    load: Mapping[int, int],
    used: Used = NOTHING_USED,
) -> tuple[int, ...] | None:
    """Choose the units of an appointment: of all openings the lightest ``load``, then by id.

    Returns the ids in ascending order, or None when the start is not free.
    """
    horizon = horizon_of(start.astimezone(timetable.zone).date(), 1, timetable.zone)
    bit = horizon.floor(start)
    masks = masks_for(timetable, question, horizon)
    if bit != horizon.ceil(start) or not clock_mask(question, horizon) >> bit & 1:
        return None
    usable = {
        unit
        for unit in question.units
        if _usable(unit, question, masks=masks, busy=busy, horizon=horizon) >> bit & 1
    }
    openings = openings_to(question, masks, used)
    return lightest(
        [
            assign(question.needs, usable & units, load)
            for units, fits in openings.items()
            if fits >> bit & 1
        ],
        load,
    )


def assign(
    needs: tuple[Need, ...], units: frozenset[int] | set[int], load: Mapping[int, int]
) -> tuple[int, ...] | None:
    """Give each need its units, the lightest ``load`` first, then by id; None if some lack."""
    ranked = sorted(units, key=lambda unit: (load.get(unit, 0), unit))
    chosen = _assign(needs, ranked)
    return None if chosen is None else tuple(sorted(chosen))


def lightest(
    ways: Iterable[tuple[int, ...] | None], load: Mapping[int, int]
) -> tuple[int, ...] | None:
    """Return the way with the lightest ``load`` in all, then that of the lowest ids."""
    return min(
        filter(None, ways),
        key=lambda units: (sum(load.get(unit, 0) for unit in units), units),
        default=None,
    )


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


def clock_mask(question: Question, horizon: Horizon) -> int:
    """Set the starts within what the clock allows."""
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
