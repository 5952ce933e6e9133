"""Decide what a version of the library does to a row, by its policy: no database, no clock."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from shelf.merge import (
    Conflict,
    Difference,
    Lists,
    Payload,
    differences,
    get,
    impose,
    merge,
    same,
)


OPTIONAL: Final = "optional"
LEGAL: Final = "legal"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the row becomes, what is proposed, and which of its words the law replaced."""

    payload: dict[str, Any]
    conflicts: tuple[Conflict, ...] = ()
    replaced: tuple[Difference, ...] = ()


def plan(
    *,
    base: Payload,
    theirs: Payload,
    mine: Payload,
    policy: str,
    lists: Lists,
    locked: Collection[str] = (),
) -> Plan:
    """Say what happens to ``mine`` when ``theirs`` comes, written over ``base``."""
    if policy == LEGAL:
        return _by_law(base, theirs, mine, lists)
    merged = merge(base, theirs, mine, lists=lists, locked=locked)
    if policy != OPTIONAL:
        return Plan(merged.payload, merged.conflicts)
    wished = [
        Conflict(each.path, get(base, each.path), each.after, each.before)
        for each in differences(mine, merged.payload, lists=lists)
        if not each.is_order
    ]
    return Plan(dict(mine), (*wished, *merged.conflicts))


def _by_law(base: Payload, theirs: Payload, mine: Payload, lists: Lists) -> Plan:
    payload = impose(theirs, mine, lists=lists)
    replaced = tuple(
        each
        for each in differences(mine, payload, lists=lists)
        if not each.is_order and not same(each.before, get(base, each.path))
    )
    return Plan(payload, replaced=replaced)
