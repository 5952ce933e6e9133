"""Sixty days of free slots, beside the independent SQL statement that answers the same question."""

from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.measure import Sheet, alternate, median
from benchmarks.world import NOW, bench_commune, configure, fill
from booking.models import Service
from booking.planning import free
from booking.public_holidays import public_holidays


STATEMENT = (Path(__file__).parent / "multirange.sql").read_text()


def run(sheet: Sheet) -> None:
    """Print the product's own path against the statement, then its growth."""
    with bench_commune("9b996") as _commune:
        service = configure(counters=3)
        fill(service, 2_000)
        _against_sql(sheet, service)


def _against_sql(sheet: Sheet, service: Service) -> None:
    def ours() -> list[object]:
        return free(
            service=service, persons=1, first=NOW.date(), days=60, now=NOW, online=True
        ).starts()

    def limit() -> list[object]:
        return _by_sql(service, days=60)

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


def _by_sql(service: Service, *, days: int) -> list[object]:
    raise NotImplementedError
