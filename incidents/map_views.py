"""What the map of a commune is drawn with."""

import json
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from incidents.calendar import current_commune
from incidents.territory import territory


OUTLINE_KEPT_S = 24 * 3600
CREDIT = "© IGN – Géoplateforme"
NEAREST, FARTHEST = 19, 10


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
