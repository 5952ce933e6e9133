"""Whom a commune is compared with, and where its peers stand. Pure.

Peers own the same module. Criteria are dropped from the last until there are at least five of
them besides the commune; who they are is never told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


FEWEST = 5
BANDS = (1_000, 3_500, 10_000, 30_000)
URBAN = 10_000
CRITERIA = ("population", "stations", "setting")
PRACTICE_SHARE = 2 / 3


@dataclass(frozen=True, slots=True)
class Place:
    """What decides to whom a commune is comparable."""

    key: int
    population: int
    stations: int

    @property
    def traits(self) -> tuple[object, ...]:
        """One value for each of ``CRITERIA``, in order."""
        return (
            band(self.population),
            min(self.stations, 3),
            "urban" if self.population >= URBAN else "rural",
        )


@dataclass(frozen=True, slots=True)
class Cohort:
    """The peers of a commune, and the criteria that had to be dropped to find them."""

    members: tuple[int, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Three values among those of the peers."""

    low: float
    middle: float
    high: float


def band(population: int) -> int:
    """Number the band of population, smallest first."""
    return sum(population >= floor for floor in BANDS)


def cohort(place: Place, others: Iterable[Place]) -> Cohort | None:
    """Find at least five peers, dropping criteria from the last; None when there are not five."""
    others = [each for each in others if each.key != place.key]
    for kept in range(len(CRITERIA), -1, -1):
        found = [each.key for each in others if each.traits[:kept] == place.traits[:kept]]
        if len(found) >= FEWEST:
            return Cohort(tuple(sorted(found)), CRITERIA[kept:])
    return None


def quartiles(values: Sequence[float]) -> Quartiles:
    """Cut sorted values in four, between neighbours where the cut falls between them.

    Raises:
        ValueError: fewer than five values would tell whose they are.
    """
    if len(values) < FEWEST:
        raise ValueError("Fewer than five values are nobody's quartiles.")
    ranked = sorted(values)
    return Quartiles(_cut(ranked, 0.25), _cut(ranked, 0.5), _cut(ranked, 0.75))


def _cut(ranked: Sequence[float], share: float) -> float:
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def differing_practice(
    own: Collection[str],
    peers: Mapping[int, Collection[str]],
    values: Mapping[int, float],
    *,
    is_high_good: bool,
) -> str:
    """Name what the best quarter of the peers mostly do and the commune does not; or nothing.

    Among several, that which the others do least: it is what sets the best apart.
    """
    cuts = quartiles(list(values.values()))
    best = [
        key
        for key, value in values.items()
        if (value >= cuts.high if is_high_good else value <= cuts.low)
    ]
    rest = [key for key in values if key not in best]
    found = []
    for practice in sorted({each for key in best for each in peers.get(key, ())} - set(own)):
        share = _share(practice, best, peers)
        if share >= PRACTICE_SHARE:
            found.append((_share(practice, rest, peers) - share, practice))
    return min(found)[1] if found else ""


def _share(practice: str, keys: Sequence[int], peers: Mapping[int, Collection[str]]) -> float:
    return sum(practice in peers.get(key, ()) for key in keys) / len(keys) if keys else 0.0
