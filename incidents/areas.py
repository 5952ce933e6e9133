"""The reports inside an outline, asked of the database: no row is read that is outside."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func, Q, Value

from incidents.models import ReportQuerySet


Ring = Sequence[Sequence[float]]


def inside(reports: ReportQuerySet, outline: dict[str, Any]) -> ReportQuerySet:
    """Narrow reports down to those inside a GeoJSON polygon, or several; holes are outside."""
    is_one = outline["type"] == "Polygon"
    polygons = [outline["coordinates"]] if is_one else outline["coordinates"]
    anywhere = Q()
    for outer, *holes in polygons:
        here = Q(_holds(outer))
        for hole in holes:
            here &= ~Q(_holds(hole))
        anywhere |= here
    return reports.filter(anywhere, lat__isnull=False)


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
