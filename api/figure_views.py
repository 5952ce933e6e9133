"""The figures of the commune: what everybody may know, and more with the right to it."""

from datetime import date, timedelta

from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from api import figure_shapes
from api.callers import EVERYBODY, caller_of
from api.refusals import InvalidFields, KeyWanted
from api.service_views import READ, offered
from api.words import between, too_long
from booking import figures as booked, planning, read_model, words
from connect import keys, scopes
from incidents import metrics
from incidents.metrics import Scope
from incidents.small_numbers import is_small
from parvis.periods import Period, Share


router = Router(tags=["figures"])
YEAR = 365
KEPT_S = 300
DAY_S = 86_400


@router.api_operation(
    READ,
    "/figures",
    auth=EVERYBODY,
    response=figure_shapes.Figures,
    by_alias=True,
    operation_id="readFigures",
    url_name="figures",
)
def figures(request: HttpRequest, wish: Query[figure_shapes.FigureWish]) -> figure_shapes.Figures:
    """Tell how long citizens wait and what became of reports.

    Everybody reads the same year: with days of one's own, a subtraction would tell of one person.
    """
    caller = caller_of(request)
    may_read = caller.may(scopes.FIGURES_READ)
    if (wish.first or wish.last) and not may_read:
        raise keys.ScopeMissing(scopes.FIGURES_READ) if caller.key else KeyWanted
    now = timezone.now()
    period = _period(wish, planning.local_day(now))
    key = f"api:figures:{period.first}:{period.last}:{may_read}"
    known: tuple[figure_shapes.ReportFigures, figure_shapes.Detailed | None] | None = caches[
        "default"
    ].get(key)
    if known is None:
        known = _reports(period), _detailed(period) if may_read else None
        caches["default"].set(key, known, KEPT_S)
    return figure_shapes.Figures(
        first=period.first,
        last=period.last,
        waiting=_waiting(planning.local_day(now)),
        reports=known[0],
        detailed=known[1],
    )


def _period(wish: figure_shapes.FigureWish, today: date) -> Period:
    """Read which days are wanted.

    Raises:
        InvalidFields: they are too many, or the last comes before the first.
    """
    last = wish.last or today
    first = wish.first or last - timedelta(days=YEAR - 1)
    if last < first:
        raise InvalidFields([("to", between())])
    if (last - first).days > YEAR:
        raise InvalidFields([("to", too_long(YEAR))])
    return Period(first, last, planning.zone())


def _waiting(today: date) -> list[figure_shapes.Waiting]:
    services = list(offered().filter(is_online=True))
    first = read_model.first_free(services, now=timezone.now())
    return [
        figure_shapes.Waiting(
            service=each.slug,
            name=words.service_name(each),
            first_free_day=first.get(each.pk),
            days=(first[each.pk] - today).days if each.pk in first else None,
        )
        for each in services
    ]


def _reports(period: Period) -> figure_shapes.ReportFigures:
    """Count what citizens may report, as the public page of figures does."""
    known = metrics.read(Scope(period=period, is_public=True), now=timezone.now())
    closing = known.closing.median
    return figure_shapes.ReportFigures(
        received=_few(known.received),
        open=_few(known.open),
        resolved=_few(known.resolved),
        rejected=_few(known.rejected),
        kept_promises=_ratio(known.kept),
        median_closing_days=None
        if closing is None or known.resolved == 0 or is_small(known.resolved)
        else round(closing / DAY_S, 1),
    )


def _detailed(period: Period) -> figure_shapes.Detailed:
    now = timezone.now()
    told = booked.read(period, service=None, now=now)
    lines = metrics.lines(Scope(period=period), by="category", now=now)
    return figure_shapes.Detailed(
        appointments=figure_shapes.AppointmentFigures(
            by_channel=told.channels,
            online_share=told.online.ratio,
            missed_share=told.missed.ratio,
            cancelled_share=told.cancelled.ratio,
            filled_share=told.filled.ratio,
            complete_share=told.complete.ratio,
            median_delay_days=told.delay_days,
        ),
        reports=[
            figure_shapes.CategoryFigures(
                category=line.name,
                received=line.received,
                open=line.open,
                resolved=line.resolved,
                rejected=line.rejected,
                overdue=line.overdue,
            )
            for line in lines
        ],
    )


def _few(count: int) -> int | None:
    return None if is_small(count) else count


def _ratio(share: Share) -> float | None:
    return None if is_small(share.part) or is_small(share.whole) else share.ratio
