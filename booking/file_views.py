"""The file of a visit at the counter: boxes for its documents, and what is missing."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from booking import diary, outcomes, planning
from booking.actions import SlotTaken
from booking.checklists import told_each
from booking.days import Visit
from booking.reception_forms import NextVisitForm
from booking.staff_pages import (
    after,
    current_member,
    page,
    receives_people,
    remember,
    row_number,
    view_of,
    visit_or_404,
)
from parvis.errors import DomainError


SEEN, MISSING = "seen_", "missing_"  # before the position of a person


@require_POST
@receives_people
def ticks(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep the boxes as they are; one button of the form also says what comes of them."""
    visit = visit_or_404(reference, now=timezone.now())
    seen = _keys(request.POST, SEEN)
    asked = request.POST.get("then", "")

    def keep() -> None:
        outcomes.keep_ticks(appointment=visit.appointment, seen=seen)

    if request.headers.get("X-Live"):
        keep()
        return JsonResponse({"kept": sum(map(len, seen.values()))})
    if asked == "complete":

        def complete() -> None:
            keep()
            outcomes.find_complete(
                appointment=visit.appointment, by=current_member(request), now=timezone.now()
            )

        done = _("%(name)s : dossier complet.") % {"name": visit.appointment.name}
        return after(
            request, complete, to=_back(visit, request), done=done, way_back=_reopen(visit)
        )
    if asked == "incomplete":
        outcomes.keep_ticks(appointment=visit.appointment, seen=seen)
        return redirect("booking:agent:incomplete", reference)
    done = _("%(name)s : pièces enregistrées.") % {"name": visit.appointment.name}
    return after(request, keep, to=_back(visit, request), done=done)


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def incomplete(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask what is missing and when it will be brought; then note it and tell the citizen."""
    now = timezone.now()
    visit = visit_or_404(reference, now=now)
    sent = request.method == "POST"
    missing = _keys(request.POST, MISSING) if sent else outcomes.unseen(visit.appointment)
    starts = outcomes.short_starts(visit.appointment, persons=max(len(missing), 1), now=now)
    form = NextVisitForm(request.POST if sent else None, starts=starts)
    if form.is_valid():
        start: datetime | None = form.cleaned_data["start"]
        try:
            outcomes.find_incomplete(
                appointment=visit.appointment,
                missing=missing,
                start=start,
                by=current_member(request),
                now=now,
                idempotency_key=form.cleaned_data["key"],
            )
        except SlotTaken as refusal:
            form.offer_instead(refusal.alternatives, str(refusal))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            remember(request, _said(visit, missing, start), way_back=_reopen(visit))
            return redirect(_back(visit, request))
    context = {
        "form": form,
        "visit": visit,
        "people": people_boxes(visit, missing=missing),
        "back": diary.file_address(visit, zone=planning.zone()),
    }
    return page(request, "incomplete", context, status=422 if form.errors else 200)


@require_POST
@receives_people
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back that a file is complete or not."""
    visit = visit_or_404(reference, now=timezone.now())

    def act() -> None:
        outcomes.reopen(
            appointment=visit.appointment, by=current_member(request), now=timezone.now()
        )

    done = _("%(name)s : le dossier est de nouveau à vérifier.") % {"name": visit.appointment.name}
    return after(request, act, to=_back(visit, request), done=done)


def people_boxes(visit: Visit, *, missing: outcomes.Keys | None = None) -> list[dict[str, Any]]:
    """Lay out who comes with her documents, to tick what was seen or what is ``missing``."""
    return [
        {
            "title": person.name or _("Personne %(n)s") % {"n": person.position},
            "number": ", ".join(person.numbers),
            "documents": documents,
            "name": f"{SEEN if missing is None else MISSING}{person.position}",
            "ticked": person.ticks if missing is None else missing.get(person.position, ()),
            "missing": [each.title for each in documents if each.key in person.missing],
        }
        for person, documents in told_each(visit.appointment)
    ]


def _keys(sent: QueryDict, prefix: str) -> dict[int, list[str]]:
    """Read the ticked boxes of each person; names that are none of ours are ignored."""
    return {
        position: sent.getlist(name)
        for name in sent
        if name.startswith(prefix) and (position := row_number(name.removeprefix(prefix)))
    }


def _said(visit: Visit, missing: outcomes.Keys, start: datetime | None) -> str:
    count = sum(map(len, missing.values()))
    words = ngettext(
        "%(name)s : dossier incomplet, %(n)s pièce manque.",
        "%(name)s : dossier incomplet, %(n)s pièces manquent.",
        count,
    ) % {"name": visit.appointment.name, "n": count}
    if start is None:
        return words
    when = diary.moment(start.astimezone(planning.zone()))
    return words + " " + _("Rendez-vous court gardé : %(when)s.") % {"when": when}


def _reopen(visit: Visit) -> str:
    return reverse("booking:agent:reopen", args=[visit.reference])


def _back(visit: Visit, request: HttpRequest) -> str:
    return diary.file_address(visit, zone=planning.zone(), view=view_of(request.POST))
