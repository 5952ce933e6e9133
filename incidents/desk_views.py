"""One report for the team: all of it, and what is done to it besides moving it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import member_of
from incidents import access, desk, dossier, merging, offered, references, topics
from incidents.cards import FREQUENT
from incidents.desk_forms import AssignForm, EditForm, MergeForm, PauseForm
from incidents.forms import WordsForm
from incidents.models import Photo, Report
from incidents.refusals import ReasonMissing
from incidents.staff_pages import (
    after,
    current_member,
    handles_reports,
    reads_reports,
    report_or_404,
)
from incidents.states import state_of
from incidents.workflow import CLOSED, WAITING, Actor, Status, moves
from parvis.errors import DomainError
from parvis.pieces import TimelineEntry, Tone


MOVE_KEYS = {
    Status.ACCEPTED: "a",
    Status.PLANNED: "p",
    Status.IN_PROGRESS: "c",
    Status.RESOLVED: "r",
}


class NotOfTheTeam(DomainError):
    """A report is given to a team in service, or to somebody who handles reports here."""

    message = gettext_lazy("Choisissez une équipe en service et une personne de la commune.")


class UnknownReference(DomainError):
    """Two reports are put together by the reference of the first."""

    message = gettext_lazy("Aucun signalement n’a cette référence.")


@reads_reports
@require_safe
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one report, what surrounds it, what happened to it, and what may be done."""
    now = timezone.now()
    file = dossier.read(reference, now=now)
    may_handle = access.may_handle(member_of(request))
    found = file.report
    context = {
        "file": file,
        "report": found,
        "topic": topics.of_report(found.pk),
        "contact": found.contact if may_handle else None,
        "status_word": state_of(found.status).word,
        "point": _point(found),
        "tone": _tone(found),
        "may_handle": may_handle,
        "is_late": not found.is_closed and found.due_at is not None and found.due_at < now,
        "before": [each for each in file.pictures if each.photo.stage == Photo.Stage.BEFORE],
        "later": [each for each in file.pictures if each.photo.stage != Photo.Stage.BEFORE],
        "entries": [
            TimelineEntry(
                at=each.at,
                title=f"{each.title} · {each.by}" if each.by else each.title,
                text=each.text,
                state="done",
            )
            for each in reversed(file.entries)
        ],
        "next_moves": _next_moves(found) if may_handle else [],
        "words": WordsForm(),
        "pause": PauseForm(),
        "merge": MergeForm(),
        "assign": _assign_form(request, found) if may_handle else None,
        "road_class": found.get_road_class_display() if found.road_class else "",
    }
    return render(request, "incidents/staff/report.html", context)


@handles_reports
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Say better what it is, where, for whom and how urgent; only what changed is written."""
    found = report_or_404(reference)
    form = EditForm(found, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _changed(request, found, form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("incidents:agent:report", reference)
    context = {"report": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "incidents/staff/edit.html", context, status=status)


@handles_reports
@require_POST
def act(request: HttpRequest, reference: str, what: str) -> HttpResponse:
    """Do one thing to a report besides moving it, and come back to its page."""
    found, by, now = report_or_404(reference), current_member(request), timezone.now()
    page = reverse("incidents:agent:report", args=[reference])
    common: dict[str, Any] = {"report": found, "by": by, "now": now}
    if what in {"note", "message"}:
        form = WordsForm(request.POST)
        if not form.is_valid():
            return _said_nothing(request, found, what, form)
        write = desk.note if what == "note" else desk.write
        return after(
            request,
            lambda: write(text=form.cleaned_data["text"], **common),
            to=page,
            done=_("La note est gardée.") if what == "note" else _("Le message est envoyé."),
        )
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "publication": (lambda: desk.publish(**common), _("Le signalement est publié.")),
        "retrait": (lambda: desk.withdraw(**common), _("Le signalement n’est plus public.")),
        "prise": (
            lambda: desk.assign(team=found.team, assignee=(by.user_id, by.name), **common),
            _("Vous vous en occupez."),
        ),
        "liberation": (
            lambda: desk.assign(team=found.team, **common),
            _("Il n’est plus confié à une personne."),
        ),
        "pause": (lambda: _paused(request, common), _("Le délai est suspendu.")),
        "reprise": (lambda: desk.resume(**common), _("Le délai court de nouveau.")),
        "confier": (lambda: _assigned(request, common), _("C’est confié.")),
        "reunion": (lambda: _merged(request, common), _("Les signalements sont réunis.")),
        "separation": (lambda: merging.separate(**common), _("Les signalements sont séparés.")),
    }
    if what not in steps:
        raise Http404
    step, done = steps[what]
    return after(request, step, to=page, done=done)


def _said_nothing(request: HttpRequest, found: Report, what: str, form: WordsForm) -> HttpResponse:
    """Show again what was typed, with what is wrong about it."""
    context = {"report": found, "form": form, "is_note": what == "note"}
    return render(request, "incidents/staff/words.html", context, status=422)


def _changed(request: HttpRequest, found: Report, known: dict[str, Any]) -> None:
    common: dict[str, Any] = {
        "report": found,
        "by": current_member(request),
        "now": timezone.now(),
    }
    with transaction.atomic():
        if known["category"].pk != found.category_id:
            desk.requalify(category=known["category"], **common)
        if known["place"] != found.place or known["address"] != found.address:
            desk.relocate(place=known["place"], address=known["address"], **common)
        if (known["team"].pk if known["team"] else None) != found.team_id:
            kept = (found.assignee_id, found.assignee_name)
            desk.assign(team=known["team"], assignee=kept, **common)
        if known["priority"] != found.priority:
            desk.prioritise(priority=known["priority"], **common)


def _paused(request: HttpRequest, common: dict[str, Any]) -> None:
    form = PauseForm(request.POST)
    if not form.is_valid():
        raise ReasonMissing
    desk.pause(cause=form.cleaned_data["cause"], **common)


def _assign_form(request: HttpRequest, found: Report, data: Any = None) -> AssignForm:
    known = offered.read(user_id=current_member(request).user_id)
    return AssignForm(found, data, known=known)


def _assigned(request: HttpRequest, common: dict[str, Any]) -> None:
    form = _assign_form(request, common["report"], request.POST)
    if not form.is_valid():
        raise NotOfTheTeam
    desk.assign(team=form.chosen_team(), assignee=form.chosen_person(), **common)


def _merged(request: HttpRequest, common: dict[str, Any]) -> None:
    form = MergeForm(request.POST)
    wanted = references.typed(form.cleaned_data["master"]) if form.is_valid() else ""
    master = Report.objects.filter(reference=wanted).first() if wanted else None
    if master is None:
        raise UnknownReference
    merging.merge(master=master, **common)


def _point(found: Report) -> list[dict[str, Any]]:
    """Return the mark of the small map."""
    if found.place is None:
        return []
    return [{"lat": found.lat, "lon": found.lon, "label": found.address or found.category.label}]


def _next_moves(found: Report) -> list[dict[str, str]]:
    """List where the report may go, the usual first: the page that moves it there, and its key."""
    page = reverse("incidents:agent:move", args=[found.reference])
    legal = moves(Status(found.status), Actor.STAFF)
    return [
        {
            "label": state_of(each).word,
            "href": f"{page}?vers={each}",
            "key": MOVE_KEYS.get(each, ""),
        }
        for each in dict.fromkeys((*FREQUENT, *Status))
        if each in legal
    ]


def _tone(found: Report) -> Tone:
    if found.status == Status.RESOLVED:
        return "success"
    if found.status in CLOSED:
        return "neutral"
    return "warning" if found.status in WAITING | {Status.REOPENED} else "info"
