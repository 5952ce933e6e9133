"""The association's pages about its communes."""

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity.access import staff_only
from onboarding import dashboard, metrics
from onboarding.access import TEAM
from onboarding.forms import CommuneFilter
from onboarding.models import StageEvent
from onboarding.stages import Module, Stage
from parvis.pieces import TimelineEntry
from tenants import hosts
from tenants.models import Association, Commune


PER_PAGE = 50
MONTHS = 12


@require_safe
@staff_only(*TEAM)
def communes(request: HttpRequest) -> HttpResponse:
    """List all members, filtered and sorted."""
    found = dashboard.rows(_association(request), today=timezone.localdate())
    form = CommuneFilter(request.GET)
    shown = dashboard.arranged(form.apply(found), sort=request.GET.get("sort", ""))
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": form, "page_obj": page, "total": len(found), "found": len(shown)}
    return render(request, "onboarding/communes.html", context)


@require_safe
@staff_only(*TEAM)
def commune(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Show one member: facts, stage, figures."""
    today = timezone.localdate()
    found = dashboard.rows(_association(request), today=today)
    row = next((row for row in found if row.commune.insee_code == insee_code), None)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "site": hosts.absolute_url(row.commune, "/") if row.commune.has_schema else "",
        "history": _history(row.commune),
        "channels": [] if row.is_hidden else _channels([row.commune], today=today),
        "months": [] if row.is_hidden else _months([row.commune], today=today),
    }
    return render(request, "onboarding/commune.html", context)


def _association(request: HttpRequest) -> Association:
    return request.association  # type: ignore[attr-defined,no-any-return]


def _channels(live: list[Commune], *, today: date) -> list[tuple[str, float]]:
    counts = metrics.channels(live, today=today)
    total = sum(counts.values())
    if total < metrics.ENOUGH_FOR_A_SHARE:
        return []
    names = {"online": _("En ligne"), "phone": _("Par téléphone"), "counter": _("Au guichet")}
    return [(names[key], round(100 * count / total)) for key, count in counts.items()]


def _months(live: list[Commune], *, today: date) -> list[tuple[str, float]]:
    return [
        (date_format(month, "F Y"), round(100 * share.ratio))
        for month, share in metrics.months(live, today=today, count=MONTHS)
        if share.ratio is not None
    ]


def _history(commune: Commune) -> list[TimelineEntry]:
    events = StageEvent.objects.filter(
        onboarding__commune=commune, onboarding__module=Module.BOOKING
    )
    return [
        TimelineEntry(event.at, str(Stage(event.to_stage).label), event.get_reason_code_display())
        for event in events
    ]
