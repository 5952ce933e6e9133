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


QUANTUM = 5
"""Minutes in one bit: what every length, step, buffer and opening time is a multiple of."""

DAY_BITS = 24 * 60 // QUANTUM
DAYS_MAX = 400
REMEMBERED_HORIZONS = 64


@dataclass(frozen=True, slots=True)
class OpeningRule:
    """Hours of a week day, in local wall time, during which some units receive.

    An appointment lies inside one opening. Starts are on a grid of ``step`` minutes that begins
    with the opening. ``valid_to`` is the last day of the rule, itself included.
    """

    weekday: int
    start: time
    end: time
    step: int
    units: frozenset[int]
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError("A week day is 0 (Monday) to 6 (Sunday).")
        if self.start >= self.end:
            raise ValueError("An opening ends after it starts, on the same day.")
        if any(
            at.second or at.microsecond or at.minute % QUANTUM for at in (self.start, self.end)
        ):
            raise ValueError("An opening starts and ends on a multiple of five minutes.")
        if self.step <= 0 or self.step % QUANTUM:
            raise ValueError("A grid step is a positive multiple of five minutes.")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("A rule ends on or after the day it begins.")

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule opens something on that local day."""
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )

    def wall_minutes(self) -> range:
        """List the wall minutes of the day, five by five, at which the rule is open."""
        return range(_minute(self.start), _minute(self.end), QUANTUM)


@dataclass(frozen=True, slots=True)
class Closure:
    """A span of time in which some units, or all of them (``None``), receive nobody."""

    start: datetime
    end: datetime
    units: frozenset[int] | None = None

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

    It remembers the masks it has computed, for the length and the days they were asked for.
    """

    zone: ZoneInfo
    openings: tuple[OpeningRule, ...]
    closures: tuple[Closure, ...] = ()
    holidays: frozenset[date] = frozenset()
    _masks: dict[tuple[int, date, int], "Masks"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def masks(self, *, length: int, horizon: Horizon) -> "Masks":
        """Return the starts that configuration allows for ``length`` minutes."""
        key = (length, horizon.first, horizon.length)
        found = self._masks.get(key)
        if found is None:
            if len(self._masks) >= REMEMBERED_HORIZONS:
                self._masks.clear()
            found = self._masks[key] = _configuration_masks(self, length // QUANTUM, horizon)
        return found


@dataclass(frozen=True, slots=True)
class Masks:
    """Starts allowed by configuration: ``openings`` by the set of units that they open together.

    ``shut`` has the starts that a closure forbids, by unit; ``None`` stands for all units.
    """

    openings: dict[frozenset[int], int]
    shut: dict[int | None, int]


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


def _configuration_masks(timetable: Timetable, length: int, horizon: Horizon) -> Masks:
    """Compute once what no booking changes; ``length`` in bits."""
    openings: dict[frozenset[int], int] = {}
    patterns = [(rule, _pattern(rule, length)) for rule in timetable.openings]
    for day, begin, size in horizon.days():
        if day in timetable.holidays:
            continue
        for rule, pattern in patterns:
            if rule.holds_on(day):
                fits = pattern if size == DAY_BITS else _odd_pattern(rule, length, day, horizon)
                openings[rule.units] = openings.get(rule.units, 0) | fits << begin
    shut: dict[int | None, int] = {}
    for closure in timetable.closures:
        begin = max(0, horizon.floor(closure.start))
        bits = span(begin, min(horizon.length + length, horizon.ceil(closure.end)))
        for unit in (None,) if closure.units is None else closure.units:
            shut[unit] = shut.get(unit, 0) | bits
    return Masks(openings, {unit: run_or(bits, length) for unit, bits in shut.items()})


def _pattern(rule: OpeningRule, length: int) -> int:
    """Set the starts of a rule on a day of 24 hours, counted from its midnight."""
    wall = rule.wall_minutes()
    begin, end = wall.start // QUANTUM, wall.stop // QUANTUM
    grid = sum(1 << bit for bit in range(begin, end, rule.step // QUANTUM))
    return run_and(span(begin, end), length) & grid


def _odd_pattern(rule: OpeningRule, length: int, day: date, horizon: Horizon) -> int:
    """Do the same on the days when clocks change.

    A wall time that does not exist is no start; one that comes twice counts the first time.
    """
    bit_at = _wall_bits(day, horizon.zone)
    wall = rule.wall_minutes()
    open_bits = sum(1 << bit_at[minute] for minute in wall if minute in bit_at)
    grid = sum(1 << bit_at[minute] for minute in wall[:: rule.step // QUANTUM] if minute in bit_at)
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


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
