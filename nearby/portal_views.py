"""« Trouver un rendez-vous »: the starts of all communes, on the portal and for an association."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_safe

from identity import limits, visits
from nearby import places, words
from nearby.forms import AROUND, NEAR, OTHER, USUAL, SearchForm
from nearby.places import Where
from parvis.templatetags.ui_words import heure
from slots import links
from slots.models import OfferedService
from slots.search import Found, Wish, best_of_each, nearest_first, search, soonest_first
from tenants.hosts import moved_url
from tenants.models import Association, Commune


SHOWN = 30
CLOSEST = 12  # zoom of the map, where all places are near each other


@dataclass(frozen=True, slots=True)
class Line:
    """One place as the page shows it."""

    number: int
    name: str
    address: str
    distance: str
    wait: str
    fresh: str
    first: datetime
    first_href: str
    others: list[tuple[str, str]]
    """The next starts of that day, each with its address."""
    more: int
    all_href: str


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find the soonest or the nearest start, and lead to the commune that has it."""
    association: Association | None = request.association  # type: ignore[attr-defined]
    context: dict[str, Any] = {"association": association}
    services = _services(association)
    if "titres" not in request.GET:
        context["form"] = SearchForm(services=services, initial={**USUAL, "titres": "CNI"})
        return render(request, "nearby/find.html", context)
    now = timezone.now()
    form = SearchForm(request.GET, services=services)
    context["form"] = form
    if form.is_valid():
        try:
            visits.count(request, limits.SEARCH, now=now)
        except limits.TooMany as refusal:
            visits.refuse(request, form, refusal)
            return visits.refused(render(request, "nearby/find.html", context), refusal)
        where = _where(form, association)
        if where.place is not None or where.choices or not form.cleaned_data["lieu"]:
            context |= _answer(request, form, where, association, now=now)
        else:
            form.add_error("lieu", _("Aucune commune ne porte ce nom ni ce code postal."))
    status = 422 if form.errors else 200
    return render(request, "nearby/find.html", context, status=status)


def _services(association: Association | None) -> list[tuple[str, str]]:
    """List the other services that an open commune offers online, each name once; one query."""
    communes = Commune.objects.open()
    if association is not None:
        communes = communes.filter(association=association)
    offered = OfferedService.objects.filter(commune__in=communes, reason="").exclude(key="")
    is_english = get_language() == "en"
    named = offered.order_by("key", "pk").distinct("key").values_list("key", "name", "name_en")
    return sorted(
        ((key, (is_english and english) or name) for key, name, english in named),
        key=lambda each: each[1].casefold(),
    )


def _where(form: SearchForm, association: Association | None) -> Where:
    if form.point is not None:
        return Where(form.point, _("votre position"))
    said = form.cleaned_data
    if not said["lieu"] and not said["insee"]:
        return Where()
    near = association.departments if association is not None else ()
    return places.find(said["lieu"], insee=said["insee"], near=near)


def _answer(
    request: HttpRequest,
    form: SearchForm,
    where: Where,
    association: Association | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Say what is free around the place, or among which places to choose."""
    if where.choices:
        return {"choices": [(each, _again(request, insee=each.insee_code, lieu=each.name))
                            for each in where.choices]}  # fmt: skip
    said = form.cleaned_data
    km = said["rayon"] if where.place is not None else None
    other = said["titres"] == OTHER
    wish = Wish(
        reasons=() if other else (said["titres"],),
        keys=(said["demarche"],) if other else (),
        persons=(said["personnes"],),
        place=where.place,
        km=km,
        association=association.pk if association is not None else None,
    )
    free, full = best_of_each(search(wish, now=now))
    ordered = nearest_first(free) if said["tri"] == NEAR else soonest_first(free)
    shown = ordered[:SHOWN]
    return {
        "is_answered": True,
        "where": where.name,
        "km": km,
        "now": now,
        "lines": [_line(number, each, now=now) for number, each in enumerate(shown, start=1)],
        "more": len(ordered) - len(shown),
        "full": [(each.commune, words.distance(each.km)) for each in nearest_first(full)],
        "wider": _wider(request, km),
        "alert": _alert(nearest_first([*free, *full]), said),
        "map": _map(shown),
    }


def _line(number: int, found: Found, *, now: datetime) -> Line:
    first, *others = found.starts
    return Line(
        number=number,
        name=found.commune,
        address=", ".join(each for each in (found.name, found.address) if each),
        distance=words.distance(found.km),
        wait=words.wait(found.days(now) or 0),
        fresh=words.freshness(found, now=now),
        first=first,
        first_href=links.href(found, first),
        others=[(heure(each), links.href(found, each)) for each in others],
        more=found.n - len(found.starts),
        all_href=links.href(found),
    )


def _wider(request: HttpRequest, km: int | None) -> list[tuple[int, str]]:
    """Offer the distances beyond."""
    return [(each, _again(request, rayon=str(each))) for each in AROUND if km and each > km]


def _again(request: HttpRequest, **other: str) -> str:
    query = request.GET.copy()
    for name, value in other.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _alert(found: list[Found], said: dict[str, Any]) -> str:
    """Return where an alert is asked for: on the site of the nearest commune, which keeps it."""
    if not found:
        return ""
    path = reverse("nearby:alert", urlconf="parvis.urls_commune")
    query = {"personnes": said["personnes"], "rayon": min(said["rayon"], 40)}
    if said["titres"] == OTHER:
        query["motif"] = found[0].service
    else:
        query["titres"] = said["titres"]
    return moved_url(found[0].host, f"{path}?{urlencode(query)}")


def _map(shown: list[Found]) -> dict[str, Any] | None:
    """Put the places on a map under the numbers of the list; none where nothing has a position."""
    points: list[dict[str, Any]] = [
        {
            "lat": each.latitude,
            "lon": each.longitude,
            "label": f"{number}. {each.commune}",
            "text": str(number),
            "href": f"#lieu-{number}",
        }
        for number, each in enumerate(shown, start=1)
        if each.latitude is not None and each.longitude is not None
    ]
    if not points:
        return None
    middle = {side: sum(each[side] for each in points) / len(points) for side in ("lat", "lon")}
    return {"points": points, **middle, "zoom": CLOSEST}
