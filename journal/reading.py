"""Find the entries that are asked for, page by page from the newest."""

from datetime import datetime, time
from typing import Any

from django.utils import timezone

from audit.models import Entry
from parvis.guard import TenantQuerySet


PAGE = 50
FILE_MOST = 20_000


def entries(asked: dict[str, Any]) -> TenantQuerySet[Entry]:
    """Narrow the entries down; ``asked`` is what the form could read."""
    found = Entry.objects.order_by("-pk")
    if asked.get("qui"):
        found = found.filter(actor_name__icontains=asked["qui"])
    if asked.get("jour"):
        ends = [datetime.combine(asked["jour"], each) for each in (time.min, time.max)]
        found = found.filter(at__range=[timezone.make_aware(each) for each in ends])
    if asked.get("nature"):
        found = found.filter(kind=asked["nature"])
    if asked.get("objet"):
        found = found.filter(object_table=asked["objet"])
    if asked.get("avant"):
        found = found.filter(pk__lt=asked["avant"])
    return found


def page(asked: dict[str, Any]) -> tuple[list[Entry], int | None]:
    """Return one page, and where the next begins; one query."""
    found = list(entries(asked)[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None
