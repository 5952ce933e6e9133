"""How one report looks in the team's list and on its board."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from incidents import links
from incidents.models import Photo, Report
from incidents.states import state_of
from incidents.workflow import Actor, Status, moves
from parvis.cards import Mark, ReportCard


FREQUENT = (Status.ACCEPTED, Status.PLANNED, Status.IN_PROGRESS, Status.RESOLVED)
LETTERS = "AAAAAAAA"  # stands for a reference in an address that is written once


def cards(
    reports: Iterable[Report], *, now: datetime, may_handle: bool, with_moves: bool = False
) -> list[ReportCard]:
    """Draw reports read with :func:`incidents.paging.with_thumbnail`; no query."""
    page = reverse("incidents:agent:report", args=[LETTERS])
    move = reverse("incidents:agent:move", args=[LETTERS]) if may_handle else ""
    return [_card(each, page=page, move=move if with_moves else "", now=now) for each in reports]


def rows(reports: Iterable[Report], *, now: datetime) -> list[dict[str, object]]:
    """Say of each report what the list beside the map shows; no query."""
    page = reverse("incidents:agent:report", args=[LETTERS])
    return [
        {
            "reference": each.reference,
            "href": page.replace(LETTERS, each.reference),
            "title": each.category.label,
            "place": each.address,
            "state": state_of(each.status),
            "when": late(each, now=now) or _lasted(each, now=now),
            "photo": _thumbnail(each),
            "icon": each.category.icon,
            "concerned": "",
        }
        for each in reports
    ]


def key_of(report: Report) -> str:
    """Write what a box posts: which report, and as it was shown."""
    return f"{report.reference}-{report.version}"


def _card(report: Report, *, page: str, move: str, now: datetime) -> ReportCard:
    state = state_of(report.status)
    return ReportCard(
        key=key_of(report),
        href=page.replace(LETTERS, report.reference),
        title=report.category.label,
        place=report.address,
        photo=_thumbnail(report),
        icon=report.category.icon,
        age=_lasted(report, now=now),
        late=late(report, now=now),
        concerned=report.reporters,
        who=" · ".join(
            filter(None, [report.team.name if report.team else "", report.assignee_name])
        ),
        state=Mark(label=state.word, tone=state.tone, icon=state.icon),
        marks=_marks(report),
        move=move.replace(LETTERS, report.reference),
        moves=_moves(report) if move else (),
    )


def late(report: Report, *, now: datetime) -> str:
    """Say by how much the promised date has passed; nothing when it has not."""
    if report.is_closed or report.due_at is None or report.due_at >= now:
        return ""
    return _("en retard de %(age)s") % {"age": age(now - report.due_at)}


def _lasted(report: Report, *, now: datetime) -> str:
    """Say how old a report is, or in how long it was closed."""
    if report.closed_at is None:
        return age(now - report.submitted_at)
    return _("clos en %(age)s") % {"age": age(report.closed_at - report.submitted_at)}


def age(since: timedelta) -> str:
    """Write a duration as short as it is read: "5 h", "3 j", "4 mois"."""
    if since < timedelta(hours=1):
        return _("%(n)s min") % {"n": max(0, since // timedelta(minutes=1))}
    if since < timedelta(days=1):
        return _("%(n)s h") % {"n": since // timedelta(hours=1)}
    if since < timedelta(days=90):
        return _("%(n)s j") % {"n": since.days}
    return _("%(n)s mois") % {"n": since.days // 30}


def _thumbnail(report: Report) -> str:
    key = report.photo  # type: ignore[attr-defined]
    return links.photo_address(Photo(pk=key), "s") if key else ""


def _marks(report: Report) -> list[Mark]:
    marks = []
    if report.priority > Report.Priority.NORMAL:
        marks.append(Mark(label=str(report.get_priority_display()), tone="warning", icon="flame"))
    if report.visibility == Report.Visibility.PENDING:
        marks.append(Mark(label=_("à relire"), icon="eye"))
    return marks


def _moves(report: Report) -> list[tuple[str, str]]:
    legal = moves(Status(report.status), Actor.STAFF)
    in_order = dict.fromkeys((*FREQUENT, *Status))
    return [(str(each), state_of(each).word) for each in in_order if each in legal]
