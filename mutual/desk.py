"""The communes whose telephone the association answers, with their next starts; times only."""

from dataclasses import dataclass
from datetime import datetime

from mutual.models import PhoneDesk
from mutual.neighbours import TITLES
from mutual.next_slots import next_starts
from parvis.periods import PARIS
from tenants.hosts import home_pages


NEW = "agent/rendez-vous/nouveau/"


@dataclass(frozen=True, slots=True)
class DeskCommune:
    """One of them: its starts by title, soonest first, and where it is booked for."""

    name: str
    phone: str
    starts: list[tuple[str, datetime, int]]
    href: str


def read_desk(association: int, *, now: datetime) -> list[DeskCommune]:
    """Read them, the soonest start first; four queries however many they are."""
    desks = PhoneDesk.objects.filter(commune__association=association).select_related("commune")
    communes = [each.commune for each in desks if each.commune.is_real_and_open]
    homes = home_pages(communes)
    starts: dict[int, list[tuple[str, datetime, int]]] = {}
    for each in next_starts([commune.pk for commune in communes], now=now, zone=PARIS):
        label = str(TITLES.get(each.titles, each.titles))
        starts.setdefault(each.commune_id, []).append((label, each.start, each.days))
    found = [
        DeskCommune(
            commune.name,
            commune.phone,
            starts.get(commune.pk, []),
            f"{homes.get(commune.pk, '')}{NEW}",
        )
        for commune in communes
    ]
    never = datetime.max.replace(tzinfo=PARIS)
    return sorted(found, key=lambda each: (each.starts[0][1] if each.starts else never, each.name))
