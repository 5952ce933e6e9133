"""Who receives for a commune, and their next starts; read in the commune that sends."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mutual.models import Agreement
from mutual.next_slots import NextStart, next_starts
from parvis.signing import sign_for
from tenants.hosts import home_pages
from tenants.models import Commune


PURPOSE = "shared-slot"
LIFE_S = 600
SHOWN = 4
TITLES = {
    "CNI": _("Carte d’identité"),
    "PASSPORT": _("Passeport"),
    "CNI-PASSPORT": _("Carte d’identité et passeport"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One start, with the address that leads to it in the commune that receives."""

    label: str
    start: datetime
    href: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A commune that receives, and what is free there."""

    name: str
    address: str
    is_overflow: bool
    offers: list[Offer]


def read_neighbours(here: Commune, *, now: datetime) -> list[Neighbour]:
    """Read who receives for ``here`` today, each with the next start of each service.

    Communes that are not open are left out. A constant number of queries for each agreement.
    """
    zone = ZoneInfo(here.time_zone)
    agreements = [
        each
        for each in Agreement.objects.of(here)
        .in_force(now.astimezone(zone).date())
        .select_related("host")
        .prefetch_related("members", "shared_services")
        if each.host_id != here.pk and each.host.is_real_and_open
    ]
    homes = home_pages([each.host for each in agreements])
    found = []
    for agreement in agreements:
        own = next(one for one in agreement.members.all() if one.commune_id == here.pk)
        names = {each.number: each.name for each in agreement.shared_services.all()}
        codes = [f"local:{agreement.host.schema_name}:{number}" for number in names]
        starts = next_starts(
            [agreement.host_id], now=now, zone=zone, weekdays=own.weekdays, codes=codes
        )
        home = homes.get(agreement.host_id, "").rstrip("/")
        offers = [
            _offer(each, agreement.host, here, home, name=names.get(each.service, ""))
            for each in starts[: max(SHOWN, len(names))]
        ]
        is_overflow = agreement.kind == Agreement.Kind.OVERFLOW
        found.append(Neighbour(agreement.host.name, agreement.host.address, is_overflow, offers))
    return found


def _offer(start: NextStart, host: Commune, here: Commune, home: str, *, name: str) -> Offer:
    told = {"service": start.service, "start": start.start.isoformat(), "from": here.name}
    token = sign_for(told, purpose=PURPOSE, schema=host.schema_name)
    path = reverse("mutual:arrive", urlconf="parvis.urls_commune")
    label = name or str(TITLES.get(start.titles, start.titles))
    return Offer(label, start.start, f"{home}{path}?{urlencode({'t': token})}")
