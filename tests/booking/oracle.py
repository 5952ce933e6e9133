"""A slow, obvious answer to "when can an appointment begin?": datetimes, start by start.

It shares no code with the kernel: wall times are converted one by one, and every start is tried
against every combination of units and every span.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, product
from zoneinfo import ZoneInfo


MINUTES_5 = timedelta(minutes=5)
HOURS_AHEAD_OF_UTC = (2, 1)
"""What mainland clocks may show; the greatest gives the first instant."""
Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Hours:
    weekday: int
    start: time
    end: time
    step: timedelta
    units: frozenset[int]
    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class World:
    zone: ZoneInfo
    hours: tuple[Hours, ...]
    shut: tuple[tuple[Span, frozenset[int] | None], ...]
    holidays: frozenset[date]
    busy: dict[int, list[Span]]


@dataclass(frozen=True, kw_only=True)
class Wish:
    length: timedelta
    before: timedelta
    after: timedelta
    needs: tuple[tuple[frozenset[int], int], ...]
    earliest: datetime
    latest: datetime


def free_starts(world: World, wish: Wish, *, first: date, days: int) -> list[datetime]:
    """List the free starts in UTC, soonest first."""
    found = set()
    for number in range(days):
        day = first + timedelta(days=number)
        for hours in world.hours:
            if opens(hours, day) and day not in world.holidays:
                found |= set(free_starts_of(world, wish, hours=hours, day=day))
    return sorted(found)


def opens(hours: Hours, day: date) -> bool:
    return day.weekday() == hours.weekday and hours.first <= day <= hours.last


def free_starts_of(world: World, wish: Wish, *, hours: Hours, day: date) -> Iterator[datetime]:
    walls = list(every_five_minutes(hours, day))
    receiving = {instant for wall in walls if (instant := first_instant(wall, world.zone))}
    for wall in walls:
        instant = first_instant(wall, world.zone)
        on_grid = (wall - walls[0]) % hours.step == timedelta(0)
        if instant is None or not on_grid or not wish.earliest <= instant < wish.latest:
            continue
        minutes = [instant + n * MINUTES_5 for n in range(wish.length // MINUTES_5)]
        if all(minute in receiving for minute in minutes):
            present = {unit for unit in hours.units if is_free(world, wish, unit, instant)}
            if can_serve(wish.needs, present):
                yield instant


def every_five_minutes(hours: Hours, day: date) -> Iterator[datetime]:
    wall = datetime.combine(day, hours.start)
    while wall < datetime.combine(day, hours.end):
        yield wall
        wall += MINUTES_5


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first instant at which clocks show this time, if they ever do."""
    for ahead in HOURS_AHEAD_OF_UTC:
        instant = wall.replace(tzinfo=UTC) - timedelta(hours=ahead)
        if instant.astimezone(zone).replace(tzinfo=None) == wall:
            return instant
    return None


def is_free(world: World, wish: Wish, unit: int, start: datetime) -> bool:
    end = start + wish.length
    taken = (start - wish.before, end + wish.after)
    shut = [span for span, units in world.shut if units is None or unit in units]
    return not any(overlap(span, (start, end)) for span in shut) and not any(
        overlap(span, taken) for span in world.busy.get(unit, [])
    )


def overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def can_serve(needs: tuple[tuple[frozenset[int], int], ...], present: set[int]) -> bool:
    """Try all ways of giving each need its units."""
    ways = [combinations(sorted(units & present), count) for units, count in needs]
    return any(len(set().union(*way)) == sum(map(len, way)) for way in product(*ways))
