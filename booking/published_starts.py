"""The free starts of a service, read where they are written for everybody: one query.

A row hides what the clock alone has just freed, and never invents a start (``slots.models``).
Notice and horizon of the service are applied here. What is shown is a hint: whoever books looks
again under the lock of the day.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking import planning
from booking.models import Service
from parvis.guard import current_schema
from slots.models import FreeSlotDay
from slots.search import not_too_soon, times


MOST_A_DAY = 300


@dataclass(frozen=True, slots=True)
class Start:
    """When a visit may begin and where; ``start`` is in the zone of the commune."""

    start: datetime
    site: int


def published_starts(
    *,
    service: Service,
    persons: int,
    first: date,
    last: date,
    now: datetime,
    site: int | None = None,
) -> list[Start]:
    """List the free starts of some local days, both included, soonest first."""
    today = planning.local_day(now)
    rows = FreeSlotDay.objects.filter(
        commune=planning.current_commune(),
        kind__service_code=f"local:{current_schema()}:{service.pk}",
        kind__reason=service.titles,
        kind__persons=persons,
        kind__channel="online",
        day__gte=max(first, today),
        day__lte=min(last, today + timedelta(days=service.horizon_days)),
        n__gt=0,
    )
    if site is not None:
        rows = rows.filter(site=site)
    zone, earliest = planning.zone(), now + timedelta(hours=service.notice_hours)
    found = [
        Start(start, where)
        for day, where, starts in rows.values_list("day", "site", "starts")
        for start in times(
            day,
            not_too_soon(day, bytes(starts), earliest=earliest, zone=zone),
            zone=zone,
            most=MOST_A_DAY,
        )
    ]
    return sorted(found, key=lambda each: (each.start, each.site))
