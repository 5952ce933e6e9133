"""The settings of zones: parts of the commune that rules, filters and figures name."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from shapely.geometry import mapping, shape

from incidents.models import RoutingRule, Zone
from incidents.settings_pages import SPACE, save, short, show
from incidents.settings_zones_forms import ZoneFileForm, ZoneForm
from incidents.staff_pages import sets_reports


LIST = f"{SPACE}:zones"
SHOWN_BY = 5e-5  # degrees: outlines are smoothed by some metres on the map


@require_safe
@sets_reports
def zones(request: HttpRequest) -> HttpResponse:
    """List the zones, and show them on the map."""
    known = list(Zone.objects.annotate(rules=Count("routingrule")).order_by("name"))
    return show(request, "zones", {"zones": known, "drawing": drawing(known)})


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def import_zones(request: HttpRequest) -> HttpResponse:
    """Add the zones of a GeoJSON file, all of them or none."""
    form = ZoneFileForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        count = len(form.drawn)
        repaired = [each.number for each in form.drawn if each.was_repaired]
        label = ngettext("%(n)s zone importée", "%(n)s zones importées", count) % {"n": count}
        return save(
            request,
            label=label,
            work=form.write,
            to=reverse(LIST),
            now=timezone.now(),
            warning=_repaired(repaired),
        )
    return show(request, "zone_file", {}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def add_zone(request: HttpRequest) -> HttpResponse:
    """Draw a zone on the map, or by the list of its corners."""
    return _edit(request, Zone(), _("Zone ajoutée : %(name)s"))


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_zone(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a zone, or draw it again."""
    return _edit(request, get_object_or_404(Zone, pk=pk), _("Zone modifiée : %(name)s"))


@require_POST
@sets_reports
def delete_zone(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a zone; when rules name it, only once that is known."""
    zone = get_object_or_404(Zone, pk=pk)
    rules = RoutingRule.objects.filter(zone=zone).select_related("handler", "category")
    if "sure" not in request.POST and (named := list(rules)):
        return show(request, "zone_check", {"zone": zone, "rules": named})
    label = _("Zone supprimée : %(name)s") % {"name": short(zone.name)}
    return save(request, label=label, work=zone.delete, to=reverse(LIST), now=timezone.now())


def drawing(known: Sequence[Zone]) -> str:
    """Write zones as a map shows them, smoothed."""
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "properties": {"name": each.name},
            "geometry": mapping(shape(each.outline).simplify(SHOWN_BY)),
        }
        for each in known
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def zones_state() -> str:
    """Say how many zones there are."""
    count = Zone.objects.count()
    if not count:
        return _("Aucune zone")
    return ngettext("%(n)s zone", "%(n)s zones", count) % {"n": count}


def _edit(request: HttpRequest, zone: Zone, label: str) -> HttpResponse:
    name = zone.name
    form = ZoneForm(request.POST or None, zone=zone)
    if form.is_bound and form.is_valid():
        return save(
            request,
            label=label % {"name": short(form.cleaned_data["name"])},
            work=form.write,
            to=reverse(LIST),
            now=timezone.now(),
        )
    others = Zone.objects.exclude(pk=zone.pk) if "corners" in form.fields else [zone]
    page = {
        "zone": zone if zone.pk else None,
        "name": name,
        "is_drawn": "corners" in form.fields,
        "drawing": drawing(list(others)),
    }
    return show(request, "zone", page, form=form)


def _repaired(numbers: list[int]) -> str:
    if not numbers:
        return ""
    return ngettext(
        "Le contour de l’objet n° %(numbers)s se croisait : il a été réparé, vérifiez-le.",
        "Les contours des objets n° %(numbers)s se croisaient : ils ont été réparés, "
        "vérifiez-les.",
        len(numbers),
    ) % {"numbers": ", ".join(str(each) for each in numbers)}
