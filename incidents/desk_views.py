"""The reports of the commune for its team: the list, one report, and its moves."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import member_of
from incidents import access, desk, emails, journal, links
from incidents.actions import move as move_report
from incidents.desk_forms import MoveForm
from incidents.forms import WordsForm
from incidents.models import Report
from incidents.models.reports import STATUS_WORDS
from incidents.staff_pages import (
    after,
    current_member,
    handles_reports,
    reads_reports,
    report_or_404,
)
from incidents.transfers import forward
from incidents.workflow import CLOSED, TO_HANDLE, WAITING, Actor, Status
from parvis.errors import DomainError
from parvis.pieces import Tab, TimelineEntry


PAGE = 50
GROUPS = {
    "a-traiter": TO_HANDLE,
    "en-cours": frozenset({Status.PLANNED, Status.IN_PROGRESS}),
    "en-attente": WAITING,
    "clos": CLOSED,
    "tous": frozenset(Status),
}


@reads_reports
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """List the reports of one group of states, the most urgent first; three queries."""
    group = request.GET.get("etat", "")
    group = group if group in GROUPS else "a-traiter"
    wanted = _found(request.GET.get("q", "").replace("\0", "").strip(), GROUPS[group])
    start = _rank(request.GET.get("depuis", ""))
    rows = list(wanted[start : start + PAGE + 1])
    context = {
        "reports": [(each, STATUS_WORDS[Status(each.status)]) for each in rows[:PAGE]],
        "next": start + PAGE if len(rows) > PAGE else 0,
        "group": group,
        "q": request.GET.get("q", ""),
        "now": timezone.now(),
        "tabs": _tabs(group),
    }
    return render(request, "incidents/staff/list.html", context)


@reads_reports
@require_safe
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one report, what happened to it, and what may be done."""
    found = report_or_404(reference)
    shown = [each for each in found.photos.all() if each.state == "ready"]
    may_handle = access.may_handle(member_of(request))
    context = {
        "report": found,
        "contact": found.contact if may_handle else None,
        "status_word": STATUS_WORDS[Status(found.status)],
        "may_handle": may_handle,
        "photos": [(each, links.photo_address(each, "m")) for each in shown],
        "entries": [
            TimelineEntry(
                at=each.at,
                title=f"{each.title} · {each.by}" if each.by else each.title,
                text=each.text,
                state="done",
            )
            for each in journal.timeline(found, for_staff=True)
        ],
        "words": WordsForm(),
        "now": timezone.now(),
    }
    return render(request, "incidents/staff/report.html", context)


@handles_reports
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose what becomes of a report, read what citizens will read, then send."""
    found = report_or_404(reference)
    form = MoveForm(found, request.POST or None, initial={"version": found.version})
    preview = ""
    if request.method == "POST" and form.is_valid():
        if "send" in request.POST:
            try:
                _moved(request, found, form)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("C’est fait, chacun est prévenu."))
                return redirect("incidents:agent:report", reference)
        else:
            preview = emails.preview_move(
                found,
                form.cleaned_data["to"],
                reason=form.cleaned_data["reason"],
                text=form.cleaned_data["text"],
                planned_on=form.cleaned_data["planned_on"],
                handler=form.cleaned_data["handler"],
            )
    context = {
        "report": found,
        "form": form,
        "preview": preview,
        "told": len(emails.recipients(found)) if preview else 0,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "incidents/staff/move.html", context, status=status)


@handles_reports
@require_POST
def act(request: HttpRequest, reference: str, what: str) -> HttpResponse:
    """Write a note or a message, publish, withdraw, or take a report for oneself."""
    found, by, now = report_or_404(reference), current_member(request), timezone.now()
    form = WordsForm(request.POST)
    page = reverse("incidents:agent:report", args=[reference])
    if what in {"note", "message"} and not form.is_valid():
        messages.error(request, _("Écrivez quelques mots."))
        return redirect(page)
    common: dict[str, Any] = {"report": found, "by": by, "now": now}
    steps = {
        "note": lambda: desk.note(text=form.cleaned_data["text"], **common),
        "message": lambda: desk.write(text=form.cleaned_data["text"], **common),
        "publication": lambda: desk.publish(**common),
        "retrait": lambda: desk.withdraw(**common),
        "prise": lambda: desk.assign(
            team=found.team, assignee_id=by.user_id, assignee_name=by.name, **common
        ),
    }
    if what not in steps:
        return redirect(page)
    return after(request, steps[what], to=page, done=_("C’est enregistré."))


def _moved(request: HttpRequest, found: Report, form: MoveForm) -> None:
    known, by, now = form.cleaned_data, current_member(request), timezone.now()
    if known["to"] == Status.FORWARDED:
        forward(report=found, handler=known["handler"], text=known["text"], by=by, now=now)
        return
    move_report(
        report=found,
        to=Status(known["to"]),
        actor=Actor.STAFF,
        by=by,
        now=now,
        reason=known["reason"],
        text=known["text"],
        planned_on=known["planned_on"],
        version=known["version"],
    )


def _found(words: str, states: frozenset[Status]) -> QuerySet[Report]:
    reports = Report.objects.filter(status__in=states).select_related("category", "team")
    if words:
        by_reference = words.replace(" ", "").upper()
        reports = (
            reports.filter(reference=by_reference)
            | reports.filter(text__icontains=words)
            | reports.filter(address__icontains=words)
        )
    return reports.order_by("-priority", "due_at", "-pk")


def _rank(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 7 else 0  # noqa: PLR2004


def _tabs(group: str) -> list[Tab]:
    words = {
        "a-traiter": _("À traiter"),
        "en-cours": _("En cours"),
        "en-attente": _("En attente"),
        "clos": _("Clos"),
        "tous": _("Tous"),
    }
    return [
        Tab(label=label, href=f"?etat={name}", current=name == group, icon="")
        for name, label in words.items()
    ]
