"""How much of a stretch of time falls within the hours of a town hall. Pure."""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


Week = Mapping[int, Sequence[tuple[time, time]]]
"""From the day of the week (0 is Monday) to its opening periods, in local time."""


def open_time(
    start: datetime, end: datetime, *, week: Week, zone: ZoneInfo, off: AbstractSet[date]
) -> timedelta:
    """Add up the time from ``start`` to ``end`` during which the town hall is open."""
    total = timedelta()
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for opens, closes in () if day in off else week.get(day.weekday(), ()):
            begin = max(start, datetime.combine(day, opens, zone)).astimezone(UTC)
            stop = min(end, datetime.combine(day, closes, zone)).astimezone(UTC)
            total += max(timedelta(), stop - begin)
        day += timedelta(days=1)
    return total


def spread(hours: Sequence[tuple[int, int, Sequence[Sequence[str]]]]) -> Week:
    """Spread the registry's hours (first day, last day, periods as ``HH:MM``) over the week."""
    week: dict[int, list[tuple[time, time]]] = {}
    for first, last, periods in hours:
        for day in range(first, last + 1):
            for opens, closes in periods:
                week.setdefault(day, []).append(
                    (time.fromisoformat(opens), time.fromisoformat(closes))
                )
    return week
