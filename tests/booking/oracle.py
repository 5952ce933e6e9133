"""A slow, obvious answer to "when can an appointment begin?": datetimes, start by start.

It shares no code with the kernel: wall times are converted one by one, and every start is tried
against every combination of units and every span.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, product
from zoneinfo import ZoneInfo


MINUTES_5 = timedelta(minutes=5)
HOURS_AHEAD_OF_UTC = (2, 1)
"""What mainland clocks may show; the greatest gives the first instant."""
Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Hours:
    key: int
    weekday: int
    start: time
    end: time
    step: timedelta
    units: frozenset[int]
    first: date
    last: date
    services: frozenset[int] | None = None
    every: int = 1
    nth: int | None = None
    school: str = "always"
    changed: dict[date, tuple[time, time, frozenset[int]] | None] = field(default_factory=dict)
    quota: int | None = None
    release: int | None = None
    at: time = time(0)
    residents: int | None = None


@dataclass(frozen=True, kw_only=True)
class World:
    zone: ZoneInfo
    hours: tuple[Hours, ...]
    shut: tuple[tuple[Span, frozenset[int] | None], ...]
    holidays: frozenset[date]
    school_holidays: frozenset[date]
    sites: tuple[frozenset[int], ...]
    busy: dict[int, list[Span]]
    used: dict[tuple[int, date], int]


@dataclass(frozen=True, kw_only=True)
class Wish:
    length: timedelta
    before: timedelta
    after: timedelta
    needs: tuple[tuple[frozenset[int], int], ...]
    earliest: datetime
    latest: datetime
    service: int
    online: bool
    resident: bool
    now: datetime


def free_starts(world: World, wish: Wish, *, first: date, days: int) -> list[datetime]:
    """List the free starts in UTC, soonest first."""
    found = set()
    for number in range(days):
        day = first + timedelta(days=number)
        for hours in world.hours:
            if opens(hours, day, world) and may_ask(hours, day, world, wish):
                found |= set(free_starts_of(world, wish, hours=on_day(hours, day), day=day))
    return sorted(found)


def opens(hours: Hours, day: date, world: World) -> bool:
    """Try one condition after the other, each in the longest way."""
    if day.weekday() != hours.weekday or not hours.first <= day <= hours.last:
        return False
    if day in world.holidays or hours.changed.get(day, ()) is None:
        return False
    if hours.school == "term" and day in world.school_holidays:
        return False
    if hours.school == "holidays" and day not in world.school_holidays:
        return False
    if hours.nth is not None and day != of_month(day, hours.nth):
        return False
    return hours.every == 1 or week_counts(hours, day)


def week_counts(hours: Hours, day: date) -> bool:
    """Walk from the week of the first day, so many weeks at a time."""
    monday = hours.first - timedelta(days=hours.first.weekday())
    while monday + timedelta(days=6) < day:
        monday += timedelta(weeks=hours.every)
    return monday <= day


def of_month(day: date, nth: int) -> date:
    """Return the first, second… or last day of the month with this week day."""
    month = [day.replace(day=1) + timedelta(days=n) for n in range(31)]
    alike = [each for each in month if (each.month, each.weekday()) == (day.month, day.weekday())]
    return alike[-1] if nth == -1 else alike[nth - 1]


def on_day(hours: Hours, day: date) -> Hours:
    """Give the hours of a day that has some of its own."""
    changed = hours.changed.get(day)
    if changed is None:
        return hours
    start, end, units = changed
    return replace(hours, start=start, end=end, units=units)


def may_ask(hours: Hours, day: date, world: World, wish: Wish) -> bool:
    """Hold citizens to the service, the quota, the release and the time of residents."""
    if hours.services is not None and wish.service not in hours.services:
        return False
    if not wish.online:
        return True
    if hours.quota is not None and world.used.get((hours.key, day), 0) >= hours.quota:
        return False
    clock = wish.now.astimezone(world.zone).replace(tzinfo=None)
    gates = [hours.release] if wish.resident else [hours.release, hours.residents]
    return all(
        datetime.combine(day - timedelta(days=gate), hours.at) <= clock
        for gate in gates
        if gate is not None
    )


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
            if any(can_serve(wish.needs, present & site) for site in world.sites):
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
