"""What a map shows of many reports: one mark for each square of a grid, however many there are.

The squares are those of the map's own projection, so that a mark stays where it is while the map
is moved; no two of them lie upon each other. Two queries, whatever is asked.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Max, Min, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Floor, Ln, Radians, Tan
from django.utils.translation import ngettext

from incidents.geo import Box
from incidents.models import Report, ReportQuerySet
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
    squares = (
        reports.within(shown)
        .order_by()
        .annotate(
            column=Floor((F("lon") + 180.0) * Value(per_degree, FloatField())),
            line=Floor(_mercator_degrees() * Value(per_degree, FloatField())),
        )
        .values("column", "line")
        .annotate(
            n=Count("pk"),
            first=Min("pk"),
            mid_lat=Avg("lat"),
            mid_lon=Avg("lon"),
            south=Min("lat"),
            west=Min("lon"),
            north=Max("lat"),
            east=Max("lon"),
        )
        .order_by("-line", "column")
    )
    spots = apart(
        [_spot(each, per_degree) for each in squares], px_per_degree=per_degree * CELL_PX
    )
    alone = _singles([each.first for each in spots if each.count == 1])
    return [_cluster(each, alone.get(each.first)) for each in spots]


def marks(
    found: Iterable[Cluster], *, page: Callable[[str], str], listing: str
) -> list[dict[str, Any]]:
    """Say what a script draws: one mark per cluster, each with its name and where it leads.

    ``page`` gives the address of a report by its reference, ``listing`` is that of the list.
    """
    return [
        _mark(each)
        | {"href": page(each.reference) if each.reference else f"{listing}{_query(each.box)}"}
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


def _query(box: Box) -> str:
    """Return the filter of a list for this box, a little larger so that its edges are inside."""
    south, west = box.south - EDGE, box.west - EDGE
    north, east = box.north + EDGE, box.east + EDGE
    return f"?boite={south:.5f},{west:.5f},{north:.5f},{east:.5f}"


def _cluster(spot: Spot, report: Report | None) -> Cluster:
    if report is None or spot.count > 1:
        return Cluster(spot.lat, spot.lon, spot.count, spot.box)
    state = state_of(report.status)
    words = [report.category.label, report.address, state.word]
    return Cluster(
        spot.lat,
        spot.lon,
        count=1,
        box=spot.box,
        reference=report.reference,
        label=" · ".join(filter(None, words)),
        icon=report.category.icon,
        status=report.status,
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


def _singles(keys: list[int]) -> dict[int, Report]:
    wanted = Report.objects.filter(pk__in=keys).select_related("category")
    return {
        report.pk: report
        for report in wanted.only(
            *("reference", "status", "address"),
            *("category__name", "category__name_en", "category__icon"),
        )
    }


def _mercator_degrees() -> Combinable:
    """Return the ordinate of a report in degrees of the equator (Web Mercator)."""
    quarter = Value(math.pi / 4, FloatField())
    return Ln(Tan(quarter + Radians("lat") / 2.0)) * Value(math.degrees(1), FloatField())


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
