"""When a report is promised to be handled: hours, or working days of the commune, less pauses.

Working days are Monday to Friday, without the public holidays of the commune's territory and the
days its town hall is closed. Instants carry a time zone; days are local ones.
"""

from collections.abc import Iterable, Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


SATURDAY = 5
LONGEST_WORKING_DAYS = 400
WARNED_AT, LATE_AT = 80, 100
"""Shares of a promise, in hundredths, at which those in charge are told."""


class Unit(StrEnum):
    """What a promise is counted in."""

    HOURS = "hours"
    WORKING_DAYS = "days"


@dataclass(frozen=True, slots=True)
class Promise:
    """How long the commune gives itself."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= LONGEST_WORKING_DAYS:
            raise ValueError("A promise lasts from 1 to 400 hours or working days.")


@dataclass(frozen=True, slots=True)
class Pause:
    """A time during which the promise does not run; ``end`` is excluded."""

    start: datetime
    end: datetime


def is_working_day(day: date, *, off: AbstractSet[date]) -> bool:
    """Tell whether the town hall works that day."""
    return day.weekday() < SATURDAY and day not in off


def due_at(
    promise: Promise,
    *,
    start: datetime,
    zone: ZoneInfo,
    off: AbstractSet[date] = frozenset(),
    pauses: Iterable[Pause] = (),
) -> datetime:
    """Return the instant before which it is promised.

    Working days end at local midnight: a promise of one day made on a Friday is due when Monday
    ends. A day on which the clock stood still, if only for an hour, does not count.
    """
    stopped = _merged(pauses, since=start)
    if promise.unit == Unit.HOURS:
        return _after_hours(start, timedelta(hours=promise.amount), stopped)
    day, left = start.astimezone(zone).date(), promise.amount
    while left:
        day += timedelta(days=1)
        if is_working_day(day, off=off) and not _stands_still(day, stopped, zone):
            left -= 1
    return datetime.combine(day + timedelta(days=1), time.min, zone)


def _after_hours(start: datetime, length: timedelta, stopped: list[Pause]) -> datetime:
    due = start + length
    for pause in stopped:
        if pause.start >= due:
            break
        due += pause.end - pause.start
    return due


def _stands_still(day: date, stopped: list[Pause], zone: ZoneInfo) -> bool:
    begin = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    return any(pause.start < end and pause.end > begin for pause in stopped)


def _merged(pauses: Iterable[Pause], *, since: datetime) -> list[Pause]:
    """Join the pauses that touch each other, in order, from ``since`` on."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.start):
        begin = max(pause.start, since)
        if pause.end <= begin:
            continue
        if merged and begin <= merged[-1].end:
            merged[-1] = Pause(merged[-1].start, max(merged[-1].end, pause.end))
        else:
            merged.append(Pause(begin, pause.end))
    return merged
