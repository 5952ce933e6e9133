"""What the record of who did what costs: a booking with and without it, many rows, the sealing.

Without it: the triggers are switched off between two measures, as the owner of the database may.
Both ways take turns in one run, on the same commune, through the product's own action.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection

from audit import keeping
from audit.models import Entry
from benchmarks.measure import Sheet, at_best, median
from benchmarks.world import FIRST, NOW, bench_commune, configure, fill
from booking.actions import book_directly
from booking.models import Service
from booking.people import Person
from booking.planning import free
from journal import anchoring
from parvis.acting import Actor, acting, in_bulk


ROUNDS = 25
MANY = 500
CITIZEN = Actor(name="citoyen", channel="citizen", origin="203.0.113.0/24", action="booking:check")
AIM, AIM_MANY = 1.15, 1.1


def run(sheet: Sheet) -> None:
    """Print the ratios; a booking and its record are one transaction."""
    with bench_commune("9b997"):
        service = configure(3)
        starts = _starts(service)
        taken: dict[bool, list[float]] = {True: [], False: []}
        with acting(CITIZEN):
            for number in range(2 * ROUNDS + 6):
                is_watched = number % 2 == 0
                _switch(is_watched=is_watched)
                seconds = _timed(service, next(starts))
                if number >= 6:
                    taken[is_watched].append(seconds)
        with_it, without = taken[True], taken[False]
        ratio = median(with_it) / median(without)
        sheet.line(
            "A1",
            f"a booking with the record {median(with_it):.1f} ms, without {median(without):.1f} ms:"
            f" {ratio:.2f} x (aim {AIM}); best {at_best(with_it):.1f} and {at_best(without):.1f} ms",
            holds=ratio <= AIM,
            is_aim=True,
        )
        _switch(is_watched=True)
        _many(sheet, service)
        _chain(sheet)


def _switch(*, is_watched: bool) -> None:
    word = "ENABLE" if is_watched else "DISABLE"
    with connection.cursor() as cursor:
        for table in ("booking_appointment", "booking_participant"):
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER audit_row")


def _starts(service: Service) -> Iterator[datetime]:
    day = FIRST + timedelta(days=1)
    return iter(
        free(service=service, persons=1, first=day, days=40, now=NOW, online=True).starts()[::3]
    )


def _timed(service: Service, start: datetime) -> float:
    started = time.perf_counter()
    book_directly(
        service=service,
        people=[Person()],
        start=start,
        name="Citoyen",
        email="citoyen@example.org",
        phone="",
        channel="online",
        now=NOW,
        idempotency_key=uuid4(),
    )
    return time.perf_counter() - started


def _many(sheet: Sheet, service: Service) -> None:
    """Write many appointments at once: each in the record, all as one line, not at all."""
    seconds = {}
    first = FIRST + timedelta(days=60)
    for name in ("plain", "each", "bulk"):
        _switch(is_watched=name != "plain")
        with in_bulk(CITIZEN) if name == "bulk" else acting(CITIZEN):
            started = time.perf_counter()
            fill(service, MANY, first=first, days=60)
            seconds[name] = time.perf_counter() - started
        first += timedelta(days=70)
    ratio = seconds["bulk"] / seconds["plain"]
    sheet.line(
        "A2",
        f"{MANY} appointments at once: without {seconds['plain']:.2f} s, each in the record"
        f" {seconds['each']:.2f} s, as one line {seconds['bulk']:.2f} s: {ratio:.2f} x (aim {AIM_MANY})",
        holds=ratio <= AIM_MANY,
        is_aim=True,
    )


def _chain(sheet: Sheet) -> None:
    waiting = Entry.objects.filter(position=None).count()
    started = time.perf_counter()
    sealed = keeping.seal()
    sealing = time.perf_counter() - started
    started = time.perf_counter()
    verdict = anchoring.verify(now=NOW + timedelta(days=1))
    walking = time.perf_counter() - started
    sheet.line(
        "A3",
        f"{sealed} entries sealed in {sealing:.2f} s ({sealed / sealing:,.0f}/s), walked and verified"
        f" in {walking:.2f} s: {verdict.fault or 'the chain holds'}",
        holds=sealed == waiting and verdict.holds,
    )
