"""One commune with three counters, made for a measurement and removed afterwards."""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count
from psycopg.types.range import TimestamptzRange

from booking.models import (
    Allocation,
    Appointment,
    Opening,
    Resource,
    Service,
    Settings,
    Site,
)
from tenants.actions import open_commune
from tenants.models import Commune
from tenants.provisioning import drop


NOW = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)  # 60 days from here cross a change of hour
FIRST = NOW.date()
ZONE = ZoneInfo("Europe/Paris")
VISIT = timedelta(minutes=20)
Place = tuple[int, datetime]  # the number of a counter, and a local time
Hours = tuple[tuple[time, time], ...]
HOURS: Hours = ((time(8, 30), time(12, 30)), (time(13, 30), time(17, 30)))


@contextmanager
def bench_commune(insee_code: str) -> Iterator[Commune]:
    """Open a commune that no INSEE code has, and leave nothing of it."""
    connection.set_schema_to_public()
    commune = Commune.objects.create(
        insee_code=insee_code.upper(),
        schema_name=f"c_{insee_code}",
        name="Mesure",
        slug=f"mesure-{insee_code}",
    )
    open_commune(commune=commune, now=NOW)
    connection.set_tenant(commune)
    try:
        yield commune
    finally:
        connection.set_schema_to_public()
        drop(commune.schema_name)
        commune.delete()


def configure(
    counters: int = 3,
    *,
    weekdays: Iterable[int] = range(5),
    hours: Hours = HOURS,
    step: int = 10,
    between: Sequence[date | None] = (None, None),
) -> Service:
    """Give the commune a service of 20 minutes, its counters and weekly hours."""
    Settings.objects.get_or_create(pk=1)
    site = Site.objects.create(name="Mairie")
    service = Service.objects.create(
        slug="carte-identite",
        name="Carte d’identité",
        titles="CNI",
        minutes=[20, 30, 40],
        horizon_days=120,
        notice_hours=0,
    )
    units = [Resource.objects.create(site=site, name=f"Guichet {n + 1}") for n in range(counters)]
    for unit in units:
        unit.services.add(service)
    receive(weekdays=weekdays, hours=hours, step=step, between=between)
    return service


def receive(
    *, weekdays: Iterable[int], hours: Hours, step: int, between: Sequence[date | None]
) -> None:
    """Open every counter at these hours, from the first to the last day."""
    for weekday in weekdays:
        for start, end in hours:
            opening = Opening.objects.create(
                weekday=weekday,
                start_time=start,
                end_time=end,
                step_minutes=step,
                valid_from=between[0],
                valid_to=between[1],
            )
            opening.resources.set(Resource.objects.all())


def places(count: int, *, counters: int, first: date, days: int, seed: int = 33) -> list[Place]:
    """Draw ``count`` visits of 20 minutes within ``HOURS``, none overlapping, local wall time."""
    chance = random.Random(seed)
    offered = [
        (unit, datetime.combine(first + timedelta(days=day), start) + VISIT * number)
        for day in range(days)
        if (first + timedelta(days=day)).weekday() < 5
        for unit in range(counters)
        for start, end in HOURS
        for number in range((end.hour - start.hour) * 3)
    ]
    return sorted(chance.sample(offered, count))


def fill(service: Service, count: int, *, first: date = FIRST, days: int = 60) -> list[Place]:
    """Book ``count`` visits at random places of the ``days`` from ``first``; return them."""
    units = list(Resource.objects.order_by("pk"))
    drawn = places(count, counters=len(units), first=first, days=days)
    site = units[0].site
    appointments, allocations = [], []
    for number, local in drawn:
        start = local.replace(tzinfo=ZONE)
        period = TimestamptzRange(start.astimezone(UTC), (start + VISIT).astimezone(UTC), "[)")
        token = uuid4()
        appointments.append(
            Appointment(
                reference=token.hex[:8].upper(),
                service=service,
                site=site,
                period=period,
                status="booked",
                channel="online",
                name="Mesure",
                token_hash=token.hex,
                idempotency_key=token,
            )
        )
        allocations.append((units[number], period))
    made = Appointment.objects.bulk_create(appointments)
    Allocation.objects.bulk_create(
        Allocation(appointment=a, resource=unit, period=period, state="booked")
        for a, (unit, period) in zip(made, allocations, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE booking_allocation")
    return drawn


def doubles() -> int:
    """Count places sold twice, asking the table and not the constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM booking_allocation a JOIN booking_allocation b"
            " ON a.id < b.id AND a.resource_id = b.resource_id AND a.period && b.period"
            " WHERE a.state <> 'released' AND b.state <> 'released'"
        )
        overlaps = int(cursor.fetchone()[0])
    twice = (
        Allocation.objects.values("appointment").annotate(n=Count("pk")).filter(n__gt=1).count()
    )
    return overlaps + twice


def deadlocks() -> int:
    """Read how many deadlocks the server has ended in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
