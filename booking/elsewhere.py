"""Where else a citizen may go when this commune is full, or would make her wait for weeks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import planning
from booking.models import Service
from slots import links
from slots.search import Wish, best_of_each, nearest_first, place_of, search
from tenants.directory import normalise


AROUND_KM = 40.0
SHOWN = 4
LONG = timedelta(days=30)  # a first start later than this is worth a look around
SOONER = timedelta(days=7)  # and another commune is shown when it gains as much


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The soonest start of another commune, how far it is, and the address that leads to it."""

    commune: str
    start: datetime
    km: int
    address: str
    href: str


def elsewhere(
    service: Service, *, persons: int, first: datetime | None, now: datetime
) -> list[Elsewhere]:
    """List the nearest communes that have a start; none unless this one is full or makes wait.

    ``first`` is the soonest start here, if any. Two queries where they are looked for.
    """
    if service.is_confidential or (first is not None and first - now < LONG):
        return []
    here = planning.current_commune()
    place = place_of(here)
    if place is None:
        return []
    wish = Wish(
        reasons=(service.titles,) if service.titles else (),
        keys=() if service.titles else (normalise(service.name),),
        persons=(persons,),
        place=place,
        km=AROUND_KM,
        but=(here.pk,),
    )
    free, _full = best_of_each(search(wish, now=now))
    return [
        Elsewhere(each.commune, start, round(each.km or 0), each.address, links.href(each, start))
        for each in nearest_first(free)
        if (start := each.first) is not None and (first is None or first - start >= SOONER)
    ][:SHOWN]
