"""Sixty days of free slots, beside the SQL statement that answers the same question."""

from datetime import datetime
from itertools import pairwise

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import multirange
from benchmarks.measure import Sheet, alternate, median
from benchmarks.world import NOW, bench_commune, configure, fill
from booking import planning
from booking.models import Service


GROWTH = (15, 30, 60, 120)


def run(sheet: Sheet) -> None:
    """Print the product's own path against the statement, then how it grows with the days."""
    with bench_commune("9b996"):
        service = configure(counters=3)
        fill(service, 2_000)
        _against_sql(sheet, service)
        _growth(sheet, service)


def _against_sql(sheet: Sheet, service: Service) -> None:
    def ours() -> list[datetime]:
        return _free(service, 60)

    def limit() -> list[datetime]:
        return _by_sql(service, 60)

    assert ours() == limit(), "the two answers differ"
    with CaptureQueriesContext(connection) as queries:
        ours()
    mine, theirs = alternate(30, ours, limit)
    ratio = median(mine) / median(theirs)
    sheet.line(
        "A1",
        f"60 days, 3 counters, 2 000 appointments, {len(ours())} starts: {median(mine):.2f} ms,"
        f" {len(queries)} queries; SQL multirange {median(theirs):.2f} ms: {ratio:.2f} x (<= 2)",
        holds=ratio <= 2 and len(queries) <= 2,
    )


def _growth(sheet: Sheet, service: Service) -> None:
    times = alternate(15, *(lambda days=days: _free(service, days) for days in GROWTH))
    medians = [median(each) for each in times]
    worst = max(b / a for a, b in pairwise(medians))
    said = ", ".join(f"{d} d {m:.2f} ms" for d, m in zip(GROWTH, medians, strict=True))
    sheet.line("A2", f"{said}: at most {worst:.2f} x per doubling (<= 2.3)", holds=worst <= 2.3)


def _free(service: Service, days: int) -> list[datetime]:
    """Ask as the slot page does: tenant cursor, decoding and aware instants included."""
    return planning.free(
        service=service, persons=1, first=NOW.date(), days=days, now=NOW, online=True
    ).starts()


def _by_sql(service: Service, days: int) -> list[datetime]:
    plan = planning.current_plan(NOW.year)
    question = planning.question_for(plan, service, persons=1, now=NOW, online=True)
    assert question is not None
    zone = plan.timetable.zone
    with connection.cursor() as cursor:
        cursor.execute(
            multirange.STATEMENT,
            multirange.parameters(
                question,
                first=NOW.date(),
                days=days,
                zone=zone.key,
                holidays=plan.timetable.holidays,
                now=NOW,
            ),
        )
        return [start.astimezone(zone) for (start,) in cursor.fetchall()]
