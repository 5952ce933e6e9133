"""The arithmetic of places: distances, boxes around a point, outlines. Degrees are WGS 84."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import Point, intersects_xy, prepare
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points


EARTH_RADIUS_M = 6_371_000
METRES_PER_DEGREE = math.radians(EARTH_RADIUS_M) * 0.999  # of latitude; a box may be too large


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the ground, in degrees."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):  # noqa: PLR2004
            raise ValueError("No such place on Earth.")


def placed(lat: float | None, lon: float | None) -> Place | None:
    """Return the place that two numbers give; None unless both are there."""
    return None if lat is None or lon is None else Place(lat, lon)


@dataclass(frozen=True, slots=True)
class Box:
    """What lies between two latitudes and two longitudes."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, place: Place) -> bool:
        """Tell whether a place is inside."""
        return self.south <= place.lat <= self.north and self.west <= place.lon <= self.east


def read_place(lat: str, lon: str) -> Place | None:
    """Read a place as an address has it; None when it is none on Earth."""
    try:
        return Place(float(lat), float(lon))
    except ValueError:
        return None


def read_box(text: str) -> Box | None:
    """Read "south,west,north,east" as an address has it; None when it is no box on Earth."""
    try:
        south, west, north, east = (float(each) for each in text.split(","))
    except ValueError:
        return None
    is_on_earth = -90 <= south < north <= 90 and -180 <= west < east <= 180  # noqa: PLR2004
    return Box(south, west, north, east) if is_on_earth else None


def read_part(box: str, zoom: str) -> tuple[Box, int] | None:
    """Read which part of a map an address asks for, and at which zoom; None when it is none."""
    known = read_box(box)
    if known is None or not (zoom.isascii() and zoom.isdigit() and len(zoom) <= 2):  # noqa: PLR2004
        return None
    return known, int(zoom)


def distance_m(one: Place, other: Place) -> float:
    """Measure the metres between two places along the ground (haversine)."""
    lat_one, lat_other = math.radians(one.lat), math.radians(other.lat)
    half_lat = (lat_other - lat_one) / 2
    half_lon = math.radians(other.lon - one.lon) / 2
    chord = (
        math.sin(half_lat) ** 2 + math.cos(lat_one) * math.cos(lat_other) * math.sin(half_lon) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(chord))


def box_around(place: Place, metres: float) -> Box:
    """Return the box that holds everything nearer than so many metres."""
    tall = metres / METRES_PER_DEGREE
    farthest = min(89.0, abs(place.lat) + tall)  # from the equator, where a degree is shortest
    wide = metres / (METRES_PER_DEGREE * math.cos(math.radians(farthest)))
    return Box(place.lat - tall, place.lon - wide, place.lat + tall, place.lon + wide)


class Outline:
    """A polygon, or several, on the ground, made to be asked often."""

    def __init__(self, geometry: dict[str, Any]) -> None:
        """Read a GeoJSON geometry.

        Raises:
            ValueError: it is no polygon, or crosses itself.
        """
        try:
            self._shape: BaseGeometry = shape(geometry)
        except (AttributeError, KeyError, TypeError, IndexError) as fault:
            raise ValueError("This is no GeoJSON geometry.") from fault
        if self._shape.geom_type not in {"Polygon", "MultiPolygon"} or self._shape.is_empty:
            raise ValueError("A zone is a polygon.")
        if not self._shape.is_valid:
            raise ValueError("This outline crosses itself.")
        prepare(self._shape)

    def holds(self, place: Place) -> bool:
        """Tell whether a place is inside, or on the line."""
        return bool(self._shape.covers(Point(place.lon, place.lat)))

    def holding(self, places: Sequence[Place | None]) -> list[bool]:
        """Tell of many places whether each is inside, at once; what has no place is not."""
        lons = [math.nan if each is None else each.lon for each in places]
        lats = [math.nan if each is None else each.lat for each in places]
        return list(intersects_xy(self._shape, lons, lats).tolist())

    def metres_to(self, place: Place) -> float:
        """Measure how far a place is from it; 0 inside."""
        there, _here = nearest_points(self._shape, Point(place.lon, place.lat))
        return distance_m(place, Place(there.y, there.x))

    @property
    def box(self) -> Box:
        """The smallest box that holds it."""
        west, south, east, north = self._shape.bounds
        return Box(south, west, north, east)

    @property
    def centre(self) -> Place:
        """A place that is certainly inside."""
        inside = self._shape.representative_point()
        return Place(inside.y, inside.x)

    def rings(self, *, simplified_by: float = 0.0) -> list[Sequence[tuple[float, float]]]:
        """List its outer rings as (lon, lat) pairs, smoothed by so many degrees."""
        drawn = self._shape.simplify(simplified_by) if simplified_by else self._shape
        parts: Iterable[Any] = getattr(drawn, "geoms", [drawn])
        return [list(part.exterior.coords) for part in parts]
