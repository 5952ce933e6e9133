"""What writing the free starts for everybody adds to a booking, and whether it stays right."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import cycle
from uuid import uuid4

from benchmarks.measure import Sheet, alternate, median
from benchmarks.world import NOW, bench_commune, configure, fill
from booking import planning, read_model
from booking.actions import book_directly
from booking.models import Service
from booking.people import Person


ROUNDS = 60
LIMIT = 2.5


def run(sheet: Sheet) -> None:
    """Book the same way with and without the shared rows, in turns."""
    with bench_commune("9b996"):
        service = configure(3)
        for number, name in enumerate(("passeport", "deux-titres", "pacs", "mariage"), start=1):
            other = Service.objects.create(
                slug=name,
                name=name,
                minutes=[20, 30, 40, 50, 60],
                horizon_days=60,
                position=number,
            )
            other.resources.set(service.resources.all())
        fill(service, 600)
        read_model.refresh_all(now=NOW)
        starts = cycle(_starts(service))
        bare, whole = alternate(
            ROUNDS, lambda: _bare(service, next(starts)), lambda: _book(service, next(starts))
        )
        ratio = median(whole) / median(bare)
        sheet.line(
            "D1",
            f"a booking with its {_kinds()} kinds written for everybody: {median(whole):.1f} ms,"
            f" without: {median(bare):.1f} ms, ratio {ratio:.2f} (limit {LIMIT})",
            holds=ratio <= LIMIT,
        )
        read_model.refresh_all(now=NOW)
        for start in _starts(service)[:20]:
            _book(service, start)
        wrong = read_model.wrong_rows(now=NOW)
        sheet.line("D2", f"rows wrong after 20 more bookings: {len(wrong)}", holds=not wrong)


def _starts(service: Service) -> list[datetime]:
    found = planning.free(
        service=service, persons=1, first=NOW.date(), days=60, now=NOW, online=True
    )
    return found.starts()[:: max(1, len(found) // (3 * ROUNDS))]


def _kinds() -> int:
    return sum(service.most_persons for service in Service.objects.offered_online())


def _book(service: Service, start: datetime) -> None:
    """Book the start, or the nearest one that is left."""
    found = planning.free(
        service=service,
        persons=1,
        first=start.date(),
        days=5,
        now=NOW,
        online=False,
    )
    book_directly(
        service=service,
        people=[Person()],
        start=found.nearest(start, count=1)[0],
        name="Mesure",
        email="",
        phone="",
        channel="phone",
        now=NOW + timedelta(seconds=1),
        idempotency_key=uuid4(),
    )


def _bare(service: Service, start: datetime) -> None:
    with _nothing_written():
        _book(service, start)


@contextmanager
def _nothing_written() -> Iterator[None]:
    refresh = read_model.refresh
    read_model.refresh = lambda _days, *, now: None  # type: ignore[assignment]  # noqa: ARG005
    try:
        yield
    finally:
        read_model.refresh = refresh
