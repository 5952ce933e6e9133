"""The association's first page: its figures for its team, its communes for everybody."""

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from adoption import dashboard, letters, reading
from adoption.alerts import alerts
from adoption.definitions import DEFINITIONS
from adoption.estimates import minutes_saved
from adoption.pages import MONTHS
from identity.access import member_of, staff_only
from onboarding import dashboard as members, metrics
from onboarding.access import TEAM, may_follow
from onboarding.forms import EquippedFilter
from onboarding.stages import Module
from parvis.exports import download, to_csv
from tenants import hosts
from tenants.asked import association_of
from tenants.models import Association, Commune


MINUTES = 60
PER_PAGE = 50
FIRST_ALERTS = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the team its dashboard, and everybody else the communes that are on line."""
    if not may_follow(member_of(request)):
        return _landing(request)
    now = timezone.now()
    today = timezone.localdate(now)
    association = association_of(request)
    equipped = members.rows(association, today=today, equipped_only=True)
    form = EquippedFilter(request.GET)
    shown = members.arranged(form.apply(equipped), sort=request.GET.get("sort", ""))
    live = [row.commune for row in equipped if row.is_live]
    return render(
        request,
        "adoption/dashboard.html",
        {
            "booking": dashboard.adoption(association, Module.BOOKING),
            "reports": dashboard.adoption(association, Module.REPORTS),
            "summary": dashboard.summary(equipped),
            "bands": dashboard.bands(equipped),
            "page_obj": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
            "filter": form,
            "is_filtered": bool(request.GET.get("q") or request.GET.get("stage")),
            "channels": _channels(live, today=today),
            "months": _months(live, today=today),
            "windows": dashboard.windows([row.commune.pk for row in equipped], today=today),
            "session": letters.next_session(association, now=now),
            "stage_words": (_("en service"), _("en réflexion"), _("à une autre étape")),
            **_followed(association, live, today=today, now=now),
        },
    )


def _followed(
    association: Association, live: list[Commune], *, today: date, now: datetime
) -> dict[str, Any]:
    """Say what deserves a call, and what online bookings are thought to spare."""
    known = reading.known([commune.pk for commune in live], today=today)
    parameters = reading.parameters(association)
    bookings = sum(each.now.get("online_share", (0, 0))[0] for each in known.values())
    minutes = minutes_saved(bookings=bookings, parameters=parameters)
    found = alerts(live, known, now=now)
    return {
        "alerts": found[:FIRST_ALERTS],
        "more_alerts": found[FIRST_ALERTS:],
        "hours": minutes // MINUTES,
        "parameters": parameters,
        "quality": [
            (definition, definition.said(definition.value(*pair)))
            for code in ("no_show_rate", "fill_rate", "dossier_complete", "inc_sla", "csat")
            for definition in (DEFINITIONS[code],)
            for pair in (reading.total([k.now.get(code, (0, 0)) for k in known.values()]),)
        ],
    }


def _landing(request: HttpRequest) -> HttpResponse:
    live = list(
        Commune.objects.open().filter(association=association_of(request)).order_by("slug")
    )
    pages = hosts.home_pages(live)
    return render(
        request,
        "adoption/landing.html",
        {"places": [(commune, pages[commune.pk]) for commune in live if commune.pk in pages]},
    )


@require_safe
@staff_only(*TEAM)
def export(request: HttpRequest) -> HttpResponse:
    """Give the figures of the equipped communes to a spreadsheet."""
    found = members.rows(association_of(request), today=timezone.localdate(), equipped_only=True)
    header = [
        _("Commune"),
        _("Code INSEE"),
        _("Habitants"),
        _("Étape"),
        _("Raison"),
        _("Part en ligne sur 28 jours (%)"),
        _("Rendez-vous pris en 28 jours"),
        _("Premier créneau (jours)"),
    ]
    lines = [
        (
            row.commune.name,
            row.commune.insee_code,
            row.commune.population,
            str(row.stage.label),
            row.reason,
            None if row.online is None else round(100 * row.online),
            row.taken,
            row.first_slot,
        )
        for row in found
    ]
    return download(to_csv(header, lines), "communes.csv")


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Say how each figure is computed; public, as the figures are."""
    context = {
        "window": metrics.WINDOW,
        "share_floor": metrics.ENOUGH_FOR_A_SHARE,
        "count_floor": metrics.ENOUGH_TO_SHOW,
        "modules": [
            (
                module.label,
                [each for each in DEFINITIONS.values() if each.module == module],
            )
            for module in Module
        ],
        "parameters": reading.parameters(association_of(request)),
        "is_team": may_follow(member_of(request)),
    }
    return render(request, "adoption/definitions.html", context)


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
