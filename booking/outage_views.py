"""Outages at the counter: report one, propose other times, follow who answers, end it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import access, diary, outages, planning, words
from booking.forms import SlotForm
from booking.models import Appointment, Closure, Outage, OutageCase
from booking.outage_forms import OutageForm
from booking.settings_closures_views import when
from booking.staff_pages import (
    after,
    current_member,
    just_done,
    page,
    reads_the_day,
    receives_people,
    remember,
)
from identity.access import member_of
from parvis.typo import date_longue, heure


SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One touched appointment, as the counter reads it."""

    case: OutageCase
    appointment: Appointment
    service: str
    people: str
    planned: str
    """When she was to be received, in words."""
    stands: str
    """When she is received now."""
    href: str
    group: str
    """``new``, ``call``, ``wait`` or ``done``."""
    label: str
    tone: str
    offers: list[tuple[str, str]]
    """The times held for her: what the button says and what it sends."""


@require_safe
@reads_the_day
def listed(request: HttpRequest) -> HttpResponse:
    """Show the last outages, and the form to report another one."""
    form = None
    if access.may_book(member_of(request)):
        form = OutageForm(now=timezone.now())
    return _list(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def report(request: HttpRequest) -> HttpResponse:
    """Close what fails, then show whom it touches."""
    now = timezone.now()
    form = OutageForm(request.POST if request.method == "POST" else None, now=now)
    if not form.is_valid():
        return _list(request, form)
    outage = outages.report(by=current_member(request), now=now, **form.wish)
    remember(
        request,
        _("Panne signalée : plus personne ne peut réserver."),
        way_back=reverse("booking:agent:outage_repair", args=[outage.pk]),
    )
    return redirect("booking:agent:outage", outage.pk)


@require_safe
@reads_the_day
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow an outage: who has answered, who has not, whom to call; a few queries in all."""
    outage = get_object_or_404(Outage, pk=pk)
    rows = list(_rows(outage, now=timezone.now()))
    groups = {
        name: [row for row in rows if row.group == name]
        for name in ("new", "call", "wait", "done")
    }
    context = {
        "outage": outage,
        "place": _place(outage),
        "dates": _dates(outage),
        "touched": len(rows),
        "undo": just_done(request),
        **groups,
        "may_remind": bool(groups["call"] or groups["wait"]),
    }
    return page(request, "outage", context)


@require_POST
@receives_people
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold other times for everybody who was not asked; with ``again``, for who is silent."""
    outage = get_object_or_404(Outage, pk=pk)
    is_again = "again" in request.POST
    asked = outages.propose(
        outage=outage, by=current_member(request), now=timezone.now(), again=is_again
    )
    if asked:
        said = ngettext(
            "D’autres créneaux sont gardés pour %(n)s personne.",
            "D’autres créneaux sont gardés pour %(n)s personnes.",
            asked,
        ) % {"n": asked}
    elif is_again:
        said = _("Personne à relancer : le dernier message a moins de dix minutes.")
    else:
        said = _("Personne à déplacer.")
    remember(request, said)
    return redirect("booking:agent:outage", outage.pk)


@require_POST
@receives_people
def accept(request: HttpRequest, pk: int, reference: str) -> HttpResponse:
    """Note which of the times somebody takes, heard on the phone."""
    case = get_object_or_404(
        OutageCase.objects.select_related("appointment"),
        outage=pk,
        appointment__reference=reference,
    )
    form = SlotForm(request.POST)
    address = reverse("booking:agent:outage", args=[pk])
    if not form.is_valid():
        return redirect(address)
    start = form.cleaned_data["slot"]
    told = diary.moment(start.astimezone(planning.zone()))
    return after(
        request,
        lambda: outages.accept(
            appointment=case.appointment,
            start=start,
            by=current_member(request),
            now=timezone.now(),
        ),
        to=address,
        done=_("%(name)s : déplacé au %(when)s.") % {"name": case.appointment.name, "when": told},
    )


@require_POST
@receives_people
def repair(request: HttpRequest, pk: int) -> HttpResponse:
    """End an outage: what it closed is open again."""
    outage = get_object_or_404(Outage, pk=pk)
    return after(
        request,
        lambda: outages.repair(outage=outage, by=current_member(request), now=timezone.now()),
        to=reverse("booking:agent:outage", args=[pk]),
        done=_("Panne réparée : on peut de nouveau réserver."),
    )


@require_POST
@receives_people
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose other times to those whom a closure of the settings touches."""
    closure = get_object_or_404(Closure.objects.select_related("site", "resource"), pk=pk)
    outage = outages.follow(closure=closure, by=current_member(request), now=timezone.now())
    return redirect("booking:agent:outage", outage.pk)


def _list(request: HttpRequest, form: OutageForm | None) -> HttpResponse:
    silent = dict(
        OutageCase.objects.open().order_by().values_list("outage").annotate(n=Count("pk"))
    )
    found = [
        {
            "place": _place(outage),
            "dates": _dates(outage),
            "href": reverse("booking:agent:outage", args=[outage.pk]),
            "outage": outage,
            "silent": silent.get(outage.pk, 0),
        }
        for outage in Outage.objects.all()[:SHOWN]
    ]
    context: dict[str, Any] = {"form": form, "outages": found, "undo": just_done(request)}
    status = 422 if form is not None and form.errors else 200
    return page(request, "outages", context, status=status)


def _place(outage: Outage) -> str:
    return outage.place or _("Toute la mairie")


def _dates(outage: Outage) -> str:
    """Write the time of an outage: a day, hours of a day, or from an instant to another."""
    zone, language = planning.zone(), get_language() or "fr"
    start, end = outage.start.astimezone(zone), outage.end.astimezone(zone)
    if start.date() == end.date():
        return _("%(day)s, de %(start)s à %(end)s") % {
            "day": date_longue(start, language),
            "start": heure(start, language),
            "end": heure(end, language),
        }
    return when(outage)


def _rows(outage: Outage, *, now: datetime) -> Iterator[Row]:
    held = Appointment.objects.filter(status=Appointment.Status.HELD, held_until__gt=now)
    cases = outage.cases.select_related("appointment__service", "outage").prefetch_related(
        Prefetch("appointment__proposals", held.order_by("period", "pk"))
    )
    zone = planning.zone()
    for case in cases:
        appointment = case.appointment
        group, label, tone = _state(case)
        yield Row(
            case=case,
            appointment=appointment,
            service=words.service_name(appointment.service),
            people=words.people(appointment.persons),
            planned=diary.moment(case.start.astimezone(zone)),
            stands=diary.moment(appointment.start.astimezone(zone)),
            href=diary.reference_address(appointment, zone=zone),
            group=group,
            label=label,
            tone=tone,
            offers=[
                (diary.moment(each.start.astimezone(zone)), each.start.isoformat())
                for each in (appointment.proposals.all() if group in {"call", "wait"} else ())
            ],
        )


def _state(case: OutageCase) -> tuple[str, str, str]:
    """Tell the group of a touched appointment, its state in words and the tone of it."""
    appointment = case.appointment
    if case.reseated_at is not None:
        return "done", _("même heure, autre poste"), "success"
    if appointment.status == Appointment.Status.CANCELLED:
        return "done", _("annulé"), "neutral"
    if appointment.start != case.start:
        return "done", _("nouveau créneau"), "success"
    if appointment.status != Appointment.Status.BOOKED or case.outage.repaired_at is not None:
        return "done", _("rendez-vous maintenu"), "neutral"
    return _silence(case)


def _silence(case: OutageCase) -> tuple[str, str, str]:
    """Tell the same of somebody who has not answered."""
    if case.proposed_at is None:
        return "new", _("pas encore prévenu"), "warning"
    if not case.appointment.proposals.all():
        is_over = case.held_until is not None
        return "call", _("délai dépassé") if is_over else _("aucun créneau libre"), "danger"
    if not case.appointment.email:
        return "call", _("à appeler"), "warning"
    return "wait", _("sans réponse"), "info"
