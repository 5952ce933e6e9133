"""The ground of the map of several communes: pictures from our own cache, around them only."""

import json

from django.conf import settings
from django.core.cache import caches
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents import tiles
from incidents.geo import Box
from incidents.map_views import CREDIT, PICTURE_KEPT_S
from incidents.tiles import NEAREST, Tile
from slots.models import MeetingPoint
from tenants.models import Association, Commune


FARTHEST = 5  # zoom: all of France on a telephone
AROUND = 0.6  # degrees around the outermost places
KEPT_S = 300
FRANCE = Box(41.0, -5.5, 51.5, 10.0)


@require_safe
def outline(request: HttpRequest) -> HttpResponse:
    """Give the bounds of the map and where its pictures are; there is no outline to draw."""
    box = _box(request)
    feature = {
        "type": "Feature",
        "bbox": [round(each, 5) for each in (box.west, box.south, box.east, box.north)],
        "geometry": None,
        "properties": {
            "centre": [(box.south + box.north) / 2, (box.west + box.east) / 2],
            "tiles": "/trouver/tuiles/{z}/{x}/{y}.png" if settings.TILES_URL else "",
            "credit": CREDIT,
            "zooms": [FARTHEST, NEAREST],
        },
    }
    answer = HttpResponse(json.dumps(feature), content_type="application/geo+json")
    answer["Cache-Control"] = f"public, max-age={KEPT_S}"
    return answer


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Give one picture of the map, around the communes that receive only."""
    asked = Tile(z, x, y)
    if not asked.touches(_box(request), farthest=FARTHEST):
        return _without(404, "public, max-age=86400")
    try:
        content = tiles.picture(asked, now=timezone.now().timestamp())
    except tiles.NoPicture:
        return _without(404, "public, max-age=3600")
    except tiles.OutOfReach:
        return _without(503, "no-store")
    answer = HttpResponse(content, content_type=tiles.kind_of(content))
    answer["Cache-Control"] = f"public, max-age={PICTURE_KEPT_S}"
    return answer


def _box(request: HttpRequest) -> Box:
    """Return what holds all places of the site, and a little more; kept for some minutes."""
    association: Association | None = request.association  # type: ignore[attr-defined]
    key = f"nearby:box:{association.pk if association else ''}"
    known: Box | None = caches["shared"].get(key)
    if known is None:
        known = _read_box(association)
        caches["shared"].set(key, known, KEPT_S)
    return known


def _read_box(association: Association | None) -> Box:
    communes = Commune.objects.open()
    if association is not None:
        communes = communes.filter(association=association)
    found = MeetingPoint.objects.filter(commune__in=communes, is_active=True).aggregate(
        Min("latitude"), Min("longitude"), Max("latitude"), Max("longitude")
    )
    values = [
        found[f"{name}__{side}"] for side in ("min", "max") for name in ("latitude", "longitude")
    ]
    if None in values:
        return FRANCE
    south, west, north, east = (float(each) for each in values)
    return Box(south - AROUND, west - AROUND, north + AROUND, east + AROUND)


def _without(status: int, kept: str) -> HttpResponse:
    answer = HttpResponse(status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = kept
    return answer
