"""The board of the team: the reports of one filter by what is being done about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from incidents import filters, found, paging
from incidents.models import Report, ReportQuerySet
from incidents.workflow import TO_HANDLE, WAITING, Status


SHOWN_MOST = 20  # cards of one column
RESOLVED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One column: its title, its states, and the filter that shows all of it."""

    title: Promise
    states: frozenset[Status]
    state: str
    becomes: Status | None = None
    """What a report that is dropped here is asked to become; None where it depends."""
    order: str = filters.URGENT
    is_folded: bool = False


LANES: Mapping[str, Lane] = {
    "todo": Lane(
        title=gettext_lazy("À traiter"),
        states=TO_HANDLE,
        state=filters.TO_DO,
        becomes=Status.ACCEPTED,
    ),
    "planned": Lane(
        title=gettext_lazy("Planifié"),
        states=frozenset({Status.PLANNED}),
        state=str(Status.PLANNED),
        becomes=Status.PLANNED,
    ),
    "doing": Lane(
        title=gettext_lazy("En cours"),
        states=frozenset({Status.IN_PROGRESS}),
        state=str(Status.IN_PROGRESS),
        becomes=Status.IN_PROGRESS,
    ),
    "waiting": Lane(
        title=gettext_lazy("En attente"), states=WAITING, state=filters.WAITS, is_folded=True
    ),
    "resolved": Lane(
        title=gettext_lazy("Résolu (7 jours)"),
        states=frozenset({Status.RESOLVED}),
        state=str(Status.RESOLVED),
        becomes=Status.RESOLVED,
        order=filters.CHANGED,
    ),
}


def parts(reports: ReportQuerySet, *, now: datetime) -> dict[str, ReportQuerySet]:
    """Deal reports to the columns."""
    dealt = {name: found.in_states(reports, lane.states) for name, lane in LANES.items()}
    dealt["resolved"] = dealt["resolved"].filter(closed_at__gt=now - RESOLVED_FOR)
    return dealt


def first(dealt: Mapping[str, ReportQuerySet], order: str) -> dict[str, list[Report]]:
    """Read the first reports of each column; two queries. ``order`` is that of the filter."""
    orders = {
        name: lane.order if lane.becomes == Status.RESOLVED else order or lane.order
        for name, lane in LANES.items()
    }
    tops = [
        paging.sorted_by(reports, orders[name])
        .annotate(lane=Value(name, output_field=CharField()))
        .values_list("lane", "pk")[:SHOWN_MOST]
        for name, reports in dealt.items()
    ]
    lane_of = {pk: name for name, pk in tops[0].union(*tops[1:], all=True)}
    shown: dict[str, list[Report]] = {name: [] for name in LANES}
    for report in paging.with_thumbnail(Report.objects.filter(pk__in=lane_of)):
        shown[lane_of[report.pk]].append(report)
    for name, reports in shown.items():
        chosen = paging.ORDERS[orders[name]]
        reports.sort(key=chosen.of, reverse=chosen.descending)
    return shown
