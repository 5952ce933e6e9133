"""The reports inside an outline, asked of the database: no row is read that is outside."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func, Q, Value

from incidents.geo import Box
from incidents.models import ReportQuerySet


Ring = Sequence[Sequence[float]]


def inside(reports: ReportQuerySet, outline: dict[str, Any]) -> ReportQuerySet:
    """Narrow reports down to those inside a GeoJSON polygon, or several; holes are outside.

    The box around it is asked first: an index knows it.
    """
    is_one = outline["type"] == "Polygon"
    polygons = [outline["coordinates"]] if is_one else outline["coordinates"]
    points = [point for outer, *_holes in polygons for point in outer]
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    anywhere = Q()
    for outer, *holes in polygons:
        here = Q(_holds(outer))
        for hole in holes:
            here &= ~Q(_holds(hole))
        anywhere |= here
    return reports.within(Box(min(lats), min(lons), max(lats), max(lons))).filter(anywhere)


def _holds(ring: Ring) -> Func:
    """Return the condition that a ring holds a report, on PostgreSQL's own type ``polygon``."""
    corners = ",".join(f"({float(lon)},{float(lat)})" for lon, lat, *_height in ring)
    return Func(
        Value(f"({corners})"),
        Func(F("lon"), F("lat"), function="point"),
        template="(%(expressions)s)",
        arg_joiner="::polygon @> ",
        output_field=BooleanField(),
    )
