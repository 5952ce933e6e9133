"""What a map shows of many reports: one mark for each square of a grid, however many there are.

The squares are those of the map's own projection, so that a mark stays where it is while the map
is moved; no two of them lie upon each other. One query, whatever is asked.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import ngettext

from incidents.geo import Box
from incidents.models import Report, ReportQuerySet
from incidents.models.catalogue import in_language
from incidents.spots import Spot, apart, ordinate
from incidents.states import Shape, state_of
from parvis.pieces import Tone


CELL_PX = 64
TILE_PX = 256
ZOOMS = range(20)
CELLS_MOST = 600  # of one answer: a screen of 1,900 × 1,300 pixels
LOOSE = 0.3  # how much of the way from the middle of its square a mark of many may go
EDGE = 0.00002  # degrees, two metres
FLATTEST = 85.0  # degrees; beyond, the projection runs away
SQUARES = """
WITH placed (id, lat, lon) AS ({placed}), squares AS (
    SELECT floor((lon + 180) * %s::float8) AS "column",
           floor(degrees(ln(tan(pi() / 4 + radians(lat) / 2))) * %s::float8) AS line,
           count(*) AS n, min(id) AS first, avg(lat) AS mid_lat, avg(lon) AS mid_lon,
           min(lat) AS south, min(lon) AS west, max(lat) AS north, max(lon) AS east
    FROM placed GROUP BY 1, 2)
SELECT squares.*, report.reference, report.status, report.address,
       category.name, category.name_en, category.icon
FROM squares
LEFT JOIN incidents_report AS report ON n = 1 AND report.id = first
LEFT JOIN incidents_category AS category ON category.id = report.category_id
ORDER BY line DESC, "column"
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Some reports that are too near each other to be told apart at this zoom.

    One of a single report says which; ``box`` holds them all.
    """

    lat: float
    lon: float
    count: int
    box: Box
    reference: str = ""
    label: str = ""
    icon: str = ""
    status: str = ""
    tone: Tone = "neutral"
    shape: Shape = "drop"


def clusters(reports: ReportQuerySet, *, box: Box, zoom: int) -> list[Cluster]:
    """Gather the reports of a box for a map at this zoom, at most ``CELLS_MOST`` marks.

    ``reports`` is filtered by whoever asks: nothing is hidden or published here. A box too large
    for its zoom is gathered in larger squares.
    """
    shown = Box(max(box.south, -FLATTEST), box.west, min(box.north, FLATTEST), box.east)
    per_degree = _cells_per_degree(_zoom_for(shown, zoom))
    placed = reports.within(shown).order_by().values("pk", "lat", "lon")
    squares = _squares(placed, per_degree)
    spots = apart(
        [_spot(each, per_degree) for each in squares], px_per_degree=per_degree * CELL_PX
    )
    alone = {each["first"]: each for each in squares if each["n"] == 1}
    return [_cluster(each, alone.get(each.first)) for each in spots]


def marks(
    found: Iterable[Cluster], *, page: Callable[[str], str], listing: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Say what a script draws: one mark per cluster, each with its name and where it leads.

    ``page`` gives the address of a report by its reference, ``listing`` that of what a box holds.
    """
    return [
        _mark(each)
        | {"href": page(each.reference) if each.reference else listing(_written(each.box))}
        for each in found
    ]


def _mark(cluster: Cluster) -> dict[str, Any]:
    known: dict[str, Any] = {
        "lat": round(cluster.lat, 6),
        "lon": round(cluster.lon, 6),
        "n": cluster.count,
    }
    if cluster.reference:
        names = ("reference", "label", "shape", "tone", "icon")
        return known | {name: getattr(cluster, name) for name in names}
    words = ngettext("%(n)s signalement", "%(n)s signalements", cluster.count)
    box = cluster.box
    return known | {
        "label": words % {"n": cluster.count},
        "box": [round(each, 6) for each in (box.south, box.west, box.north, box.east)],
    }


def _written(box: Box) -> str:
    """Write a box as an address has it, a little larger so that its edges are inside."""
    south, west = box.south - EDGE, box.west - EDGE
    north, east = box.north + EDGE, box.east + EDGE
    return f"{south:.5f},{west:.5f},{north:.5f},{east:.5f}"


def _cluster(spot: Spot, alone: Mapping[str, Any] | None) -> Cluster:
    if alone is None or spot.count > 1:
        return Cluster(spot.lat, spot.lon, spot.count, spot.box)
    state = state_of(alone["status"])
    words = [in_language(alone["name"], alone["name_en"]), alone["address"], state.word]
    return Cluster(
        spot.lat,
        spot.lon,
        count=1,
        box=spot.box,
        reference=alone["reference"],
        label=" · ".join(filter(None, words)),
        icon=alone["icon"],
        status=alone["status"],
        tone=state.tone,
        shape=state.shape,
    )


def _spot(square: Mapping[str, Any], per_degree: float) -> Spot:
    """Draw the mark of many towards the middle of their square, away from the marks beside it.

    It stays among its reports, where they are on the ground.
    """
    box = Box(square["south"], square["west"], square["north"], square["east"])
    lon = (square["column"] + 0.5) / per_degree - 180.0
    lat = _latitude((square["line"] + 0.5) / per_degree)
    drawn_lat = lat + (square["mid_lat"] - lat) * LOOSE
    drawn_lon = lon + (square["mid_lon"] - lon) * LOOSE
    return Spot(
        min(max(drawn_lat, box.south), box.north),
        min(max(drawn_lon, box.west), box.east),
        count=int(square["n"]),
        box=box,
        first=int(square["first"]),
    )


def _squares(placed: QuerySet[Report, Any], per_degree: float) -> list[dict[str, Any]]:
    """Gather places in squares; the one report of a square comes with what its mark says."""
    try:
        sql, values = placed.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SQUARES.format(placed=sql), [*values, per_degree, per_degree])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _cells_per_degree(zoom: int) -> float:
    return TILE_PX * float(2**zoom) / CELL_PX / 360


def _zoom_for(box: Box, zoom: int) -> int:
    """Return the zoom, or the nearest smaller one whose squares are few enough."""
    wide = box.east - box.west
    tall = ordinate(box.north) - ordinate(box.south)
    wanted = min(max(zoom, ZOOMS[0]), ZOOMS[-1])
    while wanted > 0:
        per_degree = _cells_per_degree(wanted)
        if (wide * per_degree + 1) * (tall * per_degree + 1) <= CELLS_MOST:
            break
        wanted -= 1
    return wanted


def _latitude(ordinate: float) -> float:
    return math.degrees(2 * math.atan(math.exp(math.radians(ordinate))) - math.pi / 2)
