"""Lay configuration out in time: which starts the openings and closures of a place allow.

A horizon (some local days in a row) is one integer in which a bit is five minutes of *elapsed*
time since the first local midnight, so a day has 276, 288 or 300 bits and daylight saving time
needs no arithmetic. Openings are wall time: a rule offers the same local times all year, less
those that do not exist on the night clocks go forward; those that come twice count once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from booking.bits import run_and, run_or, span
from booking.openings import QUANTUM, Occurrence, OpeningRule, wall_minutes


DAY_BITS = 24 * 60 // QUANTUM
DAYS_MAX = 400
REMEMBERED_HORIZONS = 128


@dataclass(frozen=True, slots=True)
class Closure:
    """A span of time in which some units, or all of them (``None``), receive nobody."""

    start: datetime
    end: datetime
    units: frozenset[int] | None = None
    reason: str = ""
    """What the public may read."""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("A closure is between two aware instants.")
        if self.start.astimezone(UTC) >= self.end.astimezone(UTC):
            raise ValueError("A closure ends after it starts.")

    @classmethod
    def of_days(
        cls, first: date, last: date, *, zone: ZoneInfo, units: frozenset[int] | None = None
    ) -> "Closure":
        """Close whole local days, the last one included."""
        return cls(
            start=datetime.combine(first, time.min, zone),
            end=datetime.combine(last + timedelta(days=1), time.min, zone),
            units=units,
        )


@dataclass(frozen=True, slots=True)
class Horizon:
    """Some local days in a row, and where each begins in the bitmap."""

    first: date
    zone: ZoneInfo
    origin: int
    """The first local midnight, in minutes since 1970."""
    offsets: tuple[int, ...]
    """The first bit of each day, then the length of the whole."""

    @property
    def length(self) -> int:
        """Number of bits."""
        return self.offsets[-1]

    def days(self) -> Iterator[tuple[date, int, int]]:
        """Yield each day with its first bit and its number of bits."""
        for number, (begin, end) in enumerate(zip(self.offsets, self.offsets[1:], strict=False)):
            yield self.first + timedelta(days=number), begin, end - begin

    def floor(self, instant: datetime) -> int:
        """Return the bit in which the instant lies; it may be outside the horizon."""
        return int((instant.timestamp() / 60 - self.origin) // QUANTUM)

    def ceil(self, instant: datetime) -> int:
        """Return the first bit that begins at the instant or after it."""
        return -int((self.origin - instant.timestamp() / 60) // QUANTUM)

    def instant(self, bit: int) -> datetime:
        """Return the beginning of a bit, in the horizon's zone."""
        return datetime.fromtimestamp((self.origin + bit * QUANTUM) * 60, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """What configuration says about a place: keep one per version of its configuration.

    ``sites`` are the units of each place: those of two places never serve one appointment
    together. Without any, all units are in one place. It remembers the masks it has computed,
    for the questions and the days they were asked for.
    """

    zone: ZoneInfo
    openings: tuple[OpeningRule, ...]
    closures: tuple[Closure, ...] = ()
    holidays: frozenset[date] = frozenset()
    school_holidays: frozenset[date] = frozenset()
    sites: tuple[frozenset[int], ...] = ()
    _masks: dict[tuple[int | None, int, bool, date, int], "Masks"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def masks(
        self, *, service: int | None = None, length: int, online: bool = False, horizon: Horizon
    ) -> "Masks":
        """Return the starts that configuration allows for ``length`` minutes of a service."""
        if all(rule.services is None for rule in self.openings):
            service = None
        online = online and any(rule.binds_citizens for rule in self.openings)
        key = (service, length, online, horizon.first, horizon.length)
        found = self._masks.get(key)
        if found is None:
            if len(self._masks) >= REMEMBERED_HORIZONS:
                self._masks.clear()
            found = self._masks[key] = _configuration_masks(
                self, service, length, online=online, horizon=horizon
            )
        return found

    def occurrences(self, day: date, *, service: int | None = None) -> list[Occurrence]:
        """List what is open for a service on a local day; nothing on a public holiday."""
        if day in self.holidays:
            return []
        is_school_holiday = day in self.school_holidays
        return [
            occurrence
            for rule in self.openings
            if rule.recurs_on(day)
            and rule.gives(service)
            and rule.goes_with(is_school_holiday=is_school_holiday)
            and (occurrence := rule.occurrence(day))
        ]

    def together(self, units: frozenset[int]) -> list[frozenset[int]]:
        """Split units into those of each place."""
        return [units & site for site in self.sites if units & site] or [units]

    def released_at(self, occurrence: Occurrence) -> datetime | None:
        """Return the instant from which citizens may book an occurrence; None for always."""
        return self._before(occurrence, occurrence.rule.release_days)

    def shared_at(self, occurrence: Occurrence) -> datetime | None:
        """Return the instant until which only residents may book; None for never."""
        return self._before(occurrence, occurrence.rule.residents_days)

    def _before(self, occurrence: Occurrence, days: int | None) -> datetime | None:
        if days is None:
            return None
        at = occurrence.rule.release_time or time.min
        return datetime.combine(occurrence.day - timedelta(days=days), at, self.zone)


@dataclass(frozen=True, slots=True)
class Masks:
    """Starts allowed by configuration: ``openings`` by the set of units that they open together.

    ``bound`` are the occurrences that citizens may not book as they like, left out of
    ``openings``. ``shut`` has the starts that a closure forbids, by unit; ``None`` stands for all.
    """

    openings: dict[frozenset[int], int]
    bound: tuple["Bound", ...]
    shut: dict[int | None, int]


@dataclass(frozen=True, slots=True)
class Bound:
    """An occurrence with a quota, a release or a time for residents, and its starts.

    They are kept as bits of the day, which begins at bit ``begin``: a horizon has many of them.
    """

    key: int
    day: date
    units: frozenset[int]
    begin: int
    day_starts: int
    quota: int | None
    released: datetime | None
    shared: datetime | None

    @property
    def starts(self) -> int:
        """The starts as bits of the horizon."""
        return self.day_starts << self.begin


@lru_cache(maxsize=1024)
def horizon_of(first: date, days: int, zone: ZoneInfo) -> Horizon:
    """Lay out ``days`` local days in a row.

    Raises:
        ValueError: the number of days is not between 1 and ``DAYS_MAX``.
    """
    if not 1 <= days <= DAYS_MAX:
        raise ValueError("A horizon has between one day and about a year.")
    midnights = [
        int(datetime.combine(first + timedelta(days=n), time.min, zone).timestamp()) // 60
        for n in range(days + 1)
    ]
    offsets = tuple((midnight - midnights[0]) // QUANTUM for midnight in midnights)
    return Horizon(first=first, zone=zone, origin=midnights[0], offsets=offsets)


def _configuration_masks(
    timetable: Timetable, service: int | None, length: int, *, online: bool, horizon: Horizon
) -> Masks:
    """Compute once what no booking changes."""
    openings: dict[frozenset[int], int] = {}
    bound = []
    for day, begin, _size in horizon.days():
        for occurrence in timetable.occurrences(day, service=service):
            starts = starts_of(occurrence, length, timetable.zone)
            for units in timetable.together(occurrence.units):
                if online and occurrence.rule.binds_citizens:
                    bound.append(_bound(occurrence, units, begin, starts, timetable))
                else:
                    openings[units] = openings.get(units, 0) | starts << begin
    return Masks(openings, tuple(bound), _shut(timetable, length // QUANTUM, horizon))


def _bound(
    occurrence: Occurrence, units: frozenset[int], begin: int, starts: int, timetable: Timetable
) -> Bound:
    return Bound(
        key=occurrence.rule.key,
        day=occurrence.day,
        units=units,
        begin=begin,
        day_starts=starts,
        quota=occurrence.rule.quota,
        released=timetable.released_at(occurrence),
        shared=timetable.shared_at(occurrence),
    )


def _shut(timetable: Timetable, length: int, horizon: Horizon) -> dict[int | None, int]:
    """Set the starts that closures forbid; ``length`` in bits."""
    shut: dict[int | None, int] = {}
    for closure in timetable.closures:
        begin = max(0, horizon.floor(closure.start))
        bits = span(begin, min(horizon.length + length, horizon.ceil(closure.end)))
        for unit in (None,) if closure.units is None else closure.units:
            shut[unit] = shut.get(unit, 0) | bits
    return {unit: run_or(bits, length) for unit, bits in shut.items()}


def starts_of(occurrence: Occurrence, length: int, zone: ZoneInfo) -> int:
    """Set the starts of ``length`` minutes that fit, counted from the midnight of the day."""
    hours = (occurrence.start, occurrence.end, occurrence.rule.step, length // QUANTUM)
    if horizon_of(occurrence.day, 1, zone).length == DAY_BITS:
        return _pattern(*hours)
    return _odd_pattern(*hours, _wall_bits(occurrence.day, zone))


@lru_cache(maxsize=1024)
def _pattern(start: time, end: time, step: int, length: int) -> int:
    """Set the starts on a day of 24 hours; ``step`` in minutes, ``length`` in bits."""
    wall = wall_minutes(start, end)
    begin, stop = wall.start // QUANTUM, wall.stop // QUANTUM
    grid = sum(1 << bit for bit in range(begin, stop, step // QUANTUM))
    return run_and(span(begin, stop), length) & grid


def _odd_pattern(start: time, end: time, step: int, length: int, bit_at: dict[int, int]) -> int:
    """Do the same on the days when clocks change.

    A wall time that does not exist is no start; one that comes twice counts the first time.
    """
    wall = wall_minutes(start, end)
    open_bits = sum(1 << bit_at[minute] for minute in wall if minute in bit_at)
    grid = sum(1 << bit_at[minute] for minute in wall[:: step // QUANTUM] if minute in bit_at)
    return run_and(open_bits, length) & grid


@lru_cache(maxsize=64)
def _wall_bits(day: date, zone: ZoneInfo) -> dict[int, int]:
    """Map each wall minute that exists on that day to its bit since midnight."""
    midnight = datetime.combine(day, time.min, zone).timestamp()
    bits = {}
    for minute in range(0, 24 * 60, QUANTUM):
        wall = datetime.combine(day, time(*divmod(minute, 60)), zone)
        instant = wall.astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
            bits[minute] = int(instant.timestamp() - midnight) // (60 * QUANTUM)
    return bits
