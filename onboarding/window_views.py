"""The calendar of the windows in which communes can leave what they have."""

from collections import defaultdict
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from identity.access import staff_only
from onboarding.access import TEAM
from onboarding.card_views import WINDOWS, window_said
from onboarding.list_views import tabs
from onboarding.models import ExistingSolution
from onboarding.switching import WindowState
from parvis.exports import download
from tenants.asked import association_of


@require_safe
@staff_only(*TEAM)
def windows(request: HttpRequest) -> HttpResponse:
    """List the windows by the month they open in, those that are open now first."""
    today = timezone.localdate()
    known = _solutions(request)
    months: dict[date, list[dict[str, object]]] = defaultdict(list)
    is_open, unknown = [], []
    for each in known:
        window = each.window
        if window is None:
            unknown.append(each)
            continue
        state = window.state(today)
        line = {
            "solution": each,
            "window": window,
            "said": window_said(state),
            "tone": WINDOWS[state],
        }
        if state == WindowState.OPEN:
            is_open.append(line)
        elif state != WindowState.OVER:
            months[window.opens.replace(day=1)].append(line)
    context = {
        "open": is_open,
        "months": sorted(months.items()),
        "unknown": unknown,
        "tabs": tabs(request, current="fenetres"),
    }
    return render(request, "onboarding/windows.html", context)


@require_safe
@staff_only(*TEAM)
def windows_ics(request: HttpRequest) -> HttpResponse:
    """Give the windows to a diary: one event on the day each opens."""
    diary = Calendar()
    diary.add("prodid", "-//Parvis//FR")
    diary.add("version", "2.0")
    for each in _solutions(request):
        if each.window is None:
            continue
        event = Event()
        event.add("uid", f"window-{each.pk}@parvis")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", each.window.opens)
        words = {"commune": each.commune.name, "solution": str(each)}
        event.add("summary", _("%(commune)s : fenêtre de %(solution)s") % words)
        diary.add_component(event)
    return download(diary.to_ical(), "fenetres.ics")


def _solutions(request: HttpRequest) -> list[ExistingSolution]:
    found = ExistingSolution.objects.filter(
        commune__association=association_of(request)
    ).select_related("commune")
    return sorted(
        found, key=lambda each: (each.contract_end or date.max, each.commune.slug, each.module)
    )
