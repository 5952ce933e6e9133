"""The portal: what Parvis is, and the way to one's own commune."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants import hosts
from tenants.models import Association, Commune, OfficialCommune
from tenants.official import LONGEST_QUERY


MOST_FOUND = 20
MOST_WELCOMED = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A commune to choose from; ``href`` is empty while it has no open site."""

    name: str
    place: str
    href: str


@require_safe
def portal_home(request: HttpRequest) -> HttpResponse:
    """Find a commune by name, postcode or INSEE code (``?q=``)."""
    query = "".join(char for char in request.GET.get("q", "") if char.isprintable()).strip()
    found = _found(
        OfficialCommune.objects.search(
            request.GET.get("q", ""), near=_departments() if query else (), limit=MOST_FOUND
        )
    )
    return render(
        request,
        "tenants/portal.html",
        {
            "query": query[:LONGEST_QUERY],
            "found": found,
            "is_cut": len(found) == MOST_FOUND,
            "most": MOST_FOUND,
            "welcomed": [] if query else _welcomed(),
        },
    )


def _departments() -> set[str]:
    """List the departments whose mayors offer Parvis: their communes are looked for most."""
    return {code for codes in Association.objects.values_list("departments") for code in codes[0]}


def _found(officials: Iterable[OfficialCommune]) -> list[Found]:
    """Lead to the sites of those that are open."""
    officials = list(officials)
    codes = [official.insee_code for official in officials]
    open_ones = Commune.objects.open().filter(insee_code__in=codes) if codes else ()
    pages = hosts.home_pages(open_ones)
    hrefs = {commune.insee_code: pages.get(commune.pk, "") for commune in open_ones}
    return [
        Found(official.name, official.place, hrefs.get(official.insee_code, ""))
        for official in officials
    ]


def _welcomed() -> list[Found]:
    """Show the communes that are open, the most inhabited first."""
    communes = list(Commune.objects.open().order_by("-population", "name")[:MOST_WELCOMED])
    officials = OfficialCommune.objects.in_bulk([commune.insee_code for commune in communes])
    pages = hosts.home_pages(communes)
    return [
        Found(
            name=commune.name,
            place=officials[commune.insee_code].place if commune.insee_code in officials else "",
            href=pages[commune.pk],
        )
        for commune in communes
        if commune.pk in pages
    ]
