"""A citizen says for whom, and takes a free time; no account, no script needed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from booking import actions, alternatives, declaring, planning, visitor, words
from booking.availability import FreeStarts
from booking.document_views import documents_of
from booking.elsewhere import Elsewhere, elsewhere
from booking.forms import SituationForm, SlotForm
from booking.hoarding import DayInDemand, count_network
from booking.models import Appointment, Service, Site
from booking.refusals import NotOnline
from booking.weeks import by_day, offer_of, week_of
from identity import limits, proofs, visits
from identity.access import member_of
from identity.addresses import address_of
from parvis import attack
from parvis.typed import number


@require_http_methods(["GET", "HEAD", "POST"])
def situation(request: HttpRequest, slug: str) -> HttpResponse:
    """Say for whom and in which situation; see what to bring."""
    service = _service(slug)
    if request.method == "POST":
        form = SituationForm(service, request.POST)
        if form.is_valid():
            query = urlencode(form.cleaned_data | kept(request))
            if "pieces" in request.POST:
                return redirect(f"{request.path}?{query}#pieces")
            if form.unseen:
                return redirect(f"{request.path}?{query}&suite={form.unseen[0]}#suite")
            return redirect(f"{reverse('booking:slots', args=[slug])}?{query}")
    else:
        form = SituationForm(service, request.GET)
    return _situation_page(request, service, form)


@require_http_methods(["GET", "HEAD", "POST"])
def slots(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a free slot; pressing one keeps it for some minutes."""
    service = _service(slug)
    wish = SituationForm(service, request.GET)
    if not wish.is_valid():
        return _situation_page(request, service, wish)
    if request.method != "POST":
        visits.count(request, limits.SEARCH, now=timezone.now())
        return _slots_page(request, service, wish)
    pressed = SlotForm(request.POST)
    if not pressed.is_valid():
        return _slots_page(request, service, wish, form=pressed)
    return _pressed(request, service, wish, pressed)


def kept(request: HttpRequest) -> dict[str, str]:
    """Return what an address says of a start and a place, for whoever is on her way to them."""
    return {name: request.GET[name][:40] for name in ("debut", "lieu") if name in request.GET}


def _pressed(
    request: HttpRequest, service: Service, wish: SituationForm, pressed: SlotForm
) -> HttpResponse:
    """Hold the slot that was pressed, unless a robot might have, or too many were."""
    now, start = timezone.now(), pressed.cleaned_data["slot"]
    page = proofs.asked(request, attack.HOLD, form=f"{service.slug} {start}", now=now)
    if page is not None:
        return page
    try:
        _count_hold(request, now=now)
    except limits.TooMany as refusal:
        visits.refuse(request, pressed, refusal)
        return visits.refused(_slots_page(request, service, wish, form=pressed), refusal)
    return _hold(request, service, wish, start=start)


def _service(slug: str) -> Service:
    """Find a service that citizens book.

    Raises:
        Http404: there is none.
        NotOnline: only the counter books it.
    """
    service: Service = get_object_or_404(Service.objects.offered(), slug=slug)
    if not service.is_online:
        raise NotOnline
    return service


def _situation_page(request: HttpRequest, service: Service, form: SituationForm) -> HttpResponse:
    wanted = kept(request)
    context = documents_of(service, form if form.is_valid() else SituationForm(service, {}))
    context |= {
        "form": form,
        "action": f"{request.path}?{urlencode(wanted)}" if wanted else request.path,
        "opens_documents": bool(request.GET),
        "new_question": request.GET.get("suite", ""),
        "needs_number": declaring.needs_number(service),
    }
    if form.is_valid():
        where = reverse("booking:documents", args=[service.slug])
        context["documents_address"] = f"{where}?{urlencode(form.cleaned_data)}"
    status = 422 if form.errors else 200
    return render(request, "booking/situation.html", context, status=status)


