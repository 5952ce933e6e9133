"""A citizen's way from the home page to a confirmed appointment; no account, no script needed."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import actions, planning, visitor, words
from booking.checklists import announced, told
from booking.forms import DetailsForm, SituationForm, SlotForm, WeekForm
from booking.models import Appointment, Service
from booking.people import Person
from identity.addresses import address_of
from identity.limits import Limit, take
from parvis.pieces import SlotDay, SlotOffer
from parvis.templatetags.ui_words import date_heure
from tenants.directory import outline


WEEK = 7
HOLDS = Limit("hold", 60, timedelta(hours=1))  # per address; a family or a library shares one


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Greet, and offer what a citizen comes for."""
    context = {
        "outline": outline(planning.current_commune().insee_code),
        "services": Service.objects.offered_online(),
    }
    return render(request, "booking/home.html", context)


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Choose what to come for."""
    offered = Service.objects.offered_online()
    return render(request, "booking/services.html", {"services": offered})


@require_http_methods(["GET", "HEAD", "POST"])
def situation(request: HttpRequest, slug: str) -> HttpResponse:
    """Say for whom and in which situation; see what to bring."""
    service = _service(slug)
    if request.method == "POST":
        form = SituationForm(service, request.POST)
        if form.is_valid():
            query = urlencode(form.cleaned_data)
            if "pieces" in request.POST:
                return redirect(f"{request.path}?{query}#pieces")
            if form.unseen:
                return redirect(f"{request.path}?{query}&suite={form.unseen[0]}#suite")
            return redirect(f"{reverse('booking:slots', args=[slug])}?{query}")
    else:
        form = SituationForm(service, request.GET)
    return _situation_page(request, service, form)


@require_safe
def documents(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what to bring in one situation: a page to print or to share."""
    service = _service(slug)
    form = SituationForm(service, request.GET)
    if not form.is_valid():
        return _situation_page(request, service, form)
    query = urlencode(form.cleaned_data)
    context = _documents(service, form) | {
        "back": f"{reverse('booking:situation', args=[slug])}?{query}",
        "slots_address": f"{reverse('booking:slots', args=[slug])}?{query}",
    }
    return render(request, "booking/documents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def slots(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a free slot; pressing one keeps it for some minutes."""
    service = _service(slug)
    wish = SituationForm(service, request.GET)
    if not wish.is_valid():
        return _situation_page(request, service, wish)
    if request.method != "POST":
        return _slots_page(request, service, wish)
    pressed = SlotForm(request.POST)
    if not pressed.is_valid():
        return _slots_page(request, service, wish, form=pressed)
    return _hold(request, service, wish, start=pressed.cleaned_data["slot"])


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Say who comes; what is typed is kept with the slot."""
    now = timezone.now()
    if visitor.has_just_booked(request, now=now):
        return redirect("booking:confirmed")
    held = _held(request)
    form = DetailsForm(held.service, request.POST or None, initial=_typed(held))
    extends = "garder" in request.POST
    if form.is_bound:
        form.is_valid()
        if extends:
            held = _extended(held, now)
        if extends or not form.errors:
            actions.keep_details(appointment=held, **form.details)
    if form.is_bound and not extends and not form.errors:
        return redirect("booking:check")
    if extends:
        form = DetailsForm(held.service, initial={**_typed(held), **_as_typed(request.POST)})
    context = {
        "form": form,
        "held": held,
        "now": now,
        "back": _slots_address(held),
        "may_extend": _may_extend(held, now),
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
    if not held.name:
        return redirect("booking:details")
    if request.method == "POST":
        try:
            actions.confirm(appointment=held, token=request.COOKIES[visitor.HOLD], now=now)
        except actions.SlotTaken as refusal:
            return _taken_page(
                request, refusal.alternatives, where=_slots_address(held), has_typed=True
            )
        return _to_confirmed(request)
    context = words.about(held) | {
        "held": held,
        "now": now,
        "when": date_heure(timezone.localtime(held.start)),
        "may_extend": _may_extend(held, now),
        "documents": told(held),
        "slots_address": _slots_address(held),
        "situation_address": f"{reverse('booking:situation', args=[held.service.slug])}?"
        + _query(held),
    }
    return render(request, "booking/check.html", context)


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
        "documents": told(appointment),
        "may_cancel": True,
        "email": visitor.masked_email(appointment.email),
    }
    return render(request, "booking/confirmed.html", context)


def _service(slug: str) -> Service:
    return get_object_or_404(Service.objects.offered_online(), slug=slug)


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


def _situation_page(request: HttpRequest, service: Service, form: SituationForm) -> HttpResponse:
    context = _documents(service, form if form.is_valid() else SituationForm(service, {}))
    context |= {
        "form": form,
        "action": reverse("booking:situation", args=[service.slug]),
        "opens_documents": bool(request.GET),
        "new_question": request.GET.get("suite", ""),
    }
    if form.is_valid():
        where = reverse("booking:documents", args=[service.slug])
        context["documents_address"] = f"{where}?{urlencode(form.cleaned_data)}"
    status = 422 if form.errors else 200
    return render(request, "booking/situation.html", context, status=status)


def _documents(service: Service, form: SituationForm) -> dict[str, Any]:
    """Say what the answers of a valid form call for."""
    form.is_valid()
    found = announced(service, situation=form.answers, day=planning.local_day(timezone.now()))
    return {
        "service": service,
        "name": words.service_name(service),
        "documents": found,
        "documents_title": words.documents_count(len(found)),
        "for_each": form.cleaned_data["persons"] > 1,
    }


def _slots_page(
    request: HttpRequest, service: Service, wish: SituationForm, *, form: SlotForm | None = None
) -> HttpResponse:
    now = timezone.now()
    today = planning.local_day(now)
    last = today + timedelta(days=service.horizon_days)
    persons = wish.cleaned_data["persons"]
    found = planning.free(
        service=service,
        persons=persons,
        first=today,
        days=service.horizon_days + 1,
        now=now,
        online=True,
    )
    soonest = found.first()
    week = WeekForm(request.GET)
    first = week.first(soonest=soonest.date() if soonest else today, latest=last)
    days = [first + timedelta(days=n) for n in range(WEEK) if first + timedelta(days=n) <= last]
    shown_days = planning.describe_days(found, days, service=service, now=now, persons=persons)
    query = urlencode(wish.cleaned_data)
    context = {
        "name": words.service_name(service),
        "people": words.people(persons),
        "minutes_words": words.minutes(service.length(persons)),
        "back": f"{reverse('booking:situation', args=[service.slug])}?{query}",
        "form": form,
        "offer": _offer(soonest) if soonest else None,
        "days": [SlotDay(each.date, _offers(each.starts), each.note) for each in shown_days],
        "action": f"{request.path}?{query}",
        "previous": _week_address(query, max(first - timedelta(days=WEEK), today))
        if first > (soonest.date() if soonest else today)
        else "",
        "next": _week_address(query, first + timedelta(days=WEEK))
        if first + timedelta(days=WEEK) <= last
        else "",
        "wait_address": f"{reverse('booking:wait', args=[service.slug])}?{query}"
        if service.has_waiting_list
        else "",
        "unreadable_date": not week.is_valid(),
    }
    status = 422 if form and form.errors else 200
    return render(request, "booking/slots.html", context, status=status)


def _hold(
    request: HttpRequest, service: Service, wish: SituationForm, *, start: datetime
) -> HttpResponse:
    now = timezone.now()
    take(HOLDS, address_of(request), now=now)
    before = visitor.held(request)
    if before is not None and before.status != Appointment.Status.HELD:
        before = None
    people = [Person(situation=wish.answers)] * wish.cleaned_data["persons"]
    try:
        held, token = actions.hold_slot(
            service=service,
            people=people,
            start=start,
            language=get_language() or "fr",
            now=now,
            instead_of=before,
        )
    except actions.SlotTaken as refusal:
        return _taken_page(request, refusal.alternatives, where=request.get_full_path())
    target = "booking:check" if held.name and (held.email or held.phone) else "booking:details"
    return visitor.give(redirect(target), visitor.HOLD, token)


def _taken_page(
    request: HttpRequest, alternatives: list[datetime], *, where: str, has_typed: bool = False
) -> HttpResponse:
    """Say that the slot is gone, with the nearest ones under the thumb; nothing typed is lost."""
    context = {"action": where, "days": _by_day(alternatives), "has_typed": has_typed}
    return render(request, "booking/taken.html", context, status=409)


def _by_day(starts: list[datetime]) -> list[SlotDay]:
    days: dict[date, list[datetime]] = {}
    for start in sorted(starts):
        days.setdefault(planning.local_day(start), []).append(start)
    return [SlotDay(day, _offers(each)) for day, each in days.items()]


def _offers(starts: Any) -> list[SlotOffer]:
    return [_offer(start) for start in starts]


def _offer(start: datetime) -> SlotOffer:
    return SlotOffer(start, start.isoformat(timespec="minutes"))


def _week_address(query: str, first: date) -> str:
    return f"?{query}&du={first.isoformat()}"


def _slots_address(appointment: Appointment) -> str:
    where = reverse("booking:slots", args=[appointment.service.slug])
    return f"{where}?{_query(appointment)}"


def _query(appointment: Appointment) -> str:
    first = appointment.coming[0]
    return urlencode({"persons": appointment.persons, **first.situation})


def _typed(held: Appointment) -> dict[str, str]:
    return {
        "name": held.name,
        "email": held.email,
        "phone": held.phone,
        "pre_application": held.coming[0].pre_application,
    }


def _as_typed(given: QueryDict) -> dict[str, str]:
    return {name: str(given[name]) for name in DetailsForm.base_fields if name in given}
