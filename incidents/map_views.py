"""What the map of a commune is drawn with."""

import json
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents import tiles
from incidents.calendar import current_commune
from incidents.territory import territory
from incidents.tiles import FARTHEST, NEAREST, Tile


OUTLINE_KEPT_S = 24 * 3600
CREDIT = "© IGN – Géoplateforme"
PICTURE_KEPT_S = 7 * 24 * 3600


@require_safe
def outline(request: HttpRequest) -> HttpResponse:
    """Give the outline of the commune, what surrounds it, and where pictures of it are."""
    content, tag = _outline(current_commune().insee_code, bool(settings.TILES_URL))
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(content, content_type="application/geo+json")
    answer["ETag"] = tag
    answer["Cache-Control"] = f"public, max-age={OUTLINE_KEPT_S}"
    return answer


@lru_cache(maxsize=256)
def _outline(insee_code: str, has_tiles: bool) -> tuple[bytes, str]:  # noqa: FBT001 (a cache key)
    ground = territory(insee_code)
    box, centre = ground.box, ground.centre
    feature = {
        "type": "Feature",
        "bbox": [round(each, 5) for each in (box.west, box.south, box.east, box.north)],
        "geometry": ground.geometry,
        "properties": {
            "centre": [round(centre.lat, 5), round(centre.lon, 5)],
            "tiles": "/tuiles/{z}/{x}/{y}.png" if has_tiles else "",
            "credit": CREDIT,
            "zooms": [FARTHEST, NEAREST],
        },
    }
    content = json.dumps(feature, ensure_ascii=False, separators=(",", ":")).encode()
    return content, f'"{sha256(content).hexdigest()[:20]}"'


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Give one picture of the map, of this commune and its surroundings only."""
    asked = Tile(z, x, y)
    if not asked.touches(territory(current_commune().insee_code).box):
        return _without_picture(404, "public, max-age=86400")
    try:
        content = tiles.picture(asked, now=timezone.now().timestamp())
    except tiles.NoPicture:
        return _without_picture(404, "public, max-age=3600")
    except tiles.OutOfReach:
        return _without_picture(503, "no-store")
    answer = HttpResponse(content, content_type=tiles.kind_of(content))
    answer["Cache-Control"] = f"public, max-age={PICTURE_KEPT_S}"
    return answer


def _without_picture(status: int, kept: str) -> HttpResponse:
    answer = HttpResponse(status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = kept
    return answer
