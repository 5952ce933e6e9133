"""In what order a team visits its reports: the nearest next, then crossings undone (2-opt)."""

from collections.abc import Sequence
from itertools import pairwise

from incidents.geo import Place, distance_m


PASSES_MOST = 20


def ordered(places: Sequence[Place], *, start: Place | None = None) -> list[int]:
    """Return the ranks of the places in a short order, from ``start`` or from the first.

    The way is open: nobody has to come back.
    """
    if not places:
        return []
    ways = [_nearest_next(places, start), list(range(len(places)))]
    shortest = min(ways, key=lambda way: length_m(way, places, start=start))
    return _uncrossed(shortest, places, start)


def length_m(path: Sequence[int], places: Sequence[Place], *, start: Place | None = None) -> float:
    """Measure a way as the crow flies, in metres."""
    way = ([start] if start else []) + [places[rank] for rank in path]
    return sum(distance_m(one, other) for one, other in pairwise(way))


def _nearest_next(places: Sequence[Place], start: Place | None) -> list[int]:
    left = set(range(len(places)))
    here = start if start is not None else places[0]
    path = []
    while left:
        nearest = min(left, key=lambda rank: (distance_m(here, places[rank]), rank))
        left.remove(nearest)
        path.append(nearest)
        here = places[nearest]
    return path


def _uncrossed(path: list[int], places: Sequence[Place], start: Place | None) -> list[int]:
    """Turn parts of the way round as long as that shortens it."""
    fixed = 0 if start is not None else 1
    for _pass in range(PASSES_MOST):
        best, shortest = path, length_m(path, places, start=start)
        for first in range(fixed, len(path) - 1):
            for last in range(first + 1, len(path)):
                turned = [*path[:first], *reversed(path[first : last + 1]), *path[last + 1 :]]
                length = length_m(turned, places, start=start)
                if length < shortest - 0.01:
                    best, shortest = turned, length
        if best is path:
            return path
        path = best
    return path
