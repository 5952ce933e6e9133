"""The map of the department, each commune in the colour of its stage, and its table."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity.access import staff_only
from onboarding.access import TEAM
from onboarding.followed import Followed, followed, tally
from onboarding.list_views import tabs
from onboarding.pages import team_of
from onboarding.pipeline_forms import PipelineFilter
from onboarding.stages import Stage
from parvis.lanes import MapArea, MapKey
from tenants import directory
from tenants.asked import association_of


SIDE = 1000  # of the drawing, in its own units
FLAT = 0.71  # a degree of longitude beside one of latitude, in the middle of France
LOOKS = {
    Stage.PROSPECT: "prospect",
    Stage.CONSIDERING: "considering",
    Stage.COMMITTED: "underway",
    Stage.CONFIGURING: "underway",
    Stage.TRAINING: "underway",
    Stage.LIVE: "live",
    Stage.PAUSED: "stopped",
    Stage.CHURNED: "stopped",
    Stage.DECLINED: "declined",
}


@require_safe
@staff_only(*TEAM)
def pipeline_map(request: HttpRequest) -> HttpResponse:
    """Draw the communes; those that the filters leave out are grey."""
    association = association_of(request)
    form = PipelineFilter(request.GET, team=list(team_of(association)))
    rows = followed(association, module=form.chosen_module, today=timezone.localdate())
    shown = [row for row in form.apply(rows) if row.is_eligible]
    shapes, width, height = department_shapes(tuple(association.departments))
    looks = {row.commune.insee_code: look_of(row) for row in shown}
    listed = [row for row in shown if row.stage != Stage.PROSPECT or row.is_connected]
    context = {
        "filter": form,
        "tally": tally(rows),
        "tabs": tabs(request, current="carte"),
        "areas": _areas(shapes, shown, looks),
        "keys": _keys(looks.values()),
        "width": width,
        "height": height,
        "rows": listed,
        "prospects": len(shown) - len(listed),
        "query": request.GET.urlencode(),
        "has_outlines": bool(shapes),
    }
    return render(request, "onboarding/map.html", context)


def look_of(row: Followed) -> str:
    """Choose the colour of a commune: what it keeps beside Parvis counts before its stage."""
    return "connected" if row.is_connected else LOOKS[row.stage]


def _areas(
    shapes: dict[str, str], shown: Sequence[Followed], looks: dict[str, str]
) -> list[MapArea]:
    """Give a link to each commune under way; draw the others, by colour, in one path each."""
    plain: dict[str, list[str]] = {}
    linked = []
    rows = {row.commune.insee_code: row for row in shown}
    for code, path in shapes.items():
        row, look = rows.get(code), looks.get(code, "none")
        if row is None or (row.stage == Stage.PROSPECT and not row.is_connected):
            plain.setdefault(look, []).append(path)
            continue
        words = {"commune": row.commune.name, "stage": row.stage_said}
        href = reverse("commune_card", args=[code])
        title = _("%(commune)s : %(stage)s") % words
        linked.append(MapArea(path=path, look=look, title=title, href=href))
    groups = [MapArea(path="".join(paths), look=look) for look, paths in sorted(plain.items())]
    return [*groups, *linked]


def _keys(looks: Iterable[str]) -> list[MapKey]:
    counts = Counter(looks)
    words = {
        "live": _("En service"),
        "connected": _("Reliée, garde son outil"),
        "underway": _("Engagée, en paramétrage ou en formation"),
        "considering": _("En réflexion"),
        "prospect": _("À contacter"),
        "stopped": _("Suspendue ou sortie"),
        "declined": _("Refus"),
    }
    return [
        MapKey(look=look, label=label, count=counts[look])
        for look, label in words.items()
        if counts[look]
    ]


@cache
def department_shapes(departments: tuple[str, ...]) -> tuple[dict[str, str], int, int]:
    """Return a path for each commune of the departments, and the size of the drawing.

    Points are whole units, each told by its distance from the one before.
    """
    outlines = {
        code: directory.outline(code) or []
        for department in departments
        for code in directory.outlined(department)
    }
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    if not points:
        return {}, SIDE, SIDE
    west, north = min(x for x, _y in points), max(y for _x, y in points)
    wide = (max(x for x, _y in points) - west) * FLAT
    high = north - min(y for _x, y in points)
    scale = SIDE / max(wide, high)
    shapes = {
        code: "".join(
            _path(
                [(round((x - west) * FLAT * scale), round((north - y) * scale)) for x, y in ring]
            )
            for ring in rings
        )
        for code, rings in outlines.items()
    }
    return shapes, round(wide * scale) or 1, round(high * scale) or 1


def _path(points: list[tuple[int, int]]) -> str:
    """Write a closed ring: where it starts, then steps; a step of nothing is left out."""
    x, y = points[0]
    parts = [f"M{x} {y}"]
    for to_x, to_y in points[1:]:
        if (to_x, to_y) != (x, y):
            parts.append(f"l{to_x - x} {to_y - y}")
            x, y = to_x, to_y
    return "".join(parts) + "z"
