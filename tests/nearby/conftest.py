"""Communes that receive, as their public rows say it; no schema is needed to be found."""

from datetime import datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django_tenants.utils import schema_context

from booking import read_model
from booking.taking import lock_configuration
from slots.models import FreeSlotDay, MeetingPoint, OfferedService, SlotKind
from slots.registry import follow_communes
from tenants.directory import normalise
from tenants.models import Commune
from tests.conftest import NOW, owner
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


PARIS = ZoneInfo("Europe/Paris")
PAUILLAC = (45.1964, -0.7487)
LACANAU = (44.9777, -1.0756)  # 35 km from there
numbers = count(1)


def bits(*hours):
    """Write starts at these hours of a day."""
    found = sum(1 << round(hour * 12) for hour in hours)
    return found.to_bytes(38, "little")


def at(days, hour):
    """Return a local time so many days after the Monday of the tests."""
    midnight = datetime.combine(NOW.astimezone(PARIS).date() + timedelta(days=days), time())
    return (midnight + timedelta(hours=hour)).replace(tzinfo=PARIS)


def offer(commune, starts, *, name="Carte d’identité", place=LACANAU, site=1, **terms):
    """Publish that a commune has these starts: days from Monday to hours."""
    number = terms.pop("number", next(numbers))
    persons, reason = terms.pop("persons", 1), terms.pop("reason", "CNI")
    with owner():
        kind = SlotKind.objects.create(
            service_code=f"local:{commune.schema_name}:{number}",
            reason=reason,
            persons=persons,
            commune=commune,
            notice_hours=terms.pop("notice_hours", 2),
            horizon_days=terms.pop("horizon_days", 60),
        )
        OfferedService.objects.create(
            commune=commune,
            number=number,
            code=kind.service_code,
            reason=reason,
            key=normalise(name),
            name=name,
        )
        point, _created = MeetingPoint.objects.get_or_create(
            commune=commune,
            site=site,
            defaults={
                "name": "Mairie",
                "city": commune.name,
                "latitude": place[0],
                "longitude": place[1],
                "is_active": True,
            },
        )
        FreeSlotDay.objects.bulk_create(
            FreeSlotDay(
                commune=commune,
                site=site,
                kind=kind,
                day=at(days, 0).date(),
                first_start=at(days, min(hours)),
                n=len(hours),
                starts=bits(*hours),
                **terms,
            )
            for days, hours in starts.items()
        )
    return point


def others(association, number):
    """List so many more communes that are open; they have no schema."""
    with owner():
        return Commune.objects.bulk_create(
            Commune(
                insee_code=f"9B{n:03}",
                schema_name=f"c_9b{n:03}",
                name=f"Voisine {n}",
                slug=f"voisine-{n}",
                state="ready",
                association=association,
            )
            for n in range(number)
        )


def receive(commune, *, now, **service):
    """Open a counter of a commune for real, with an hour of Tuesdays and more."""
    with schema_context(commune.schema_name):
        offered = ServiceFactory(**{"name": "Carte d’identité", "titles": "CNI"} | service)
        OpeningFactory(resources=[ResourceFactory(services=[offered])])
        lock_configuration()
        read_model.refresh_all(now=now)
    with owner():
        follow_communes()
    return offered


@pytest.fixture(autouse=True)
def _nothing_kept(request):
    if request.node.get_closest_marker("django_db"):
        caches["shared"].clear()


@pytest.fixture
def ready(commune, other_commune):
    """Both communes serve citizens."""
    with owner():
        both = Commune.objects.filter(pk__in=[commune.pk, other_commune.pk])
        both.update(state="ready")
    for each in (commune, other_commune):
        each.refresh_from_db()
