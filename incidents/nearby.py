"""The reports near a place that may be about the same thing; one query."""

from datetime import datetime

from incidents.geo import Place, box_around
from incidents.models import Category, Report
from incidents.similar import Likeness, Neighbour, alike


LOOKED_AT_MOST = 200  # of one box: enough to rank, whatever the town


def similar_reports(
    category: Category, *, place: Place, now: datetime, is_public: bool = True
) -> list[tuple[Report, Likeness]]:
    """List the open reports to offer instead of a new one, likeliest first.

    To citizens only those that are published; the team sees them all.
    Only problems and ideas are alike; thanks are never too many.
    """
    if category.door == Category.Door.COMPLIMENT:
        return []
    radius = category.similar_radius_m
    still_open = Report.objects.open()
    near = (
        (still_open.published() if is_public else still_open)
        .within(box_around(place, radius))
        .filter(category__door=category.door)
        .select_related("category")
        .order_by("-submitted_at", "-pk")[:LOOKED_AT_MOST]
    )
    known = {report.pk: report for report in near}
    found = alike(
        place,
        category=category.pk,
        group=category.group,
        radius_m=radius,
        neighbours=(
            Neighbour(
                pk=report.pk,
                place=Place(report.lat or 0.0, report.lon or 0.0),
                group=report.category.group,
                category=report.category_id,
                submitted_at=report.submitted_at,
            )
            for report in known.values()
        ),
        now=now,
    )
    return [(known[likeness.neighbour.pk], likeness) for likeness in found]
