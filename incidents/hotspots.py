"""Where the same thing is reported again and again: hot spots. Pure.

A hot spot is a circle around one of its reports: every other is within its radius, so that it does
not stretch along a street. The fullest circle is taken first, then the fullest of what is left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.geo import METRES_PER_DEGREE, Place, distance_m


RADIUS_M = 100
LEAST = 3
WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """One report: its number, of which kind, where, when."""

    pk: int
    kind: int
    lat: float
    lon: float
    at: datetime

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.lat, self.lon)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """Reports of one kind around one of them, oldest first."""

    kind: int
    centre: Place
    sightings: tuple[Sighting, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.sightings)


def hot_spots(
    sightings: Iterable[Sighting], *, radius_m: float = RADIUS_M, least: int = LEAST
) -> list[HotSpot]:
    """Gather the sightings, each in one hot spot at most; the fullest first, whatever the order.

    Of two circles that hold as many, the one with the oldest centre is taken.
    """
    found: list[HotSpot] = []
    by_kind: dict[int, list[Sighting]] = {}
    for each in sorted(set(sightings)):
        by_kind.setdefault(each.kind, []).append(each)
    for kind, known in sorted(by_kind.items()):
        found += _of_kind(kind, known, radius_m=radius_m, least=least)
    return sorted(found, key=lambda spot: (-spot.count, spot.sightings[0]))


def _of_kind(
    kind: int, known: list[Sighting], *, radius_m: float, least: int
) -> Iterable[HotSpot]:
    around = _neighbours(known, radius_m)
    left = set(known)
    while left:
        centre = min(left, key=lambda each: (-len(around[each] & left), each.at, each.pk))
        held = around[centre] & left
        if len(held) < least:
            return
        left -= held
        ordered = tuple(sorted(held, key=lambda each: (each.at, each.pk)))
        yield HotSpot(kind, centre.place, ordered)


def _neighbours(known: list[Sighting], radius_m: float) -> dict[Sighting, set[Sighting]]:
    """Find who is near whom, itself included; those far apart in latitude are not measured."""
    by_latitude = sorted(known, key=lambda each: each.lat)
    tall = radius_m / METRES_PER_DEGREE
    around: dict[Sighting, set[Sighting]] = {each: {each} for each in known}
    for rank, one in enumerate(by_latitude):
        for other in by_latitude[rank + 1 :]:
            if other.lat - one.lat > tall:
                break
            if distance_m(one.place, other.place) <= radius_m:
                around[one].add(other)
                around[other].add(one)
    return around
