"""In what order a team visits its reports: the nearest next, then crossings undone (2-opt)."""

from collections.abc import Sequence
from itertools import pairwise

from incidents.geo import Place, distance_m


PASSES_MOST = 60
WORTH_M = 0.01  # a way is not shorter by less

Table = Sequence[Sequence[float]]


def ordered(places: Sequence[Place], *, start: Place | None = None) -> list[int]:
    """Return the ranks of the places in a short order, from ``start`` or from the first.

    The way is open: nobody has to come back.
    """
    if not places:
        return []
    known = [*places, start] if start is not None else list(places)
    metres = [[distance_m(one, other) for other in known] for one in known]
    first = len(places) if start is not None else 0
    others = [rank for rank in range(len(places)) if rank != first]
    ways = [_nearest_next(others, metres, first), [first, *others]]
    path = _uncrossed(min(ways, key=lambda way: _along(way, metres)), metres)
    return path[1:] if start is not None else path


def length_m(path: Sequence[int], places: Sequence[Place], *, start: Place | None = None) -> float:
    """Measure a way as the crow flies, in metres."""
    way = ([start] if start else []) + [places[rank] for rank in path]
    return sum(distance_m(one, other) for one, other in pairwise(way))


def _along(path: Sequence[int], metres: Table) -> float:
    return sum(metres[one][other] for one, other in pairwise(path))


def _nearest_next(others: Sequence[int], metres: Table, first: int) -> list[int]:
    left, path = set(others), [first]
    while left:
        here = metres[path[-1]]
        nearest = min(left, key=lambda rank: (here[rank], rank))
        left.remove(nearest)
        path.append(nearest)
    return path


def _uncrossed(path: list[int], metres: Table) -> list[int]:
    """Turn parts of the way round as long as that shortens it; the first place stays."""
    for _pass in range(PASSES_MOST):
        turned = False
        for first in range(1, len(path) - 1):
            for last in range(first + 1, len(path)):
                if _gain(path, first, last, metres) > WORTH_M:
                    path[first : last + 1] = reversed(path[first : last + 1])
                    turned = True
        if not turned:
            break
    return path


def _gain(path: Sequence[int], first: int, last: int, metres: Table) -> float:
    """Say how much shorter the way is when a part of it is walked backwards."""
    before, one, other = path[first - 1], path[first], path[last]
    saved = metres[before][one] - metres[before][other]
    if last + 1 < len(path):
        after = path[last + 1]
        saved += metres[other][after] - metres[one][after]
    return saved
