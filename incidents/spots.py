"""Marks of a map that would lie upon each other become one; pure, and about linear."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from incidents.geo import Box


NEAR_PX = 40  # between the middles of two marks: a thumb's width, and half of the next


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a mark is, how many reports it stands for, and one of them."""

    lat: float
    lon: float
    count: int
    box: Box
    first: int


def apart(spots: Iterable[Spot], *, px_per_degree: float) -> list[Spot]:
    """Give the marks that are too near a larger one to it, which stays where it is.

    ``px_per_degree`` is of longitude, on a Web Mercator map.
    """
    kept: dict[tuple[int, int], list[Spot]] = {}
    for spot in sorted(spots, key=lambda each: (-each.count, each.lat, each.lon)):
        x, y = spot.lon * px_per_degree, ordinate(spot.lat) * px_per_degree
        column, line = int(x // NEAR_PX), int(y // NEAR_PX)
        around = [(column + dx, line + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        near = ((key, each) for key in around for each in kept.get(key, ()))
        for key, each in near:
            if math.hypot(each.lon * px_per_degree - x, _y(each, px_per_degree) - y) < NEAR_PX:
                kept[key][kept[key].index(each)] = _joined(each, spot)
                break
        else:
            kept.setdefault((column, line), []).append(spot)
    found = (each for square in kept.values() for each in square)
    return sorted(found, key=lambda each: (-each.lat, each.lon))


def _joined(spot: Spot, other: Spot) -> Spot:
    one, two = spot.box, other.box
    box = Box(
        min(one.south, two.south),
        min(one.west, two.west),
        max(one.north, two.north),
        max(one.east, two.east),
    )
    return replace(spot, count=spot.count + other.count, box=box)


def _y(spot: Spot, px_per_degree: float) -> float:
    return ordinate(spot.lat) * px_per_degree


def ordinate(lat: float) -> float:
    """Return the ordinate of a latitude in degrees of the equator (Web Mercator)."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))
