"""A map drawn from coordinates alone, for paper: the outline, numbered points, a scale. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from incidents.geo import METRES_PER_DEGREE, Place


SHAPE = 0.6  # height for a width of one
LEAST_M = 400  # what is shown around a single point
MARGIN = 0.12
SCALES_M = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sketch:
    """What to draw, in the units of ``width``, from the top and the start of the line.

    ``lines`` may run out of the frame: whoever draws them cuts there. ``scale_m`` metres are as
    long as ``scale``.
    """

    width: float
    height: float
    lines: list[list[Point]]
    points: list[Point]
    scale_m: int
    scale: float


def draw(
    places: Sequence[Place], rings: Sequence[Sequence[tuple[float, float]]], *, width: float
) -> Sketch:
    """Draw places over rings of (longitude, latitude), north up; the places fill the frame.

    Raises:
        ValueError: there is no place to draw.
    """
    if not places:
        raise ValueError("Nothing to draw.")
    north, south = max(p.lat for p in places), min(p.lat for p in places)
    west, east = min(p.lon for p in places), max(p.lon for p in places)
    middle = Place((north + south) / 2, (west + east) / 2)
    flat = math.cos(math.radians(min(abs(middle.lat), 85)))
    wide_m = max((east - west) * flat * METRES_PER_DEGREE, LEAST_M)
    tall_m = max((north - south) * METRES_PER_DEGREE, LEAST_M * SHAPE)
    shown_m = max(wide_m, tall_m / SHAPE) * (1 + 2 * MARGIN)
    unit = width / shown_m  # of paper for a metre of ground
    height = width * SHAPE

    def put(lon: float, lat: float) -> Point:
        x = width / 2 + (lon - middle.lon) * flat * METRES_PER_DEGREE * unit
        y = height / 2 - (lat - middle.lat) * METRES_PER_DEGREE * unit
        return round(x, 2), round(y, 2)

    scale_m = max((each for each in SCALES_M if each <= shown_m / 4), default=SCALES_M[0])
    return Sketch(
        width=width,
        height=height,
        lines=[[put(lon, lat) for lon, lat in ring] for ring in rings],
        points=[put(place.lon, place.lat) for place in places],
        scale_m=scale_m,
        scale=scale_m * unit,
    )
