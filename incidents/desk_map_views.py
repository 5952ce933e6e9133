"""What the map of the team draws: marks and heat of the reports that a filter lets through."""

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents import desk_pages, found
from incidents.cards import LETTERS
from incidents.clusters import clusters, marks
from incidents.geo import Box, read_part
from incidents.heat import heat
from incidents.staff_pages import reads_reports


@reads_reports
@require_safe
def points(request: HttpRequest) -> JsonResponse:
    """Give the marks of one part of the map: four queries, one more for a quarter."""
    if (part := _part(request)) is None:
        return _nowhere()
    box, zoom = part
    asked = desk_pages.read(request, now=timezone.now())
    shown = found.in_states(asked.reports, asked.wanted.states)
    page = reverse("incidents:agent:report", args=[LETTERS])
    listing = reverse("incidents:agent:list")
    drawn = marks(
        clusters(shown, box=box, zoom=zoom),
        page=lambda reference: page.replace(LETTERS, reference),
        listing=lambda part: listing + asked.address(view="carte", boite=part),
    )
    return _private(JsonResponse({"marks": drawn}))


@reads_reports
@require_safe
def warmth(request: HttpRequest) -> JsonResponse:
    """Give the squares of one part of the map, the fuller the warmer: two queries."""
    if (part := _part(request)) is None:
        return _nowhere()
    box, zoom = part
    asked = desk_pages.read(request, now=timezone.now())
    cells = heat(found.in_states(asked.reports, asked.wanted.states), box=box, zoom=zoom)
    drawn = [
        {
            "box": [each.box.south, each.box.west, each.box.north, each.box.east],
            "n": each.count,
            "level": each.level,
        }
        for each in cells
    ]
    return _private(JsonResponse({"cells": drawn}))


def _part(request: HttpRequest) -> tuple[Box, int] | None:
    return read_part(request.GET.get("boite", ""), request.GET.get("z", ""))


def _nowhere() -> JsonResponse:
    words = _("Cette partie de carte n’existe pas.")
    return JsonResponse({"marks": [], "cells": [], "error": words}, status=400)


def _private(answer: JsonResponse) -> JsonResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer
