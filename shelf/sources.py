"""What the apps below ask about what came from the library: :class:`parvis.provenance.Knows`."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q

from booking.checklists import own_texts
from parvis.provenance import Source
from shelf.history import current
from shelf.kinds import KINDS
from shelf.mappings import MAPPINGS
from shelf.merge import differences, impose
from shelf.models import Origin
from shelf.words import label


LISTS = ("pack", "hours")
"""Kinds of which the items are the rows."""
Wanted = Mapping[str, Collection[int | str]]


def sources(wanted: Wanted) -> list[Source]:
    """List the sources of some things that follow the library; one query.

    What is a row is asked by its number; documents, messages and categories by their keys;
    openings by their numbers.
    """
    which = Q(pk=None)
    for kind, known_by in wanted.items():
        which |= Q(kind=kind) & _known_by(kind, known_by)
    found = Origin.objects.filter(which, detached_at=None).order_by("kind", "slug")
    return [
        Source(
            kind=each.kind,
            slug=each.slug,
            name=each.name,
            version=each.version,
            is_by_law=each.by_law,
            uuid=each.template_uuid,
        )
        for each in found.defer("base")
        if each.kind not in LISTS or _holds(each, wanted[each.kind])
    ]


def breaches() -> dict[tuple[int, str], str]:
    """List where the commune says otherwise than the law imposes, and name each place."""
    return {
        (origin.pk, path): name
        for origin in Origin.objects.filter(by_law=True, detached_at=None)
        for path, name in _breaches(origin)
    }


def _breaches(origin: Origin) -> list[tuple[str, str]]:
    mine, kind = current(origin=origin), KINDS[origin.kind]
    if mine is None:
        return [("", origin.name)]
    wanted = impose(origin.base, mine, lists=kind.lists)
    found = differences(mine, wanted, lists=kind.lists)
    names = {key: text.title for key, text in own_texts().items() if text.title} if found else {}
    return [
        (each.path, label(kind, each.path, names=names, is_order=each.is_order)) for each in found
    ]


def _known_by(kind: str, known_by: Collection[int | str]) -> Q:
    if MAPPINGS[kind].is_row:
        return Q(object_id__in=known_by)
    return Q() if kind in LISTS else Q(slug__in=known_by)


def _holds(origin: Origin, known_by: Collection[Any]) -> bool:
    """Tell whether a keyed list that is rows holds one of those asked about."""
    return any(key in known_by or row in known_by for key, row in origin.keys)
