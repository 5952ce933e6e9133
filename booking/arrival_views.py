"""Who arrives at the reception: a scanned code, a reference or a name leads to one big button."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking import days, diary, outcomes, planning, tickets, visitor
from booking.models import Appointment
from booking.reception_forms import ArrivalForm
from booking.staff_pages import (
    after,
    current_member,
    just_done,
    page,
    receives_people,
    visit_or_404,
)
from booking.words import people, service_name


LINK = re.compile(r"/rdv/([\w:-]{16,})")
REFERENCE = re.compile(r"(?:^|/accueil/)([0-9A-HJKMNP-TV-Z]{8})/?$")


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def arrivals(request: HttpRequest) -> HttpResponse:
    """Find who is there by what a scanner or a person types; POST keeps it out of the address."""
    now = timezone.now()
    form = ArrivalForm(request.POST if request.method == "POST" else None)
    found: list[days.Visit] = []
    if form.is_valid():
        typed = form.cleaned_data["q"]
        known = _reference(typed)
        if known:
            return redirect("booking:agent:arrival", known)
        today = planning.local_day(now)
        found = sorted(
            days.find(typed, now=now), key=lambda visit: planning.local_day(visit.start) != today
        )
        if len(found) == 1:
            return redirect("booking:agent:arrival", found[0].reference)
    rows = diary.rows(found, zone=planning.zone())
    context = {
        "form": form,
        "found": [
            (row, reverse("booking:agent:arrival", args=[row.visit.reference])) for row in rows
        ],
        "is_sent": form.is_bound and not form.errors,
        "undo": just_done(request),
    }
    return page(request, "arrivals", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def arrival(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one visit and note, by POST, that she is there: she gets a number."""
    now = timezone.now()
    visit = visit_or_404(reference, now=now)
    if request.method == "POST":
        return after(
            request,
            lambda: tickets.mark(
                appointment=visit.appointment,
                status="arrived",
                by=current_member(request),
                now=now,
            ),
            to=reverse("booking:agent:arrival", args=[reference]),
            done=_("%(name)s est en salle.") % {"name": visit.appointment.name},
            way_back=reverse("booking:agent:reset", args=[reference]),
        )
    ticket = getattr(visit.appointment, "ticket", None)
    context = {
        "visit": visit,
        "row": diary.rows([visit], zone=planning.zone())[0],
        "service": service_name(visit.appointment.service),
        "persons": people(visit.appointment.persons),
        "ticket": ticket,
        "is_today": planning.local_day(visit.start) == planning.local_day(now),
        "can_arrive": visit.state in {"expected", "missed"},
        "documents": sum(map(len, outcomes.unseen(visit.appointment).values())),
        "file": diary.file_address(visit, zone=planning.zone()),
        "undo": just_done(request),
    }
    return page(request, "arrival", context)


def _reference(typed: str) -> str:
    """Read the reference of a scanned address or code, if there is such an appointment."""
    if link := LINK.search(typed):
        opened = visitor.behind(link.group(1))
        return opened.reference if opened else ""
    kept = Appointment.objects.kept()
    plain = typed.strip() if "/" in typed else days.plain_reference(typed)
    match = REFERENCE.search(plain)
    found = kept.filter(reference=match.group(1)) if match else kept.none()
    return found.values_list("reference", flat=True).first() or ""
