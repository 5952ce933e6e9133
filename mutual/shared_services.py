"""The services that a host shows on the pages of its members: written by the host, read by them.

Names and places only. A member keeps what it reads, so that its own page asks nothing of others.
"""

from typing import Any

from django.urls import reverse

from booking.models import Service
from mutual.models import Agreement, SharedService
from mutual.names import is_named
from tenants.hosts import home_pages
from tenants.models import Commune


Card = dict[str, str]


def shows_services(agreement: Agreement) -> bool:
    """Tell whether members list the host's services beside theirs: all, or those named."""
    return agreement.host.kind == Commune.Kind.EPCI or bool(agreement.services)


def wanted_services(agreement: Agreement) -> list[SharedService]:
    """Prepare what the host of an agreement shows of its services; two queries, as the host."""
    if not shows_services(agreement):
        return []
    offered = Service.objects.offered_online().prefetch_related("resources__site")
    return [
        SharedService(
            agreement=agreement,
            host=agreement.host,
            number=service.pk,
            slug=service.slug,
            name=service.name,
            place=_place(service)[:300],
        )
        for service in offered
        if not agreement.services or is_named(service.name, agreement.services)
    ]


def read_cards(here: Commune, agreements: list[Agreement]) -> list[Card]:
    """Read the services of others that this commune lists: where they happen, and the way there.

    Two queries however many agreements. Hosts that are not open are left out.
    """
    others = {
        each.pk: each
        for each in agreements
        if each.host_id != here.pk and each.host.is_real_and_open
    }
    rows = SharedService.objects.filter(agreement__in=others).order_by("agreement", "pk")
    homes = home_pages([each.host for each in others.values()])
    return [_card(row, others[row.agreement_id].host, homes) for row in rows]


def _card(row: SharedService, host: Commune, homes: dict[int, str]) -> Card:
    home = homes.get(host.pk, "").rstrip("/")
    path = reverse("booking:situation", urlconf="parvis.urls_commune", args=[row.slug])
    return {
        "host": host.name,
        "name": row.name,
        "place": row.place or host.address,
        "href": f"{home}{path}",
    }


def _place(service: Service) -> str:
    sites = {each.site.pk: each.site for each in service.resources.all() if each.active}
    told: list[Any] = [", ".join(filter(None, (one.name, one.address))) for one in sites.values()]
    return " · ".join(told)
