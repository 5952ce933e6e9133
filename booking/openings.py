"""Say when a place receives: weekly, every so many weeks or monthly, with its exceptions.

Rules are local wall time and know no time zone; :mod:`booking.timetable` lays them out in time.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum


QUANTUM = 5
"""Minutes in one bit: what every length, step, buffer and opening time is a multiple of."""

LAST = -1
"""The week of a month after which there is none with that week day."""


class School(StrEnum):
    """The part of the school year in which a rule holds."""

    ALWAYS = "always"
    TERM = "term"
    HOLIDAYS = "holidays"


@dataclass(frozen=True, slots=True)
class Override:
    """What one occurrence of a rule has of its own; without hours it is cancelled.

    ``units`` of None are those of the rule.
    """

    day: date
    hours: tuple[time, time] | None = None
    units: frozenset[int] | None = None
    reason: str = ""
    """What the public may read."""

    def __post_init__(self) -> None:
        if self.hours is not None:
            _check_hours(*self.hours)


@dataclass(frozen=True, slots=True)
class OpeningRule:
    """Hours of a week day, in local wall time, during which some units receive.

    An appointment lies inside one opening. Starts are on a grid of ``step`` minutes that begins
    with the opening. ``valid_to`` is the last day of the rule, itself included. Of several weeks
    the first is that of ``valid_from``, or without it that of the year 1.

    The last four fields bind citizens who book by themselves, never agents: at most ``quota``
    appointments in one occurrence, from ``release_days`` before it on, and until
    ``residents_days`` before it for residents only; either changes at ``release_time``, else at
    midnight.
    """

    weekday: int
    start: time
    end: time
    step: int
    units: frozenset[int]
    valid_from: date | None = None
    valid_to: date | None = None
    key: int = 0
    services: frozenset[int] | None = None
    """The services given then; None for all."""
    every_weeks: int = 1
    week_of_month: int | None = None
    """1 for the first such day of the month, to 4; ``LAST``; None for every week."""
    school: School = School.ALWAYS
    overrides: tuple[Override, ...] = ()
    quota: int | None = None
    release_days: int | None = None
    release_time: time | None = None
    residents_days: int | None = None

    def __post_init__(self) -> None:
        _check_hours(self.start, self.end)
        if self.weekday not in range(7):
            raise ValueError("A week day is 0 (Monday) to 6 (Sunday).")
        if self.step <= 0 or self.step % QUANTUM:
            raise ValueError("A grid step is a positive multiple of five minutes.")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("A rule ends on or after the day it begins.")
        if self.every_weeks < 1 or self.week_of_month not in {None, 1, 2, 3, 4, LAST}:
            raise ValueError("A rule comes back every so many weeks, or in one week of the month.")
        if any(
            number is not None and number < 0
            for number in (self.quota, self.release_days, self.residents_days)
        ):
            raise ValueError("Quotas and days of notice are not negative.")

    @property
    def binds_citizens(self) -> bool:
        """Tell whether citizens are held to more than the hours."""
        terms = (self.quota, self.release_days, self.residents_days)
        return any(term is not None for term in terms)

    def gives(self, service: int | None) -> bool:
        """Tell whether a service is given then; None stands for any."""
        return self.services is None or service is None or service in self.services

    def recurs_on(self, day: date) -> bool:
        """Tell whether the rule comes back on that day, whatever school does and overrides say."""
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
            and (_week(day) - _week(self.valid_from or date.min)) % self.every_weeks == 0
            and self.week_of_month in {None, *_weeks_of_month(day)}
        )

    def goes_with(self, *, is_school_holiday: bool) -> bool:
        """Tell whether the rule holds in that part of the school year."""
        wanted = School.HOLIDAYS if is_school_holiday else School.TERM
        return self.school in {School.ALWAYS, wanted}

    def override_on(self, day: date) -> Override | None:
        """Return what the occurrence of that day has of its own."""
        return next((override for override in self.overrides if override.day == day), None)

    def occurrence(self, day: date) -> "Occurrence | None":
        """Return the hours of a day on which the rule comes back; None when they are cancelled."""
        override = self.override_on(day)
        if override is None:
            return Occurrence(self, day, self.start, self.end, self.units)
        if override.hours is None:
            return None
        units = self.units if override.units is None else override.units
        return Occurrence(self, day, *override.hours, units)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What a rule opens on one local day."""

    rule: OpeningRule
    day: date
    start: time
    end: time
    units: frozenset[int]


def wall_minutes(start: time, end: time) -> range:
    """List the wall minutes of the day from ``start`` to before ``end``, five by five."""
    return range(_minute(start), _minute(end), QUANTUM)


def _check_hours(start: time, end: time) -> None:
    if start >= end:
        raise ValueError("An opening ends after it starts, on the same day.")
    if any(at.second or at.microsecond or at.minute % QUANTUM for at in (start, end)):
        raise ValueError("An opening starts and ends on a multiple of five minutes.")


def _week(day: date) -> int:
    """Number the weeks from Monday; the first day of the year 1 was one."""
    return (day.toordinal() - 1) // 7


def _weeks_of_month(day: date) -> tuple[int, ...]:
    """Say which such day of its month a day is: the fourth may be the last as well."""
    number = (day.day + 6) // 7
    is_last = (day + timedelta(days=7)).month != day.month
    return (number, LAST) if is_last else (number,)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
