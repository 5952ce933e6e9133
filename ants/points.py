"""Answer ``getManagedMeetingPoints`` from what was prepared: one failure hides us for a day.

The list is made again after each change of a place or of a commune's state, and every minute;
it is served without PostgreSQL (ANTS contract, 3.1).
"""

import json
from typing import Any

from django.db.models import QuerySet

from ants import keeping
from slots.models import MeetingPoint
from tenants.hosts import home_pages
from tenants.models import Commune


NAME = "points"
ZIP = 5
# A commune that is restored or updated is back within minutes, the national list within a day.
LISTED = (Commune.State.READY, Commune.State.MAINTENANCE, Commune.State.INCOMPATIBLE)


def listed() -> QuerySet[MeetingPoint]:
    """Select the places of the national list, full or not: open, giving titles online."""
    return (
        MeetingPoint.objects.for_titles()
        .filter(is_open=True, commune__kind__in=Commune.REAL, commune__state__in=LISTED)
        .select_related("commune")
        .order_by("pk")
    )


def missing(point: MeetingPoint) -> list[str]:
    """Name what a place lacks to be listed: the hub drops it without a word."""
    lacks = []
    if point.latitude is None or point.longitude is None:
        lacks.append("position")
    if len(point.zip_code) != ZIP or not point.zip_code.isdigit():
        lacks.append("zip_code")
    return lacks


def answer() -> bytes:
    """Return the list as JSON, without the database wherever it was ever made.

    Raises:
        django.db.DatabaseError: it was never made, and the database is down.
    """
    return keeping.kept(NAME, make)


def publish() -> bool:
    """Make the list again and keep it; tell whether it changed."""
    made = make()
    has_changed = keeping.kept(NAME, lambda: made) != made
    keeping.keep(NAME, made)
    return has_changed


def make() -> bytes:
    """Write the list: two queries, none of them in a commune."""
    points = [point for point in listed() if not missing(point)]
    sites = home_pages({point.commune for point in points})
    return json.dumps(
        [_entry(point, sites.get(point.commune_id, "")) for point in points], ensure_ascii=False
    ).encode()


def _entry(point: MeetingPoint, site: str) -> dict[str, Any]:
    return {
        "id": str(point.pk),
        "name": point.name,
        "longitude": point.longitude,
        "latitude": point.latitude,
        "public_entry_address": point.street.replace(point.zip_code, "").strip(" ,"),
        "zip_code": point.zip_code,
        "city_name": point.city,
        "website": site,
    }
