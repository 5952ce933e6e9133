"""The board as readers see it: ideas with their voices, raw and per commune; few queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from ideas.models import Idea
from ideas.workflow import ON_THE_ROAD, Status
from tenants.directory import normalise
from tenants.models import Association


SORTS: Mapping[str, tuple[str, ...]] = {
    "": ("-communes", "-voices", "-created_at", "-pk"),
    "recent": ("-created_at", "-pk"),
    "unblocks": ("-unblocks_communes", "-unblocks_inhabitants", "-communes", "-pk"),
}

ROAD_ORDER: tuple[str, ...] = ("planned_for", "-communes", "pk")


def board(association: Association) -> QuerySet[Idea]:
    """Return the ideas of an association with their ``voices`` and how many ``communes`` speak."""
    return (
        Idea.objects.filter(association_id=association.pk)
        .select_related("commune", "duplicate_of", "news")
        .annotate(
            voices=Count("votes"),
            communes=Count("votes__commune", distinct=True),
        )
    )


def narrowed(found: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    """Keep the ideas that answer to every filter; duplicates are shown only when asked for."""
    words = normalise(str(asked.get("q") or "")).split()
    for word in words:
        found = found.filter(search__contains=word)
    for name in ("status", "module", "origin"):
        if asked.get(name):
            found = found.filter(**{name: asked[name]})
    if not asked.get("status"):
        found = found.exclude(status=Status.DUPLICATE)
    return found.order_by(*SORTS.get(str(asked.get("sort") or ""), SORTS[""]))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the road: what is planned, what is under way, what is there."""

    status: Status
    ideas: list[Idea]


def road(association: Association, *, done_most: int = 10) -> list[Stretch]:
    """Return the road map: one query."""
    found = board(association).filter(status__in=ON_THE_ROAD)
    on_it = list(found.order_by(*ROAD_ORDER))
    return [
        Stretch(status, [idea for idea in on_it if idea.status == status][:most])
        for status, most in (
            (Status.STARTED, len(on_it)),
            (Status.PLANNED, len(on_it)),
            (Status.DONE, done_most),
        )
    ]


def same_subject(idea: Idea, title: str = "") -> QuerySet[Idea]:
    """Propose the open ideas that share a word with one, the most wanted first."""
    words = [word for word in normalise(title or idea.title).split() if len(word) > 3]  # noqa: PLR2004
    likely = Q()
    for word in words:
        likely |= Q(search__contains=word)
    found = board(idea.association).exclude(pk=idea.pk)
    found = found.exclude(status__in=[Status.DUPLICATE, Status.DONE])
    return found.filter(likely).order_by(*SORTS[""]) if words else found.none()
