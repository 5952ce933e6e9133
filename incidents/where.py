"""What can be told of a place before anything is sent: its address, its commune, who takes care.

Nothing is written, and whatever cannot be found out is left empty.
"""

from dataclasses import dataclass

from incidents import geocoder_client
from incidents.calendar import current_commune
from incidents.geo import Place
from incidents.handlers import responsible
from incidents.models import Category, Handler
from incidents.territory import commune_at, territory
from tenants import directory
from tenants.hosts import absolute_url
from tenants.models import Commune


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another commune: how to reach its town hall, and its form when it is on Parvis."""

    name: str
    phone: str = ""
    email: str = ""
    website: str = ""
    form: str = ""


def is_here(place: Place) -> bool:
    """Tell whether a place is in the active commune, as far as its outline can tell."""
    return territory(current_commune().insee_code).holds(place)


def whose(place: Place) -> Neighbour | None:
    """Find the commune that holds a place outside this one; None when no outline tells."""
    department = directory.department_of(current_commune().insee_code)
    known = directory.record(commune_at(place, department=department))
    if known is None:
        return None
    ready = Commune.objects.open().filter(insee_code=known.insee_code).first()
    return Neighbour(
        name=known.name,
        phone=known.phone,
        email=known.email,
        website=known.website,
        form=absolute_url(ready, "/signaler/") if ready else "",
    )


def find(text: str) -> geocoder_client.Address | None:
    """Find the one address of this commune that a text surely means."""
    for each in suggestions(text, limit=1):
        if each.is_precise and is_here(each.place):
            return each
    return None


def place_of(text: str) -> Place | None:
    """Return where the one address is that a text surely means; None when nobody can tell."""
    found = find(text) if text else None
    return found.place if found else None


def suggestions(text: str, *, limit: int = 5) -> list[geocoder_client.Address]:
    """List addresses of this commune that begin like a text."""
    code = current_commune().insee_code
    near = territory(code).centre
    return geocoder_client.search(text, insee_code=code, near=near, limit=limit) or []


def caretaker(category: Category, place: Place) -> str:
    """Say who takes care of it there, when it is not a team of the commune; "" otherwise."""
    handler, explanation = responsible(category, place=place)
    if explanation:
        return explanation
    return handler.name if handler and handler.kind != Handler.Kind.TEAM else ""
