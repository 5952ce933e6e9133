"""Two hundred citizens want fifty slots at the same moment, through the product's own action."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from time import perf_counter as clock
from uuid import uuid4

from django.db import Error, connection
from django.db.models import Count

from benchmarks.measure import Sheet, percentile
from benchmarks.world import NOW, bench_commune, configure
from booking.actions import book_directly
from booking.models import Allocation, Appointment, Service
from booking.people import Person
from booking.planning import free
from booking.taking import SlotTaken
from tenants.models import Commune


CLIENTS, PLACES, CONNECTIONS = 200, 50, 20


def run(sheet: Sheet) -> None:
    """Print what was sold, what went wrong, and how long a citizen waited."""
    day = (NOW + timedelta(days=5)).date()
    with bench_commune("9b995") as commune:
        service = configure(
            2,
            weekdays=[day.weekday()],
            hours=((time(8, 30), time(16, 50)),),  # 25 starts at two counters
            step=20,
            between=(day, day),
        )
        first = free(service=service, persons=1, first=day, days=1, now=NOW, online=True).first()
        assert first is not None
        deadlocks = _deadlocks()
        with ThreadPoolExecutor(CONNECTIONS, initializer=_join, initargs=[commune]) as pool:
            answers = list(pool.map(lambda n: _client(service.pk, first, n), range(CLIENTS)))
            list(pool.map(lambda _n: connection.close(), range(CONNECTIONS)))
        sold = sum(1 for outcome, _seconds in answers if outcome == "booked")
        errors = [outcome for outcome, _seconds in answers if outcome not in {"booked", "full"}]
        doubled = _doubles()
        deadlocks = _deadlocks() - deadlocks
        p99 = percentile([seconds for _outcome, seconds in answers], 0.99)
        sheet.line(
            "R1",
            f"{CLIENTS} clients, {PLACES} places, {CONNECTIONS} connections, all want the first"
            f" start, then what is offered: {sold} booked, {doubled} double,"
            f" {deadlocks} deadlocks, {len(errors)} errors, p99 {p99:.0f} ms",
            holds=(sold, doubled, deadlocks, errors) == (PLACES, 0, 0, []),
        )


def _join(commune: Commune) -> None:
    connection.set_tenant(commune)


def _client(service_id: int, wanted: datetime, number: int) -> tuple[str, float]:
    """Want the first start; when it is lost, take the nearest offered, until none is."""
    started = clock()
    service = Service.objects.get(pk=service_id)
    outcome = ""
    while not outcome:
        try:
            book_directly(
                service=service,
                people=[Person()],
                start=wanted,
                name=f"Citoyen {number}",
                email="citoyen@example.org",
                phone="",
                channel="online",
                now=NOW,
                idempotency_key=uuid4(),
            )
        except SlotTaken as refusal:
            if not refusal.alternatives:
                outcome = "full"
            else:  # not everybody presses the same button
                wanted = refusal.alternatives[number % len(refusal.alternatives)]
        except Error as fault:
            outcome = str(fault)
        else:
            outcome = "booked"
    return outcome, clock() - started


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
