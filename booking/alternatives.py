"""What is offered instead of a start that is not free: the three closest ones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import occupancy, planning
from booking.availability import NOTHING_USED, choose_units, free_starts
from booking.models import Service


OFFERED = 3
SEARCH_DAYS = 60  # around a lost start, how far others are looked for


def refused(
    *,
    service: Service,
    persons: int,
    start: datetime,
    now: datetime,
    online: bool,
    resident: bool = False,
    length: int | None = None,
) -> list[datetime] | None:
    """Tell without any lock that a start is not free: the three closest ones; None when it is.

    What is taken around is read once for both answers, so a rush ends here cheaply. Only an
    answer given under the lock of the day can be acted upon.
    """
    plan = planning.current_plan(start.astimezone(UTC).year)
    zone = plan.timetable.zone
    first = _first_searched(start, now=now, zone=zone)
    busy = occupancy.busy(first, SEARCH_DAYS, zone=zone, now=now)
    used = occupancy.used(plan, first, SEARCH_DAYS, now=now)
    asked, offered = (
        planning.question_for(
            plan, service, persons=persons, now=now, online=each, resident=resident, length=length
        )
        for each in (online, True)
    )
    is_free = choose_units(
        plan.timetable,
        asked,
        busy=busy,
        start=start,
        load={},
        used=used if online else NOTHING_USED,
    )
    if is_free is not None:
        return None
    found = free_starts(
        plan.timetable, offered, busy=busy, first=first, days=SEARCH_DAYS, used=used
    )
    return found.nearest(start, count=OFFERED)


def nearest(
    *,
    service: Service,
    persons: int,
    start: datetime,
    now: datetime,
    resident: bool = False,
    length: int | None = None,
) -> list[datetime]:
    """List the three free starts closest to one that is taken, closest first."""
    found = planning.free(
        service=service,
        persons=persons,
        first=_first_searched(start, now=now, zone=planning.zone()),
        days=SEARCH_DAYS,
        now=now,
        online=True,
        resident=resident,
        length=length,
    )
    return found.nearest(start, count=OFFERED)


def _first_searched(start: datetime, *, now: datetime, zone: ZoneInfo) -> date:
    """Return the first of the ``SEARCH_DAYS`` among which other starts are looked for."""
    around = max(start, now).astimezone(zone).date() - timedelta(days=SEARCH_DAYS // 2)
    return max(around, now.astimezone(zone).date())
