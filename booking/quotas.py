"""Count what citizens have taken of the openings that have a quota: pure, no database or clock."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from booking.openings import Occurrence
from booking.timetable import Timetable


Taken = Mapping[tuple[int, int], Sequence[int]]
"""Starts of appointments that citizens booked by themselves, in minutes since 1970, by service and
by one of the units of each."""


def quota_use(
    timetable: Timetable, taken: Taken, *, first: date, days: int
) -> dict[tuple[int, date], int]:
    """Count, by rule and local day, the appointments that an occurrence with a quota received.

    They are those that it could have received: they begin in its hours, at one of its units, for
    a service given then.
    """
    starts = {place: sorted(minutes) for place, minutes in taken.items()}
    return {
        (occurrence.rule.key, day): _count(occurrence, starts, timetable)
        for day in (first + timedelta(days=n) for n in range(days))
        for occurrence in timetable.occurrences(day)
        if occurrence.rule.quota is not None
    }


def has_quotas(timetable: Timetable) -> bool:
    """Tell whether any rule has a quota."""
    return any(rule.quota is not None for rule in timetable.openings)


def _count(
    occurrence: Occurrence, starts: Mapping[tuple[int, int], list[int]], timetable: Timetable
) -> int:
    begin, end = (
        int(datetime.combine(occurrence.day, at, timetable.zone).timestamp()) // 60
        for at in (occurrence.start, occurrence.end)
    )
    return sum(
        bisect_left(minutes, end) - bisect_left(minutes, begin)
        for (service, unit), minutes in starts.items()
        if unit in occurrence.units and occurrence.rule.gives(service)
    )
