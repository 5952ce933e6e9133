"""Sixty days of free slots, beside the SQL statement that answers the same question."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from time import perf_counter

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import multirange
from benchmarks.measure import Sheet, alternate, median
from benchmarks.world import NOW, bench_commune, configure, fill
from booking import planning
from booking.models import Service
from tenants.models import Commune


GROWTH_ROUNDS = 15
TOLERANCE = 1.15  # a step may cost so much more than in proportion to its growth


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A commune with its one service."""

    commune: Commune
    service: Service


Case = tuple[World, int]


@dataclass(frozen=True, slots=True)
class Curve:
    """What grows, by which sizes; ``case`` says where to ask and for how many days."""

    code: str
    name: str
    sizes: tuple[int, ...]
    case: Callable[[int], Case]


def run(sheet: Sheet) -> None:
    """Print the product's own path against the statement, then how it grows."""
    with bench_commune("9b996"):
        service = configure(counters=3)
        fill(service, 2_000)
        _against_sql(sheet, service)
    _growth(sheet)


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


def _growth(sheet: Sheet) -> None:
    """Let one thing grow at a time, and print the table; each case has a commune of its own."""
    with ExitStack() as communes:

        @cache
        def world(counters: int, count: int, days: int) -> World:
            commune = communes.enter_context(bench_commune(f"9b{next(codes)}"))
            service = configure(counters)
            fill(service, count, days=days)
            return World(commune, service)

        codes = iter(range(900, 990))
        curves = [
            Curve("A2", "days", (30, 60, 120), lambda days: (world(3, 2_000, 120), days)),
            Curve("A3", "visits", (500, 2_000, 8_000), lambda count: (world(10, count, 60), 60)),
            Curve("A4", "counters", (1, 3, 10), lambda units: (world(units, 600 * units, 60), 60)),
        ]
        cases = [curve.case(size) for curve in curves for size in curve.sizes]
        seconds = dict(zip(cases, _interleaved(GROWTH_ROUNDS, cases), strict=True))
        for curve in curves:
            medians = [median(seconds[curve.case(size)]) for size in curve.sizes]
            worst = max(steepness(curve.sizes, medians))
            said = ", ".join(
                f"{n:,}: {m:.2f} ms" for n, m in zip(curve.sizes, medians, strict=True)
            )
            factor, growth = medians[-1] / medians[0], curve.sizes[-1] / curve.sizes[0]
            sheet.line(
                curve.code,
                f"{curve.name:<8} {said}: {factor:.1f} x the time for {growth:.0f} x as many;"
                f" steepest step {worst:.2f} of linear (<= {TOLERANCE})",
                holds=worst <= TOLERANCE,
            )


def steepness(sizes: Sequence[int], times: Sequence[float]) -> list[float]:
    """Compare each step of a curve with a straight line through nothing: 1 is linear."""
    return [
        (later / sooner) / (larger / smaller)
        for (smaller, larger), (sooner, later) in zip(
            pairwise(sizes), pairwise(times), strict=True
        )
    ]


def _interleaved(rounds: int, cases: list[Case]) -> list[list[float]]:
    """Ask each case in turn, round by round; return the seconds of each, warm-up dropped."""
    taken: list[list[float]] = [[] for _case in cases]
    for number in range(rounds + 2):
        for times, (world, days) in zip(taken, cases, strict=True):
            connection.set_tenant(world.commune)
            _free(world.service, 1)  # the connection is in the schema, as a request finds it
            started = perf_counter()
            _free(world.service, days)
            if number >= 2:
                times.append(perf_counter() - started)
    return taken


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
