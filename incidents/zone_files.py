"""Outlines that a commune brings: a GeoJSON file, or corners written one a line.

Pure. Coordinates are WGS 84 degrees; those of Lambert 93, in metres, are recognised and refused
with their name, for no other reading of them would make sense.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shapely import force_2d, make_valid, set_precision, unary_union
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry


MOST_BYTES = 2_000_000
MOST_ZONES = 200
MOST_POINTS = 5_000
MOST_CORNERS = 500
NAME_MOST = 80
GRID = 1e-6  # degrees: a tenth of a metre
NAMES = ("name", "nom", "libelle", "libellé", "label", "quartier", "secteur", "zone", "title")
LAMBERT_93 = ((0, 1_300_000), (6_000_000, 7_200_000))  # metres, east then north
NUMBER = r"[-+]?\d{1,3}(?:[.,]\d+)?"
CORNER = re.compile(rf"^\s*({NUMBER})(?:\s*;\s*|\s*,\s+|\s+|,)({NUMBER})\s*$")


class Fault(StrEnum):
    """What may be wrong with a file, or with one of its features."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NOT_GEOJSON = "not_geojson"
    NOTHING = "nothing"
    TOO_MANY = "too_many"
    NO_POLYGON = "no_polygon"
    LAMBERT = "lambert"
    NOT_DEGREES = "not_degrees"
    BROKEN = "broken"
    TOO_DETAILED = "too_detailed"
    SAME_NAME = "same_name"
    BAD_LINE = "bad_line"
    TOO_FEW = "too_few"


class Unreadable(ValueError):
    """What is wrong, with the number of the feature or of the line (0: the whole)."""

    def __init__(self, fault: Fault, number: int = 0) -> None:
        super().__init__(fault)
        self.fault, self.number = fault, number


@dataclass(frozen=True, slots=True)
class Drawn:
    """One zone as a file draws it; ``name`` may be empty."""

    number: int
    name: str
    outline: dict[str, Any]
    was_repaired: bool


def read_file(content: bytes, *, named_by: str = "") -> list[Drawn]:
    """Read the zones of a GeoJSON file; ``named_by`` is the property that holds their names.

    Raises:
        Unreadable: the file is none, or one of its features cannot be a zone.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(Fault.TOO_LARGE)
    features = _features(_parsed(content))
    if not features:
        raise Unreadable(Fault.NOTHING)
    if len(features) > MOST_ZONES:
        raise Unreadable(Fault.TOO_MANY)
    found = [_drawn(number, each, named_by) for number, each in enumerate(features, start=1)]
    seen: set[str] = set()
    for each in found:
        if each.name and each.name in seen:
            raise Unreadable(Fault.SAME_NAME, each.number)
        seen.add(each.name)
    return found


def read_corners(text: str) -> dict[str, Any]:
    """Read a polygon from its corners, "latitude, longitude", one a line, in order.

    Raises:
        Unreadable: a line is none, there are fewer than three, or the sides cross each other.
    """
    points = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = CORNER.match(line)
        if found is None:
            raise Unreadable(Fault.BAD_LINE, number)
        lat, lon = (float(each.replace(",", ".")) for each in found.groups())
        points.append((round(lon, 6), round(lat, 6)))
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    if len(points) < 3:  # noqa: PLR2004 (a polygon)
        raise Unreadable(Fault.TOO_FEW)
    if len(points) > MOST_CORNERS:
        raise Unreadable(Fault.TOO_DETAILED)
    drawn = Polygon(points)
    _check_degrees(drawn, 0)
    if not drawn.is_valid:
        raise Unreadable(Fault.BROKEN)
    ring = [list(point) for point in (*points, points[0])]
    return {"type": "Polygon", "coordinates": [ring]}


def corners_of(outline: dict[str, Any]) -> str:
    """Write the corners of a simple polygon, one a line; "" for what is not one."""
    rings = outline.get("coordinates", [])
    if outline.get("type") != "Polygon" or len(rings) != 1 or len(rings[0]) > MOST_CORNERS:
        return ""
    return "\n".join(f"{lat:.6f}, {lon:.6f}" for lon, lat in rings[0][:-1])


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise Unreadable(Fault.NOT_JSON) from fault


def _refuse(_word: str) -> float:
    raise ValueError("JSON has no such number.")


def _features(known: Any) -> list[Any]:
    kind = known.get("type") if isinstance(known, dict) else None
    if kind == "FeatureCollection" and isinstance(known.get("features"), list):
        return list(known["features"])
    if kind == "Feature":
        return [known]
    if kind in {"Polygon", "MultiPolygon"}:
        return [{"geometry": known, "properties": {}}]
    raise Unreadable(Fault.NOT_GEOJSON)


def _drawn(number: int, feature: Any, named_by: str) -> Drawn:
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        raise Unreadable(Fault.NO_POLYGON, number)
    geometry = feature["geometry"]
    if geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise Unreadable(Fault.NO_POLYGON, number)
    try:
        drawn = force_2d(shape(geometry))
        _check_degrees(drawn, number)
        is_valid = drawn.is_valid
        whole = drawn if is_valid else _polygons(make_valid(drawn))
    except (ShapelyError, AttributeError, KeyError, TypeError, IndexError, ValueError) as fault:
        if isinstance(fault, Unreadable):
            raise
        raise Unreadable(Fault.BROKEN, number) from fault
    return Drawn(
        number, _name(feature.get("properties"), named_by), _written(whole, number), not is_valid
    )


def _check_degrees(drawn: BaseGeometry, number: int) -> None:
    if drawn.is_empty:
        raise Unreadable(Fault.BROKEN, number)
    west, south, east, north = drawn.bounds
    if not all(math.isfinite(each) for each in drawn.bounds):
        raise Unreadable(Fault.BROKEN, number)
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:  # noqa: PLR2004
        return
    (least_x, most_x), (least_y, most_y) = LAMBERT_93
    is_lambert = least_x <= west and east <= most_x and least_y <= south and north <= most_y
    raise Unreadable(Fault.LAMBERT if is_lambert else Fault.NOT_DEGREES, number)


def _polygons(drawn: BaseGeometry) -> BaseGeometry:
    """Keep the surfaces of what repairing gave; lines and points are its crumbs."""
    return unary_union(list(_surfaces(drawn)))


def _surfaces(drawn: BaseGeometry) -> Iterator[BaseGeometry]:
    if isinstance(drawn, Polygon):
        yield drawn
    for part in getattr(drawn, "geoms", ()):
        yield from _surfaces(part)


def _written(drawn: BaseGeometry, number: int) -> dict[str, Any]:
    """Write a geometry on a grid, so that it is short, and still valid."""
    fine = set_precision(drawn, GRID)
    if not isinstance(fine, Polygon | MultiPolygon) or fine.is_empty:
        raise Unreadable(Fault.BROKEN, number)
    plain = json.loads(json.dumps(mapping(fine)))
    parts = plain["coordinates"] if plain["type"] == "MultiPolygon" else [plain["coordinates"]]
    if sum(len(ring) for part in parts for ring in part) > MOST_POINTS:
        raise Unreadable(Fault.TOO_DETAILED, number)
    return {"type": plain["type"], "coordinates": plain["coordinates"]}


def _name(properties: Any, named_by: str) -> str:
    if not isinstance(properties, dict):
        return ""
    known = {str(key).casefold(): value for key, value in properties.items()}
    wanted = [named_by.casefold()] if named_by else NAMES
    for key in wanted:
        value = known.get(key)
        if isinstance(value, str | int) and str(value).strip():
            return " ".join(str(value).replace("\0", "").split())[:NAME_MOST]
    return ""
