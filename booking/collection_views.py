"""What a citizen does about a title that has arrived: see it, and choose when to collect it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import planning, titles, visitor
from booking.actions import SlotTaken
from booking.checklists import named
from booking.forms import SlotForm, WeekForm
from booking.links import path_to, secret_of, title_behind
from booking.models import Appointment, Service, Title
from booking.placing import CERTIFICATION_MINUTES
from booking.weeks import WEEK, by_day, week_address
from booking.words import minutes, people


FIRST_SHOWN = 3


@require_http_methods(["GET", "HEAD", "POST"])
def title(request: HttpRequest, token: str) -> HttpResponse:
    """Say what has arrived and until when; pressing a slot takes it."""
    found = title_behind(token)
    if found is None:
        return visitor.private(render(request, "booking/unknown_link.html", status=404))
    now = timezone.now()
    certifies = request.GET.get("certifier") == "1"
    if request.method != "POST":
        return visitor.private(_page(request, found, certifies=certifies, now=now))
    pressed = SlotForm(request.POST)
    if not pressed.is_valid():
        return visitor.private(_page(request, found, certifies=certifies, now=now, form=pressed))
    try:
        booked = titles.collect(
            title=found, start=pressed.cleaned_data["slot"], certifies=certifies, now=now
        )
    except SlotTaken as refusal:
        days = by_day(refusal.alternatives)
        context = {"action": request.get_full_path(), "days": days}
        return visitor.private(render(request, "booking/taken.html", context, status=409))
    answer = redirect("booking:confirmed")
    return visitor.private(visitor.give(answer, visitor.MANAGE, secret_of(booked)))


def _page(
    request: HttpRequest,
    found: Title,
    *,
    certifies: bool,
    now: datetime,
    form: SlotForm | None = None,
) -> HttpResponse:
    visit = found.collection
    context: dict[str, Any] = {
        "title": found,
        "form": form,
        "is_over": _is_over(found, today=planning.local_day(now)),
    }
    if visit is not None and visit.status == Appointment.Status.BOOKED:
        context |= {"visit": visit, "manage": path_to(visit)}
    elif not context["is_over"]:
        context |= _choices(request, found, certifies=certifies, now=now)
    status = 422 if form is not None else 200
    return render(request, "booking/titles/collect.html", context, status=status)


def _choices(
    request: HttpRequest, found: Title, *, certifies: bool, now: datetime
) -> dict[str, Any]:
    """Gather what can be collected, what to bring and when to come."""
    family = titles.family_of(found)
    service = titles.collection_service()
    context = {
        "family": [(each.get_kind_display(), visitor.masked_name(each.holder)) for each in family],
        "last_day": min(each.last_day for each in family),
        "documents": named(service.documents if service else ("collection_message",)),
        "service": service,
    }
    if service is not None:
        context |= _slots(request, family, service=service, certifies=certifies, now=now)
    return context


def _slots(
    request: HttpRequest,
    family: Sequence[Title],
    *,
    service: Service,
    certifies: bool,
    now: datetime,
) -> dict[str, Any]:
    """Show three starts to take at once, then those of a week."""
    starts = titles.free_starts(family, service=service, certifies=certifies, now=now)
    today, last = planning.local_day(now), min(each.last_day for each in family)
    soonest = starts[0].date() if starts else today
    first = WeekForm(request.GET).first(soonest=soonest, latest=max(last, soonest))
    week = [start for start in starts if first <= start.date() < first + WEEK]
    query = "certifier=1" if certifies else ""
    holders = {each.holder.casefold() for each in family}
    wanted = min(len(holders), service.most_persons)
    length = service.length(wanted) + (CERTIFICATION_MINUTES if certifies else 0)
    return {
        "certifies": certifies,
        "toggle": request.path if certifies else "?certifier=1",
        "people": people(wanted),
        "length": minutes(length),
        "action": f"{request.path}?{query}" if query else request.path,
        "soonest": by_day(starts[:FIRST_SHOWN]),
        "days": by_day(week),
        "previous": week_address(query, max(first - WEEK, soonest)) if first > soonest else "",
        "next": week_address(query, first + WEEK)
        if starts and starts[-1].date() >= first + WEEK
        else "",
    }


def _is_over(found: Title, *, today: date) -> bool:
    is_honoured = (
        found.collection is not None and found.collection.status == Appointment.Status.HONOURED
    )
    is_marked = found.collected_on is not None or found.destroyed_on is not None
    return is_marked or is_honoured or today > found.last_day
