"""Who comes from the State's search: from a start she was shown, and to an appointment she has.

What an address of the search says is signed, and still nothing in it is trusted: service, length
and what is free are computed again. Opening it holds nothing (ANTS contract, 3.4).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ants import callbacks, links
from ants.asking import REASONS
from booking import alternatives, planning, visitor, words
from booking.availability import FreeStarts
from booking.elsewhere import elsewhere
from booking.links import secret_of
from booking.manage_views import opened, unknown
from booking.models import Appointment, Service, Site
from booking.weeks import by_day
from parvis.templatetags.ui_words import date_heure
from parvis.typed import number
from slots.models import MeetingPoint


WALL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
AROUND = timedelta(days=30)
LOOKED_DAYS = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """A start that the State's search showed."""

    point: int
    at: datetime
    """Wall time, without a zone."""
    reason: str
    persons: int


@require_safe
def titles(request: HttpRequest) -> HttpResponse:
    """Say whether the start is still free and lead on; else offer the nearest, always with 200."""
    wish = _wish(request)
    if wish is None:
        return unknown(request)
    here = planning.current_commune()
    point = MeetingPoint.objects.filter(pk=wish.point, commune=here).first()
    if point is None:
        return unknown(request)
    site = Site.objects.filter(pk=point.site).first()
    services, now = _services(wish), timezone.now()
    context: dict[str, Any] = {"site": site, "people": words.people(wish.persons)}
    if site is not None and services:
        context |= _best_offer(wish, services, site, now=now)
    if not context.get("is_free"):
        asked = services[0] if services else Service(titles=wish.reason)
        context["others"] = elsewhere(asked, persons=wish.persons, first=None, now=now)
    return visitor.private(render(request, "booking/from_state.html", context))


@require_safe
def manage(request: HttpRequest, derived: str) -> HttpResponse:
    """Open the appointment of a number, by the address that the State was told."""
    return _open(request, derived, to="booking:mine")


@require_safe
def cancel(request: HttpRequest, derived: str) -> HttpResponse:
    """Lead to the question whether to cancel; following the address cancels nothing."""
    return _open(request, derived, to="booking:cancel")


def _open(request: HttpRequest, token: str, *, to: str) -> HttpResponse:
    found = _appointment(token, request.GET.get("n", "")[:40])
    return opened(request, found, secret_of(found) if found else "", to=to)


def _appointment(token: str, given: str) -> Appointment | None:
    """Find the appointment that an address opens, for as long as its number comes to it."""
    known = links.opened_by(token, given)
    if known is None:
        return None
    reference, wanted = known
    found = Appointment.objects.kept().filter(reference=reference).first()
    return found if found is not None and wanted in found.numbers else None


def _wish(request: HttpRequest) -> Wish | None:
    """Read a signed address; None for any other."""
    point, persons = number(request.GET.get("mp", "")), number(request.GET.get("n", ""), digits=3)
    reason, wall = request.GET.get("reason", ""), request.GET.get("at", "")
    if not point or not persons or reason not in REASONS or not WALL.fullmatch(wall):
        return None
    try:
        at = datetime.strptime(wall, callbacks.WALL)  # noqa: DTZ007 (wall time has no zone)
    except ValueError:
        return None
    signature = request.GET.get("sig", "")
    is_ours = callbacks.is_signed(point, reason, persons, at=at, signature=signature)
    return Wish(point, at, reason, persons) if is_ours else None


def _services(wish: Wish) -> list[Service]:
    """Find by what these titles are asked for at this town hall, online."""
    found = Service.objects.offered_online().filter(titles=wish.reason)
    return [each for each in found if wish.persons <= each.most_persons]


def _best_offer(
    wish: Wish, services: Sequence[Service], site: Site, *, now: datetime
) -> dict[str, Any]:
    """Offer the first service whose start is free: the search shows the starts of all of them."""
    offers = (_offer(wish, each, site, now=now) for each in services)
    first = next(offers)
    if first["is_free"]:
        return first
    return next((each for each in offers if each["is_free"]), first)


def _offer(wish: Wish, service: Service, site: Site, *, now: datetime) -> dict[str, Any]:
    """Look again: the start, or the nearest ones at the same place, and the way on from there."""
    start = wish.at.replace(tzinfo=planning.zone())
    found = _around(service, wish.persons, site, start=start, now=now)
    is_free = found.is_free(start)
    kept = {"persons": wish.persons, "lieu": site.pk}
    situation = reverse("booking:situation", args=[service.slug])
    slots = reverse("booking:slots", args=[service.slug])
    return {
        "name": words.service_name(service),
        "when": date_heure(start),
        "is_free": is_free,
        "way_on": f"{situation}?{urlencode(kept | {'debut': start.isoformat()})}",
        "action": f"{slots}?{urlencode(kept)}",
        "days": [] if is_free else by_day(found.nearest(start, count=alternatives.OFFERED)),
    }


def _around(
    service: Service, persons: int, site: Site, *, start: datetime, now: datetime
) -> FreeStarts:
    """Find what is free at a place around a start, from today on."""
    today = planning.local_day(now)
    return planning.free(
        service=service,
        persons=persons,
        first=max(today, planning.local_day(start) - AROUND),
        days=LOOKED_DAYS,
        now=now,
        online=True,
        site=site.pk,
    )
