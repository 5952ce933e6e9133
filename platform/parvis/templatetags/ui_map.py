"""A map of the commune: its outline first, pictures on top, and what a page puts on it.

A page loads ``map_files`` in its head, and shows one ``map``. Once it is drawn, the box sends the
event ``parvis:map`` with ``detail: {map, L}``, on which other scripts of the page hook.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


register = template.Library()
SCRIPTS = ("vendor/leaflet/leaflet.js", "js/map.js")
POINTS = "js/map-points.js"
SHEETS = ("vendor/leaflet/leaflet.css", "css/map.css")


@register.simple_tag
def map_files(*, points: bool = True) -> SafeString:
    """Load what a map needs; in the head of pages that have one, and of no other."""
    sheets = [(static(name),) for name in SHEETS]
    scripts = [(static(name),) for name in (*SCRIPTS, *([POINTS] if points else []))]
    return format_html(
        "{}{}",
        format_html_join("", '<link rel="stylesheet" href="{}">', sheets),
        format_html_join("", '<script src="{}" defer></script>', scripts),
    )


@register.simple_tag
def map(  # noqa: A001, PLR0913 (reads so in a page; all optional)
    *,
    label: str,
    twin: str = "",
    lat: float | None = None,
    lon: float | None = None,
    zoom: int = 17,
    fit: bool = False,
    points: Sequence[dict[str, Any]] = (),
    key: str = "map",
    outline: str = "",
    missing: str = "",
    size: Literal["s", "m", "l"] = "m",
) -> SafeString:
    """Draw a map. Without script its ``twin`` says where to find the same in words.

    ``outline`` is where its ground comes from, on a site that is not a commune's, and ``missing``
    what remains of it without pictures.

    ``lat`` and ``lon`` centre it on a place; each of ``points`` has ``lat``, ``lon``, ``label``,
    and may have ``href``, ``shape`` (a class after ``pin--``) and ``text`` (inside the pin). With
    ``fit`` the map shows them all, as near as ``zoom`` at most.
    """
    centre = SafeString("")
    if lat is not None and lon is not None:
        centre = format_html(' data-lat="{}" data-lon="{}" data-zoom="{}"', f"{lat:.6f}",
                             f"{lon:.6f}", zoom)  # fmt: skip
    pins = format_html(
        ' data-points="{}"{}', json.dumps(list(points)), SafeString(" data-fit" if fit else "")
    ) if points else ""  # fmt: skip
    return format_html(
        '<div class="map-frame"><div id="{key}" class="map map--{size}" data-map'
        ' role="application" aria-label="{label}" data-outline="{outline}" data-note="{key}-note"'
        ' data-in="{closer}" data-out="{farther}"{centre}{pins}></div>'
        '<p id="{key}-note" class="map-frame__note" role="status" hidden>{missing}</p>'
        "{twin}</div>",
        key=key,
        size=size,
        label=label,
        outline=outline or reverse("incidents:outline"),
        closer=_("Agrandir"),
        farther=_("Réduire"),
        centre=centre,
        pins=pins,
        missing=missing
        or _("Fond de carte détaillé indisponible : le contour de la commune reste utilisable."),
        twin=format_html("<noscript><p>{}</p></noscript>", twin) if twin else "",
    )
