"""The page of hot spots: where the same comes back, and what is done about it."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.access import member_of
from incidents import access, recurring
from incidents.geo import distance_m
from incidents.hotspots import RADIUS_M, HotSpot
from incidents.models import Category, Report
from incidents.staff_pages import current_member, handles_reports, reads_reports
from parvis.errors import DomainError
from parvis.typed import number


SHOWN_MOST = 40


@reads_reports
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show where the same is reported again and again; four queries, however many."""
    now = timezone.now()
    spots = recurring.read(now=now)[:SHOWN_MOST]
    reports = _reports(spots)
    kinds = Category.objects.in_bulk({spot.kind for spot in spots})
    tasks = list(
        Report.objects.open()
        .filter(channel=Report.Channel.INTERNAL, category__in=list(kinds))
        .exclude(lat=None)[:200]
    )
    rows = [
        {
            "number": rank,
            "spot": spot,
            "name": kinds[spot.kind].name,
            "reports": [reports[each.pk] for each in spot.sightings],
            "address": next(
                (reports[each.pk].address for each in spot.sightings if reports[each.pk].address),
                "",
            ),
            "task": _task(spot, tasks),
            "first": spot.sightings[0].pk,
        }
        for rank, spot in enumerate(spots, 1)
    ]
    context = {
        "rows": rows,
        "points": [_point(row) for row in rows],
        "may_handle": access.may_handle(member_of(request)),
    }
    return render(request, "incidents/staff/hotspots.html", context)


@handles_reports
@require_POST
def prevent(request: HttpRequest) -> HttpResponse:
    """Make an internal task for one hot spot, as it is now; pressed twice, one task."""
    now, by = timezone.now(), current_member(request)
    first = number(request.POST.get("first", ""))
    spot = next((each for each in recurring.read(now=now) if each.sightings[0].pk == first), None)
    if spot is None:
        raise Http404
    reports = _reports([spot])
    ordered = [reports[each.pk] for each in spot.sightings]
    last = spot.sightings[-1].pk
    try:
        made = recurring.prevent(
            category=ordered[0].category,
            reports=ordered,
            by=by,
            key=uuid5(NAMESPACE_URL, f"parvis:hot-spot:{first}:{last}:{spot.count}"),
            now=now,
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("incidents:agent:hotspots")
    messages.success(request, _("La tâche préventive est créée."))
    return redirect("incidents:agent:report", made.reference)


def _reports(spots: list[HotSpot]) -> dict[int, Report]:
    pks = [each.pk for spot in spots for each in spot.sightings]
    return {each.pk: each for each in Report.objects.filter(pk__in=pks).select_related("category")}


def _task(spot: HotSpot, tasks: list[Report]) -> Report | None:
    """Find the task that is under way there, if any."""
    for task in tasks:
        here = task.place
        if task.category_id == spot.kind and here and distance_m(here, spot.centre) <= RADIUS_M:
            return task
    return None


def _point(row: dict[str, Any]) -> dict[str, Any]:
    centre = row["spot"].centre
    return {
        "lat": centre.lat,
        "lon": centre.lon,
        "label": f"{row['number']}. {row['name']} ({row['spot'].count})",
        "text": str(row["spot"].count),
    }
