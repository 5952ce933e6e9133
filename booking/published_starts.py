"""The free starts of a service, read where they are written for everybody: one query.

A row hides what the clock alone has just freed, and never invents a start (``slots.models``).
Notice and horizon of the service are applied here. What is shown is a hint: whoever books looks
again under the lock of the day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking import planning
from booking.models import Service
from parvis.guard import current_schema
from slots.models import FreeSlotDay


STEP_S = 300


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
    earliest = (now + timedelta(hours=service.notice_hours)).timestamp()
    found = [
        Start(start, where)
        for day, where, starts in rows.values_list("day", "site", "starts")
        for start in _starts(day, bytes(starts), earliest=earliest)
    ]
    return sorted(found, key=lambda each: (each.start, each.site))


def _starts(day: date, starts: bytes, *, earliest: float) -> Iterator[datetime]:
    """Yield what the bits of a day stand for, if it is not too soon."""
    zone = planning.zone()
    midnight = datetime.combine(day, time.min, zone).timestamp()
    bits = int.from_bytes(starts, "little")
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        at = midnight + (lowest.bit_length() - 1) * STEP_S
        if at >= earliest:
            yield datetime.fromtimestamp(at, zone)
