"""Reports counted and read page by page.

Pages begin after the last row of the one before (keyset), so that a deep page costs what the
first one does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, OuterRef, Subquery, Value
from django.db.models.lookups import GreaterThan, LessThan

from incidents import filters
from incidents.models import Photo, Report, ReportQuerySet
from incidents.models.reports import NEVER, URGENCY


PAGE = 50
COUNTED_MOST = 500


class Row(Func):
    """Values compared together, from the first on: ``ROW(a, b) > ROW(1, 2)``."""

    function = "ROW"
    output_field = BooleanField()


def counts(parts: Mapping[str, ReportQuerySet], *, most: int = COUNTED_MOST) -> dict[str, int]:
    """Count several sets of reports, no further than one more than ``most``; one query."""
    asked: list[tuple[str, str]] = []
    params: list[Any] = []
    for name, reports in parts.items():
        try:
            sql, values = reports.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        asked.append((name, f"(SELECT count(*) FROM ({sql}) AS part)"))  # noqa: S608 - compiled by Django
        params.extend(values)
    found = dict.fromkeys(parts, 0)
    if asked:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(sql for _name, sql in asked), params)
            row = cursor.fetchone()
        found |= {name: number for (name, _sql), number in zip(asked, row, strict=True)}
    return found


@dataclass(frozen=True, slots=True)
class Order:
    """An order in which no two reports are equal: its last column is their number."""

    columns: tuple[Expression | F, ...]
    of: Callable[[Report], tuple[Any, ...]]
    readers: tuple[Callable[[str], Any], ...]
    descending: bool = False


def _moment(typed: str) -> datetime:
    moment = datetime.fromisoformat(typed)
    if moment.tzinfo is None:
        raise ValueError(typed)
    return moment


def _whole(typed: str) -> int:
    number = int(typed)
    if abs(number) >= 2**31:
        raise ValueError(typed)
    return number


ORDERS: Mapping[str, Order] = {
    filters.URGENT: Order(
        URGENCY,
        lambda report: (-report.priority, report.due_at or NEVER, report.pk),
        (_whole, _moment, _whole),
    ),
    filters.NEWEST: Order(
        (F("submitted_at"), F("id")),
        lambda report: (report.submitted_at, report.pk),
        (_moment, _whole),
        descending=True,
    ),
    filters.OLDEST: Order(
        (F("submitted_at"), F("id")),
        lambda report: (report.submitted_at, report.pk),
        (_moment, _whole),
    ),
    filters.CHANGED: Order(
        (F("touched_at"), F("id")),
        lambda report: (report.touched_at, report.pk),
        (_moment, _whole),
        descending=True,
    ),
    filters.CONCERNED: Order(
        (F("reporters"), F("id")),
        lambda report: (report.reporters, report.pk),
        (_whole, _whole),
        descending=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some reports in their order, and the marks by which its neighbours begin."""

    reports: list[Report]
    before: str = ""
    after: str = ""


def page(
    reports: ReportQuerySet, order: str, *, after: str = "", before: str = "", size: int = PAGE
) -> Page:
    """Read the page after or before a mark, the first one without; one query.

    A mark that nobody gave is the same as none.
    """
    chosen = ORDERS[order]
    start, end = _read_mark(chosen, after), _read_mark(chosen, before)
    is_back = end is not None and start is None
    keys = _from(sorted_by(reports, order, is_back=is_back), chosen, start, end).values("pk")
    # Only numbers are sorted; what a row shows is joined to the few that are left.
    rows = list(with_thumbnail(Report.objects.filter(pk__in=keys[: size + 1])))
    rows.sort(key=chosen.of, reverse=chosen.descending != is_back)
    has_more = len(rows) > size
    rows = rows[:size]
    if is_back:
        rows.reverse()
    if not rows:
        return Page([])
    has_before = has_more if is_back else start is not None
    has_after = True if is_back else has_more
    return Page(
        rows,
        before=mark(rows[0], order) if has_before else "",
        after=mark(rows[-1], order) if has_after else "",
    )


def sorted_by(reports: ReportQuerySet, order: str, *, is_back: bool = False) -> ReportQuerySet:
    """Sort reports in one of the orders, or the other way round."""
    chosen = ORDERS[order]
    falls = chosen.descending != is_back
    return reports.order_by(*(each.desc() if falls else each.asc() for each in chosen.columns))


def mark(report: Report, order: str) -> str:
    """Write where a report stands in an order, for the address of the next page."""
    values = ORDERS[order].of(report)
    return "_".join(
        each.astimezone(UTC).isoformat() if isinstance(each, datetime) else str(each)
        for each in values
    )


def _read_mark(order: Order, typed: str) -> tuple[Any, ...] | None:
    parts = typed.split("_")
    if len(parts) != len(order.readers):
        return None
    try:
        return tuple(reader(part) for reader, part in zip(order.readers, parts, strict=True))
    except (ValueError, OverflowError):
        return None


def _from(
    reports: ReportQuerySet,
    order: Order,
    start: tuple[Any, ...] | None,
    end: tuple[Any, ...] | None,
) -> ReportQuerySet:
    limit = start or end
    if limit is None:
        return reports
    further = LessThan if order.descending == (start is not None) else GreaterThan
    here = Row(*order.columns)
    there = Row(*(Value(each) for each in limit))
    return reports.filter(further(here, there))


def with_thumbnail(reports: ReportQuerySet) -> ReportQuerySet:
    """Add the number of the first photo that is ready, the category and the team; no query."""
    ready = Photo.objects.filter(report=OuterRef("pk"), state=Photo.State.READY)
    return reports.select_related("category", "team").annotate(
        photo=Subquery(ready.order_by("position", "pk").values("pk")[:1])
    )
