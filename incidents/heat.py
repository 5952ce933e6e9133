"""Where reports are many: a grid of counts, drawn as a translucent layer on the team's map."""

import math
from dataclasses import dataclass

from django.db.models import Count, F, FloatField, Value
from django.db.models.functions import Floor

from incidents.clusters import TILE_PX, ZOOMS
from incidents.geo import Box
from incidents.models import ReportQuerySet


CELL_PX = 48
CELLS_MOST = 1500
LEVELS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One square, how many reports it holds, and its level, from 1 to 5."""

    box: Box
    count: int
    level: int


def heat(reports: ReportQuerySet, *, box: Box, zoom: int) -> list[Cell]:
    """Count the reports of a box by squares, the fullest first; one query.

    A square is as wide on the ground as it is tall, and does not move with the map.
    """
    wide = 360 / (TILE_PX * 2 ** min(max(zoom, 0), ZOOMS[-1])) * CELL_PX
    tall = wide * _shrink(box)
    squares = (
        reports.within(box)
        .order_by()
        .annotate(
            column=Floor(F("lon") / Value(wide, FloatField())),
            line=Floor(F("lat") / Value(tall, FloatField())),
        )
        .values("column", "line")
        .annotate(n=Count("pk"))
        .order_by("-n", "line", "column")[:CELLS_MOST]
    )
    found = list(squares)
    most = found[0]["n"] if found else 1
    return [
        Cell(
            Box(
                each["line"] * tall,
                each["column"] * wide,
                (each["line"] + 1) * tall,
                (each["column"] + 1) * wide,
            ),
            each["n"],
            math.ceil(LEVELS * each["n"] / most),
        )
        for each in found
    ]


def _shrink(box: Box) -> float:
    """Return how much shorter a degree of longitude is here, the same for a whole region."""
    middle = round((box.south + box.north) / 2)
    return max(0.05, math.cos(math.radians(middle)))
