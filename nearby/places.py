"""Where somebody looks: the commune she typed, or the square kilometre her telephone named."""

from collections.abc import Collection
from dataclasses import dataclass

from slots.search import Place
from tenants.directory import normalise
from tenants.models import OfficialCommune


MOST = 12


@dataclass(frozen=True, slots=True)
class Where:
    """A place with its name, or the communes to choose from, or neither."""

    place: Place | None = None
    name: str = ""
    choices: tuple[OfficialCommune, ...] = ()


def find(typed: str, *, insee: str, near: Collection[str]) -> Where:
    """Find a commune by its code, else by what was typed: the one of that name, if only one is.

    Of communes without a known position nothing can be near: they are not found.
    """
    known = OfficialCommune.objects.exclude(latitude=None).exclude(longitude=None)
    if insee:
        chosen = known.filter(insee_code=insee).first()
        if chosen is not None and (not typed or normalise(typed) == normalise(chosen.name)):
            return _at(chosen)
    found = list(known.search(typed, near=near, limit=MOST))
    same = [each for each in found if normalise(each.name) == normalise(typed)]
    if len(found) == 1 or len(same) == 1:
        return _at((same or found)[0])
    return Where(choices=tuple(same or found))


def _at(commune: OfficialCommune) -> Where:
    if commune.latitude is None or commune.longitude is None:
        return Where()
    return Where(Place(commune.latitude, commune.longitude), commune.name)
