"""Keep the register of meeting points: what a commune says of its places, and whether it serves.

Numbers are for ever: rows are added and changed, never deleted (ANTS contract, 3.1).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction

from parvis.deferred import defer, defer_to
from parvis.guard import PUBLIC
from slots.models import MeetingPoint
from tenants.models import Commune


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a commune says of one of its sites."""

    site: int
    name: str
    street: str
    zip_code: str
    city: str
    reasons: list[str]
    is_open: bool


Position = tuple[float, float] | None
"""Longitude and latitude, WGS 84 degrees."""


@transaction.atomic
def publish(*, commune: Commune, places: Iterable[Place], position: Position) -> list[int]:
    """Write what the active commune says of all its places; return the numbers that changed.

    A place that is no longer said is closed and keeps its number. ``position`` is that of the
    town hall, for a place that has none: one that was corrected stays.
    """
    serves = Commune.objects.open().filter(pk=commune.pk).exists()
    known = {point.site: point for point in MeetingPoint.objects.filter(commune=commune)}
    changed = []
    for place in places:
        point = known.pop(place.site, None) or MeetingPoint(commune=commune, site=place.site)
        if _take(point, place, serves=serves, position=position):
            point.save()
            changed.append(point.pk)
    for point in known.values():
        if point.is_open:
            point.is_open = point.is_active = False
            point.save(update_fields=["is_open", "is_active"])
            changed.append(point.pk)
    if changed:
        defer_to(PUBLIC, "ants.publish_points")
    return changed


def follow_communes() -> int:
    """Put the places of communes that open, pause or leave in or out of use; count them."""
    serving = Commune.objects.open().values("pk")
    points = MeetingPoint.objects.filter(is_open=True)
    opened = points.filter(is_active=False, commune__in=serving).update(is_active=True)
    closed = points.filter(is_active=True).exclude(commune__in=serving).update(is_active=False)
    if opened or closed:
        defer("ants.publish_points")
    return opened + closed


def _take(point: MeetingPoint, place: Place, *, serves: bool, position: Position) -> bool:
    """Write what is said into a row; tell whether that changes anything."""
    said = asdict(place) | {"is_active": serves and place.is_open}
    if point.latitude is None and position is not None:
        said |= {"longitude": position[0], "latitude": position[1]}
    news = {name: value for name, value in said.items() if getattr(point, name) != value}
    for name, value in news.items():
        setattr(point, name, value)
    return bool(news) or point.pk is None
