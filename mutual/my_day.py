"""One person's day over all the communes where she receives people, in the order of the clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import ngettext

from booking.models import Appointment
from identity.members import ADMIN, BOOKING_AGENT, READER
from parvis.periods import PARIS
from tenants.hosts import home_pages
from tenants.models import Commune
from tenants.visits import in_each_of


ROLES = (ADMIN, BOOKING_AGENT, READER)
CONFIRMED = Appointment.Status.BOOKED


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment, as much of it as leaves its commune for the person who works there."""

    start: datetime
    commune: str
    service: str
    site: str
    initials: str
    persons: int
    state: str
    href: str

    @property
    def who(self) -> str:
        """Who comes, how many they are when not alone, and what became of it."""
        told = [self.initials.replace(" ", "\u00a0")]
        if self.persons > 1:
            told.append(
                ngettext("%(n)s personne", "%(n)s personnes", self.persons) % {"n": self.persons}
            )
        return ", ".join([*told, self.state] if self.state else told)


@dataclass(frozen=True, slots=True)
class Place:
    """One commune, with its page of that day and how many it expects."""

    name: str
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class MyDay:
    """A day, and where it is spent."""

    visits: list[Visit]
    places: list[Place]


def read_my_day(day: date, *, user_id: int) -> MyDay:
    """Read the appointments of one local day in each commune where somebody works.

    One query in each commune; two for all their addresses and memberships.
    """
    found = list(in_each_of(user_id=user_id, roles=ROLES, work=partial(_read, day)))
    homes = home_pages([commune for commune, _rows in found])
    visits: list[Visit] = []
    places: list[Place] = []
    for commune, every in found:
        zone = ZoneInfo(commune.time_zone)
        rows = [row for row in every if row[0].astimezone(zone).date() == day]
        home = homes.get(commune.pk, "").rstrip("/")
        path = reverse("booking:agent:day", urlconf="parvis.urls_commune", args=[day.isoformat()])
        places.append(Place(commune.name, f"{home}{path}", len(rows)))
        visits += _visits(commune, f"{home}{path}", rows)
    visits.sort(key=lambda each: (each.start, each.commune))
    return MyDay(visits, places)


def initials(name: str) -> str:
    """Write "J. D." for "Jeanne Dupuy"."""
    return " ".join(f"{part[0].upper()}." for part in name.split()[:2] if part[0].isalpha()) or "–"


def _read(day: date) -> list[tuple[datetime, str, str, str, str, int, str]]:
    begin = datetime.combine(day, time.min, PARIS)
    rows = (
        Appointment.objects.standing()
        .starting_between(begin - timedelta(hours=12), begin + timedelta(hours=36))
        .values_list(
            "period", "reference", "name", "service__name", "site__name", "persons", "status"
        )
    )
    return [(row[0].lower, *row[1:]) for row in rows]


def _visits(
    commune: Commune, page: str, rows: list[tuple[datetime, str, str, str, str, int, str]]
) -> Iterator[Visit]:
    zone = ZoneInfo(commune.time_zone)
    for start, reference, name, service, site, persons, status in rows:
        yield Visit(
            start=start.astimezone(zone),
            commune=commune.name,
            service=service,
            site=site,
            initials=initials(name),
            persons=persons,
            state=str(Appointment.Status(status).label) if status != CONFIRMED else "",
            href=f"{page}?rdv={reference}",
        )
