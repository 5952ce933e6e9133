"""A citizen's way from the home page to a confirmed appointment; no account, no script needed."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import (
    actions,
    declaring,
    number_checks,
    planning,
    read_model,
    sharing,
    visitor,
    words,
)
from booking.choosing_views import taken_page
from booking.forms import OTHER, SAME, DetailsForm, TermsForm
from booking.models import Appointment, Service
from identity import limits, visits
from identity.access import member_of
from parvis.templatetags.ui_words import date_heure
from stateid import citizens
from tenants.directory import outline


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Greet, and offer what a citizen comes for."""
    context = {
        "outline": outline(planning.current_commune().insee_code),
        "services": _with_first_day(Service.objects.offered_online()),
        "unfinished": _unfinished(request),
    }
    return render(request, "booking/home.html", context)


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Choose what to come for."""
    offered = list(Service.objects.offered_online())
    now = timezone.now()
    context = {
        "services": _with_first_day(offered),
        "elsewhere": sharing.receive_for_us(offered, now=now),
        "shared": sharing.services_elsewhere(),
        "by_phone": [
            (words.service_name(service), service)
            for service in Service.objects.offered().filter(is_online=False, is_collection=False)
        ],
        "unfinished": _unfinished(request),
    }
    return render(request, "booking/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Say who comes; what is typed is kept with the slot."""
    now = timezone.now()
    if visitor.has_just_booked(request, now=now):
        return redirect("booking:confirmed")
    held = _held(request)
    known = citizens.known_to(request)
    asked: dict[str, Any] = {
        "persons": held.persons,
        "communes": sharing.asked_communes(),
        "needs_number": declaring.needs_number(held.service),
    }
    form = DetailsForm(held.service, request.POST or None, initial=_typed(held, known), **asked)
    extends = "garder" in request.POST
    others: list[number_checks.Other] = []
    if form.is_bound:
        if form.is_valid() and not extends:
            others = number_checks.look(form, held, now=now)
        if extends:
            held = _extended(held, now)
        if extends or not form.errors:
            checked = known.checked_at if known and known.is_named(form.details["name"]) else None
            actions.keep_details(appointment=held, **form.details, identity_checked_at=checked)
    if form.is_bound and not extends and not form.errors:
        return redirect("booking:check")
    if extends:
        form = DetailsForm(
            held.service,
            initial={**_typed(held, known), **_as_typed(request.POST, form)},
            **asked,
        )
    context = {
        "form": form,
        "held": held,
        "others": others,
        "now": now,
        "back": _slots_address(held),
        "may_extend": _may_extend(held, now),
        **citizens.words(request, to="rendez-vous"),
    }
    return render(request, "booking/details.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Read everything again, then confirm; a second press leads to the same appointment."""
    now = timezone.now()
    if visitor.has_just_booked(request, now=now):
        return redirect("booking:confirmed")
    held = visitor.held(request)
    if held is not None and held.status == Appointment.Status.BOOKED:
        return _to_confirmed(request)
    held = _still_held(held)
    if not held.name or declaring.lacks_number(held):
        return redirect("booking:details")
    terms = _terms(request) if held.service.terms else None
    if request.method == "POST" and (terms is None or terms.is_valid()):
        try:
            actions.confirm(
                appointment=held,
                token=request.COOKIES[visitor.HOLD],
                now=now,
                by=member_of(request),
            )
        except actions.SlotTaken as refusal:
            return taken_page(
                request, refusal.alternatives, where=_slots_address(held), has_typed=True
            )
        visits.give_one_back(request, limits.HOLDS_AT_ONCE)
        return _to_confirmed(request)
    context = words.about(held) | {
        "held": held,
        "now": now,
        "when": date_heure(timezone.localtime(held.start)),
        "may_extend": _may_extend(held, now),
        "terms": terms,
        "form": terms,
        "persons": words.persons(held),
        "slots_address": _slots_address(held),
        "situation_address": f"{reverse('booking:situation', args=[held.service.slug])}?"
        + _query(held),
    }
    status = 422 if terms and terms.errors else 200
    return render(request, "booking/check.html", context, status=status)


@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """Keep the slot longer, once; a second press changes nothing."""
    _extended(_held(request), timezone.now())
    return redirect("booking:check")


@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """Say that it is done, what to bring, and what happens next."""
    appointment = visitor.managed(request, now=timezone.now())
    if appointment is None or appointment.status != Appointment.Status.BOOKED:
        return redirect("booking:mine")
    context = words.about(appointment) | {
        "persons": words.persons(appointment),
        "to_verify": declaring.needs_number(appointment.service)
        and number_checks.unverified(appointment),
        "may_cancel": True,
        "email": visitor.masked_email(appointment.email),
    }
    return render(request, "booking/confirmed.html", context)


def _held(request: HttpRequest) -> Appointment:
    """Find the slot this browser is booking.

    Raises:
        actions.HoldLost: there is none, or it is confirmed already.
    """
    return _still_held(visitor.held(request))


def _still_held(found: Appointment | None) -> Appointment:
    if found is None or found.status != Appointment.Status.HELD:
        raise actions.HoldLost
    return found


def _to_confirmed(request: HttpRequest) -> HttpResponse:
    """Make the secret of the hold that of the appointment."""
    answer = redirect("booking:confirmed")
    visitor.give(answer, visitor.MANAGE, request.COOKIES[visitor.HOLD])
    return visitor.take_back(answer, visitor.HOLD)


def _extended(held: Appointment, now: datetime) -> Appointment:
    """Keep the slot longer, once; a second press, even at the same moment, changes nothing."""
    if _may_extend(held, now):
        with suppress(actions.AlreadyExtended):
            return actions.extend_hold(appointment=held, now=now)
    return held


def _may_extend(held: Appointment, now: datetime) -> bool:
    return not held.extended and held.held_until is not None and held.held_until > now


def _terms(request: HttpRequest) -> TermsForm:
    return TermsForm(request.POST if request.method == "POST" else None)


def _with_first_day(offered: Iterable[Service]) -> list[tuple[Service, date | None]]:
    """Say from which day each service can be had; two queries."""
    services = list(offered)
    days = read_model.first_free(services, now=timezone.now())
    return [(service, days.get(service.pk)) for service in services]


def _unfinished(request: HttpRequest) -> Appointment | None:
    """Find the slot that this browser holds and has not confirmed."""
    if visitor.HOLD not in request.COOKIES:
        return None
    held = visitor.held(request)
    if held is None or held.status != Appointment.Status.HELD or held.held_until is None:
        return None
    return held if held.held_until > timezone.now() else None


def _slots_address(appointment: Appointment) -> str:
    where = reverse("booking:slots", args=[appointment.service.slug])
    return f"{where}?{_query(appointment)}"


def _query(appointment: Appointment) -> str:
    """Write the situation of each person as the first page reads it."""
    first, *others = appointment.coming
    asked: dict[str, Any] = {"persons": appointment.persons, **first.situation}
    for number, person in enumerate(others, start=2):
        is_same = person.situation == first.situation
        asked[f"cas-{number}"] = SAME if is_same else OTHER
        if not is_same:
            asked |= {f"{key}-{number}": answer for key, answer in person.situation.items()}
    return urlencode(asked | ({"resident": 1} if appointment.is_resident else {}))


def _typed(held: Appointment, known: citizens.Known | None = None) -> dict[str, str]:
    """Return what was typed before, and what FranceConnect told where nothing was."""
    typed = {name: getattr(held, name) for name in ("name", "email", "phone", "from_commune")}
    if known is not None:
        typed |= {"name": typed["name"] or known.name, "email": typed["email"] or known.email}
    for number, person in enumerate(held.coming, start=1):
        suffix = "" if number == 1 else f"-{number}"
        typed.setdefault(f"name{suffix}", person.name)
        typed[f"pre_application{suffix}"] = " ".join(person.numbers)
    return typed


def _as_typed(given: QueryDict, form: DetailsForm) -> dict[str, str]:
    return {name: str(given[name]) for name in form.fields if name in given}
