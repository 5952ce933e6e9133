"""Where a commune is, by the packaged outlines: what its map shows and which places are in it."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from shapely import Polygon
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from incidents.geo import Box, Outline, Place, box_around
from tenants import directory


TOLERANCE_M = 150  # outlines are simplified, and telephones are wrong by some metres
AROUND_M = 4_000  # shown around a town hall whose commune has no outline
MARGIN_M = 1_500  # shown around an outline
METROPOLE = Place(46.6, 2.4)


@dataclass(frozen=True, slots=True)
class Territory:
    """The ground of one commune; without an outline, every place may be in it."""

    insee_code: str
    geometry: dict[str, Any] | None
    outline: Outline | None
    centre: Place
    box: Box

    def holds(self, place: Place) -> bool:
        """Tell whether a place is inside, or so near that the outline cannot tell."""
        if self.outline is None:
            return True
        return self.outline.holds(place) or self.outline.metres_to(place) <= TOLERANCE_M


@lru_cache(maxsize=256)
def territory(insee_code: str) -> Territory:
    """Return the ground of a commune; where nothing is packaged, what is around its town hall."""
    insee_code = insee_code.upper()
    rings = directory.outline(insee_code)
    if rings is None:
        return _around_the_town_hall(insee_code)
    drawn = _even_odd(rings)
    geometry = mapping(drawn)
    outline = Outline(geometry)
    box = outline.box
    corners = [
        box_around(Place(box.south, box.west), MARGIN_M),
        box_around(Place(box.north, box.east), MARGIN_M),
    ]
    padded = Box(corners[0].south, corners[0].west, corners[1].north, corners[1].east)
    return Territory(insee_code, geometry, outline, outline.centre, padded)


def commune_at(place: Place, *, department: str) -> str:
    """Return the INSEE code of the commune that holds a place, "" when no outline does."""
    for insee_code, box in _boxes(department):
        if box.holds(place):
            ground = territory(insee_code)
            if ground.outline is not None and ground.outline.holds(place):
                return insee_code
    return ""


@cache
def _boxes(department: str) -> list[tuple[str, Box]]:
    """List the box of each outline of a department."""
    boxes = []
    for insee_code in directory.outlined(department):
        points = [point for ring in directory.outline(insee_code) or () for point in ring]
        lons, lats = [x for x, _y in points], [y for _x, y in points]
        boxes.append((insee_code, Box(min(lats), min(lons), max(lats), max(lons))))
    return boxes


def _around_the_town_hall(insee_code: str) -> Territory:
    known = directory.record(insee_code)
    centre = METROPOLE
    if known is not None and known.latitude is not None and known.longitude is not None:
        centre = Place(known.latitude, known.longitude)
    return Territory(insee_code, None, None, centre, box_around(centre, AROUND_M))


def _even_odd(rings: list[directory.Ring]) -> BaseGeometry:
    """Join rings into a shape; one inside another is a hole."""
    drawn: BaseGeometry = Polygon()
    for ring in rings:
        part = Polygon(ring)
        drawn = drawn.symmetric_difference(part if part.is_valid else part.buffer(0))
    return drawn