def _slots_page(
    request: HttpRequest, service: Service, wish: SituationForm, *, form: SlotForm | None = None
) -> HttpResponse:
    now = timezone.now()
    today = planning.local_day(now)
    last = today + timedelta(days=service.horizon_days)
    persons = wish.cleaned_data["persons"]
    is_resident = "resident" in request.GET
    site = _site(request)
    found = planning.free(
        service=service,
        persons=persons,
        first=today,
        days=service.horizon_days + 1,
        now=now,
        online=True,
        resident=is_resident,
        site=site,
    )
    told = ({"resident": 1} if is_resident else {}) | ({"lieu": site} if site else {})
    query = urlencode(wish.cleaned_data | told)
    week = week_of(
        found,
        service=service,
        persons=persons,
        asked=request.GET,
        query=query,
        last=last,
        now=now,
        is_resident=is_resident,
    )
    context = week | {
        "name": words.service_name(service),
        "people": words.people(persons),
        "minutes_words": words.minutes(service.length(persons)),
        "back": f"{reverse('booking:situation', args=[service.slug])}?{query}",
        "form": form,
        "action": f"{request.path}?{query}",
        "wait_address": f"{reverse('booking:wait', args=[service.slug])}?{query}"
        if service.has_waiting_list
        else "",
        "asks_resident": not is_resident and planning.keeps_for_residents(service, now=now),
        "elsewhere": elsewhere(service, persons=persons, first=found.first(), now=now),
        "alert_query": urlencode({"motif": service.pk, "personnes": persons}),
        **_asked_start(request, found),
    }
    status = 422 if form and form.errors else 200
    return render(request, "booking/slots.html", context, status=status)


def _site(request: HttpRequest) -> int:
    """Return the place that an address asks for, 0 for any."""
    asked = number(request.GET.get("lieu", ""))
    return asked if asked and Site.objects.filter(pk=asked).exists() else 0


def _asked_start(request: HttpRequest, found: FreeStarts) -> dict[str, Any]:
    """Say whether the start that an address asks for is free, and else which are nearest."""
    if "debut" not in request.GET:
        return {}
    asked = SlotForm({"slot": request.GET["debut"].replace(" ", "+")})
    if not asked.is_valid():
        return {"is_gone": True}
    start = asked.cleaned_data["slot"]
    if found.is_free(start):
        return {"asked_offer": offer_of(timezone.localtime(start))}
    return {"is_gone": True, "nearest": by_day(found.nearest(start, count=alternatives.OFFERED))}


def _hold(
    request: HttpRequest, service: Service, wish: SituationForm, *, start: datetime
) -> HttpResponse:
    now = timezone.now()
    before = _held_before(request)
    try:
        held, token = actions.hold_slot(
            service=service,
            people=wish.people,
            start=start,
            is_resident="resident" in request.GET,
            language=get_language() or "fr",
            now=now,
            instead_of=before,
            site=_site(request) or None,
        )
    except DayInDemand as refusal:
        refusal.href = request.get_full_path()
        raise
    except actions.SlotTaken as refusal:
        persons, first = len(wish.people), min(refusal.alternatives, default=None)
        others = elsewhere(service, persons=persons, first=first, now=now)
        where = request.get_full_path()
        return taken_page(request, refusal.alternatives, where=where, others=others)
    target = "booking:check" if held.name and (held.email or held.phone) else "booking:details"
    return visitor.give(redirect(target), visitor.HOLD, token)


def _held_before(request: HttpRequest) -> Appointment | None:
    """Find the slot this browser holds already, which another one takes the place of."""
    before = visitor.held(request)
    return before if before and before.status == Appointment.Status.HELD else None


def _count_hold(request: HttpRequest, *, now: datetime) -> None:
    """Count one more slot held from this address, or another one instead.

    Raises:
        TooMany: this address holds two at this moment, or has held five within an hour; or
            robots are about and its network has held enough today.
    """
    if _held_before(request):
        visits.count(request, limits.OTHER_SLOT, now=now)
        return
    visits.count(request, limits.HOLD, limits.HOLDS_AT_ONCE, now=now)
    if member_of(request) is not None or visits.is_office(request):
        return
    try:
        count_network(address_of(request))
    except limits.TooMany:
        for limit in (limits.HOLD, limits.HOLDS_AT_ONCE):
            visits.give_one_back(request, limit)
        raise


def taken_page(
    request: HttpRequest,
    alternatives: list[datetime],
    *,
    where: str,
    has_typed: bool = False,
    others: Sequence[Elsewhere] = (),
) -> HttpResponse:
    """Say that the slot is gone, with the nearest ones under the thumb; nothing typed is lost.

    ``others`` are starts of communes nearby, where this one has none left.
    """
    context = {
        "action": where,
        "days": by_day(alternatives),
        "has_typed": has_typed,
        "elsewhere": others,
    }
    return render(request, "booking/taken.html", context, status=409)
