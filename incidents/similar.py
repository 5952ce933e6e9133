"""Which reports nearby may be about the same thing: a suggestion, never a wall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.geo import Place, distance_m


FRESH = timedelta(days=90)
"""An older open report is still offered, after the fresher ones."""
OFFERED_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A report that is near: what is needed to rank it."""

    pk: int
    place: Place
    group: str
    category: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Likeness:
    """A neighbour, with how far it is in metres."""

    neighbour: Neighbour
    metres: float


def alike(
    place: Place,
    *,
    category: int,
    group: str,
    radius_m: float,
    neighbours: Iterable[Neighbour],
    now: datetime,
) -> list[Likeness]:
    """Rank the likeliest first: the same category, then the same group; near, then fresh.

    Those of other groups, or farther than ``radius_m``, are left out.
    """
    found = []
    for each in neighbours:
        metres = distance_m(place, each.place)
        if metres > radius_m or (each.category != category and each.group != group):
            continue
        age = now - each.submitted_at
        rank = (each.category != category, age > FRESH, metres, -each.submitted_at.timestamp())
        found.append((rank, Likeness(each, metres)))
    found.sort(key=lambda pair: pair[0])
    return [likeness for _rank, likeness in found[:OFFERED_MOST]]
