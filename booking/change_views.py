"""What a citizen changes of an appointment she has: its time, who comes, whether she comes."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from booking import actions, moving, planning, presence, visitor, words
from booking.forms import SlotForm
from booking.models import Appointment, Participant
from booking.placing import minutes_for
from booking.weeks import by_day, week_of
from parvis.errors import DomainError
from parvis.templatetags.ui_words import date_heure


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest) -> HttpResponse:
    """Choose another slot, read both times, then confirm once."""
    now = timezone.now()
    appointment = visitor.managed(request, now=now)
    if appointment is None:
        return redirect("booking:find")
    if not visitor.may_move(appointment, now=now):
        return redirect("booking:mine")
    if request.method != "POST":
        return _slots(request, appointment, now=now)
    form = SlotForm(request.POST)
    if not form.is_valid():
        return _slots(request, appointment, now=now, form=form)
    start = form.cleaned_data["slot"]
    if "confirmer" in request.POST:
        return _move(request, appointment, start=start, now=now)
    context = words.about(appointment) | {
        "former": date_heure(timezone.localtime(appointment.start)),
        "start": timezone.localtime(start),
        "slot": start.isoformat(timespec="minutes"),
    }
    return visitor.private(render(request, "booking/move_check.html", context))


def _move(
    request: HttpRequest, appointment: Appointment, *, start: datetime, now: datetime
) -> HttpResponse:
    try:
        moving.move(appointment=appointment, start=start, by=None, now=now)
    except actions.SlotTaken as refusal:
        context = {"action": request.path, "days": by_day(refusal.alternatives)}
        return visitor.private(render(request, "booking/move_taken.html", context, status=409))
    messages.success(request, _("Votre rendez-vous est déplacé."))
    return redirect("booking:mine")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, position: int) -> HttpResponse:
    """Ask once, then take one person out of the appointment."""
    now = timezone.now()
    appointment = visitor.managed(request, now=now)
    if appointment is None:
        return redirect("booking:find")
    person = _person(appointment, position)
    if person.cancelled_at or not visitor.may_cancel(appointment, now=now):
        return redirect("booking:mine")
    if request.method == "POST":
        moving.remove_person(participant=person, by=None, now=now)
        return redirect("booking:mine")
    context = words.about(appointment) | {
        "person": words.person_name(person),
        "is_last": appointment.persons == 1,
    }
    return visitor.private(render(request, "booking/remove.html", context))


@require_POST
def put_back(request: HttpRequest, position: int) -> HttpResponse:
    """Let a person come after all, while the end of the slot is free."""
    now = timezone.now()
    appointment = visitor.managed(request, now=now)
    if appointment is None:
        return redirect("booking:find")
    person = _person(appointment, position)
    if appointment.status != Appointment.Status.BOOKED:
        return redirect("booking:mine")
    return _try(
        request,
        lambda: moving.put_back(participant=person, by=None, now=now),
        done=_("La personne vient de nouveau."),
        taken=_("Ce temps est pris depuis. Déplacez le rendez-vous, ou appelez la mairie."),
    )


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Take a cancellation back, while the slot is free."""
    now = timezone.now()
    appointment = visitor.managed(request, now=now)
    if appointment is None:
        return redirect("booking:find")
    if not visitor.may_restore(appointment, now=now):
        return redirect("booking:mine")
    return _try(
        request,
        lambda: actions.restore(appointment=appointment, by=None, now=now),
        done=_("Votre rendez-vous est rétabli."),
        taken=_("Le créneau est pris depuis. Choisissez-en un autre."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """Say that she comes; a visit of the page changes nothing."""
    now = timezone.now()
    appointment = visitor.managed(request, now=now)
    if appointment is None:
        return redirect("booking:find")
    if request.method == "POST" and appointment.status == Appointment.Status.BOOKED:
        presence.confirm_presence(appointment=appointment, now=now)
        messages.success(request, _("C’est noté : nous vous attendons."))
    return redirect("booking:mine")


def _slots(
    request: HttpRequest,
    appointment: Appointment,
    *,
    now: datetime,
    form: SlotForm | None = None,
) -> HttpResponse:
    today = planning.local_day(now)
    service = appointment.service
    found = planning.free(
        service=service,
        persons=appointment.persons,
        first=today,
        days=service.horizon_days + 1,
        now=now,
        online=True,
        resident=appointment.is_resident,
        length=minutes_for(appointment, appointment.persons),
    )
    last = today + timedelta(days=service.horizon_days)
    week = week_of(
        found,
        service=service,
        persons=appointment.persons,
        asked=request.GET,
        query="",
        last=last,
        now=now,
    )
    context: dict[str, Any] = words.about(appointment) | week | {"form": form}
    context |= {"action": request.path, "when": date_heure(timezone.localtime(appointment.start))}
    status = 422 if form is not None else 200
    return visitor.private(render(request, "booking/move.html", context, status=status))


def _person(appointment: Appointment, position: int) -> Participant:
    for each in appointment.participants.all():
        if each.position == position:
            return each
    raise Http404


def _try(request: HttpRequest, act: Any, *, done: str, taken: str) -> HttpResponse:
    """Do something to the appointment and come back to it, with what became of it."""
    try:
        act()
    except actions.SlotTaken:
        messages.error(request, taken)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("booking:mine")
