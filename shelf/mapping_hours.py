"""Weekly openings as a payload, and back; ``keys`` says which opening is which span.

Who receives and for what is the commune's: a new opening begins with everybody who is there.
"""

from datetime import time
from typing import Any

from booking.models import Opening, Resource
from shelf.models import Origin


def find(_slug: str, _payload: dict[str, Any]) -> int | None:
    """Recognise nothing: openings have no name to be known by."""
    return None


def read(origin: Origin, _also: dict[str, Any]) -> dict[str, Any]:
    """Return the openings that came with this week, as they are now."""
    rows = {row.pk: row for row in Opening.objects.filter(pk__in=[pk for _key, pk in origin.keys])}
    return {"spans": [_span(key, rows[pk]) for key, pk in origin.keys if pk in rows]}


def write(origin: Origin, payload: dict[str, Any]) -> None:
    """Change, add and take away the openings of this week."""
    known = dict(origin.keys)
    rows = {row.pk: row for row in Opening.objects.filter(pk__in=known.values())}
    keys = []
    for item in payload["spans"]:
        opening = rows.pop(known.get(item["key"], 0), None) or Opening()
        is_new = opening.pk is None
        opening.weekday = int(item["weekday"])
        opening.start_time = time.fromisoformat(item["start"])
        opening.end_time = time.fromisoformat(item["end"])
        opening.step_minutes = item["step"]
        opening.save()
        if is_new:
            opening.resources.set(Resource.objects.filter(active=True))
        keys.append([item["key"], opening.pk])
    for opening in rows.values():
        opening.delete()
    origin.keys = keys


def _span(key: str, opening: Opening) -> dict[str, Any]:
    return {
        "key": key,
        "weekday": str(opening.weekday),
        "start": f"{opening.start_time:%H:%M}",
        "end": f"{opening.end_time:%H:%M}",
        "step": opening.step_minutes,
    }
