"""What helps on a screen. The menu of every staff page costs no query: it only asks the cache."""

from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from identity.access import member_of
from tenants.models import Association
from training.models import Material


MOST = 3
KEPT_S = 900  # the task that fills it comes back every five minutes
Line = tuple[int, str, int]  # number, title, minutes


def fill(association: Association) -> dict[str, list[Line]]:
    """Put the short list of each screen in the cache, and return all of them; one query."""
    lists: dict[str, list[Line]] = {}
    rows = Material.objects.filter(association=association, is_published=True)
    for pk, title, minutes, screens in rows.order_by("minutes", "pk").values_list(
        "pk", "title", "minutes", "screens"
    ):
        for screen in screens:
            lines = lists.setdefault(screen, [])
            if len(lines) < MOST:
                lines.append((pk, title, minutes))
    caches["shared"].set(_key(association.pk), lists, KEPT_S)
    return lists


def drawer(request: HttpRequest) -> dict[str, Any]:
    """Give the staff pages of a commune what helps on them, when they ask."""
    association = getattr(request, "association", None)
    if getattr(request, "commune", None) is None or association is None:
        return {}
    return {"screen_help": SimpleLazyObject(lambda: _drawer(request, association.pk))}


def _drawer(request: HttpRequest, association_id: int) -> dict[str, Any]:
    match = request.resolver_match
    if match is None or member_of(request) is None:
        return {"screen": "", "lines": []}
    lists = caches["shared"].get(_key(association_id)) or {}
    return {"screen": match.view_name, "lines": lists.get(match.view_name, [])}


def _key(association_id: int) -> str:
    return f"training-help:{association_id}"
