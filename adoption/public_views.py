"""What anybody may read of the association's figures, with their definitions."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from adoption import dashboard, letters, reading
from adoption.definitions import DEFINITIONS
from adoption.models import Preferences
from adoption.pages import MONTHS, points
from adoption.reading import NOTHING
from onboarding.stages import Module
from parvis.exports import download, to_csv
from tenants.asked import association_of
from tenants.models import Commune


PUBLISHED = (
    *("online_share", "no_show_rate", "fill_rate", "dossier_complete", "cancel_reuse"),
    *("inc_received", "inc_sla", "inc_reopen", "congrats", "csat"),
)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show the totals of the association, month by month, and the communes that agreed to it."""
    association = association_of(request)
    communes = _communes(request)
    month = letters.last_closed(timezone.localdate())
    rows = _rows(communes, month=month)
    context = {
        "booking": dashboard.adoption(association, Module.BOOKING),
        "reports": dashboard.adoption(association, Module.REPORTS),
        "month": letters.month_name(month),
        "figures": [
            (
                DEFINITIONS[code],
                DEFINITIONS[code].said(DEFINITIONS[code].value(*rows[code, month])),
            )
            for code in PUBLISHED
            if (code, month) in rows
        ],
        "curve": points(
            "online_share",
            ((day, pair) for (code, day), pair in sorted(rows.items()) if code == "online_share"),
        ),
        "named": _named(communes, month=month),
    }
    return render(request, "adoption/public.html", context)


@require_safe
def figures_table(request: HttpRequest) -> HttpResponse:
    """Give the same totals as a table, numerators and denominators."""
    month = letters.last_closed(timezone.localdate())
    rows = _rows(_communes(request), month=month)
    header = [
        *(_("Mois"), _("Mesure"), _("Intitulé"), _("Numérateur"), _("Dénominateur")),
        _("Version de la définition"),
    ]
    lines = [
        (f"{day:%Y-%m}", code, str(DEFINITIONS[code].name), num, den, DEFINITIONS[code].version)
        for (code, day), (num, den) in sorted(rows.items())
    ]
    return download(to_csv(header, lines), "chiffres.csv")


def _communes(request: HttpRequest) -> list[Commune]:
    association = association_of(request)
    found = {
        commune.pk: commune for module in Module for commune in reading.live(association, module)
    }
    return list(found.values())


def _rows(communes: list[Commune], *, month: date) -> dict[tuple[str, date], tuple[int, int]]:
    """Add the months up; a total of too few cases, or of fewer than five communes, is left out."""
    if len(communes) < FEWEST_COMMUNES:
        return {}
    rows = reading.totals_by_month(
        [commune.pk for commune in communes],
        PUBLISHED,
        first=reading.month_before(month, MONTHS - 1),
        last=month,
    )
    return {
        (code, day): (num, den if DEFINITIONS[code].unit != "count" else 1)
        for (code, day), (num, den) in rows.items()
        if DEFINITIONS[code].value(num, den) is not None
    }


FEWEST_COMMUNES = 5


def _named(communes: list[Commune], *, month: date) -> list[dict[str, Any]]:
    """Show the online share of the communes that opted in, none of few cases."""
    agreed = set(
        Preferences.objects.filter(commune__in=communes, is_named=True).values_list(
            "commune", flat=True
        )
    )
    rows = reading.by_month([c.pk for c in communes], ["online_share"], first=month, last=month)
    pairs = [(each.pk, rows.get((each.pk, "online_share", month), NOTHING)) for each in communes]
    hidden = reading.unseen(pairs)
    definition = DEFINITIONS["online_share"]
    by_key = dict(pairs)
    return [
        {"name": commune.name, "value": definition.said(definition.value(*by_key[commune.pk]))}
        for commune in communes
        if commune.pk in agreed and commune.pk not in hidden
    ]
