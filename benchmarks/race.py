"""Two hundred citizens want fifty slots at the same moment, through the product's own action."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import Error, connection
from django.db.models import Count

from benchmarks.measure import Sheet, percentile
from benchmarks.world import NOW, bench_commune, configure
from booking.actions import book_directly
from booking.models import Allocation, Appointment, Service
from booking.planning import free
from booking.taking import SlotTaken
from tenants.models import Commune


CLIENTS, PLACES, CONNECTIONS = 200, 50, 20


def run(sheet: Sheet) -> None:
    """Print what was sold, what went wrong, and how long a citizen waited."""
    with bench_commune("9b995") as commune:
        service = configure(counters=2)
        wanted = _wanted(service)
        deadlocks = _deadlocks()
        with ThreadPoolExecutor(CONNECTIONS, initializer=_join, initargs=[commune]) as pool:
            answers = list(pool.map(lambda n: _client(service.pk, wanted, n), range(CLIENTS)))
            list(pool.map(lambda _n: connection.close(), range(CONNECTIONS)))
        sold = sum(1 for outcome, _seconds in answers if outcome == "booked")
        errors = [outcome for outcome, _seconds in answers if outcome not in {"booked", "full"}]
        doubled = _doubles()
        deadlocks = _deadlocks() - deadlocks
        p99 = percentile([seconds for _outcome, seconds in answers], 0.99)
        sheet.line(
            "R1",
            f"{CLIENTS} clients, {PLACES} places, {CONNECTIONS} connections, each retries until"
            f" served: {sold} booked, {doubled} double, {deadlocks} deadlocks,"
            f" {len(errors)} errors, p99 {p99:.0f} ms",
            holds=(sold, doubled, deadlocks, errors) == (PLACES, 0, 0, []),
        )


def _wanted(service: Service) -> list[datetime]:
    """Choose the starts of one day that, at two counters, make exactly fifty places."""
    day = (NOW + timedelta(days=5)).date()
    found = free(service=service, persons=1, first=day, days=3, now=NOW, online=True)
    starts: list[datetime] = []
    for start in found.starts():
        if not starts or start - starts[-1] >= timedelta(minutes=20):
            starts.append(start)
    return starts[: PLACES // 2]


def _join(commune: Commune) -> None:
    connection.set_tenant(commune)


def _client(service_id: int, wanted: list[datetime], number: int) -> tuple[str, float]:
    """Try every start, the first ones first, as somebody who wants any of them soon."""
    started = time.perf_counter()
    service = Service.objects.get(pk=service_id)
    outcome = "full"
    for start in itertools.chain(wanted):
        try:
            book_directly(
                service=service,
                persons=1,
                start=start,
                name=f"Citoyen {number}",
                email="citoyen@example.org",
                phone="",
                channel="online",
                now=NOW,
                idempotency_key=uuid4(),
            )
        except SlotTaken:
            continue
        except Error as fault:
            outcome = str(fault)
        else:
            outcome = "booked"
        break
    return outcome, time.perf_counter() - started


def _doubles() -> int:
    """Count places sold twice, asking the table and not the constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM booking_allocation a JOIN booking_allocation b"
            " ON a.id < b.id AND a.resource_id = b.resource_id AND a.period && b.period"
            " WHERE a.state = 'booked' AND b.state = 'booked'"
        )
        overlaps = cursor.fetchone()[0]
    twice = (
        Allocation.objects.values("appointment").annotate(n=Count("pk")).filter(n__gt=1).count()
    )
    return overlaps + twice + (Appointment.objects.count() != Allocation.objects.count())


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
