"""How well a commune is doing, 0 to 100, explained line by line. Pure.

Each line is a share of its weight. A line that nobody can rate says so, and the others make the
whole: 60 points out of 80 rated ones are 75.
"""

from collections.abc import Sequence
from dataclasses import dataclass


WEIGHTS = {
    "usage": 30,
    "online": 20,
    "staff": 15,
    "freshness": 15,
    "training": 10,
    "support": 5,
    "billing": 5,
}
RED, GREEN = 40, 70
FEWEST_RATED = 50
"""Points that must be rated for a whole to mean something."""
FEWEST_BEFORE = 20
"""Bookings below which a trend says nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the score: between 0 and 1, or None when it cannot be rated."""

    key: str
    share: float | None

    @property
    def weight(self) -> int:
        """How many points it is worth at most."""
        return WEIGHTS[self.key]

    @property
    def points(self) -> float | None:
        """How many points it brings."""
        return None if self.share is None else round(self.weight * self.share, 1)


def score(lines: Sequence[Line]) -> int | None:
    """Add the lines that are rated and bring them to a hundred; None when too few are."""
    rated = [line for line in lines if line.share is not None]
    weight = sum(line.weight for line in rated)
    if weight < FEWEST_RATED:
        return None
    return round(100 * sum(line.weight * (line.share or 0) for line in rated) / weight)


def is_red(points: int | None) -> bool:
    """Tell whether somebody should call."""
    return points is not None and points < RED


def usage(now: int, before: int, *, season: float | None = None) -> float | None:
    """Rate how use goes on: all of it when it does not fall, nothing when it is halved.

    ``season`` is what the peers did between the same two periods: a fall that everybody has is
    nobody's. None when there was too little to compare.
    """
    if before < FEWEST_BEFORE:
        return None
    ratio = now / before
    if season is not None and 0 < season < 1:
        ratio /= season
    return _between((ratio - 0.5) / 0.5)


def online(share: float | None, *, low: float | None, middle: float | None) -> float | None:
    """Rate the online share: all at the peers' median, a quarter at their first quartile."""
    if share is None or low is None or middle is None:
        return None
    if share >= middle:
        return 1.0
    if middle > low and share >= low:
        return 0.25 + 0.75 * (share - low) / (middle - low)
    return _between(0.25 * share / low) if low else 0.0


def staff(active: int, invited: int) -> float | None:
    """Rate how many of those invited do something: all from half of them on."""
    return _between(2 * active / invited) if invited else None


def freshness(
    *, unmarked: float | None, silent: float | None, has_slot: bool | None
) -> float | None:
    """Rate what is kept up to date: a third each for marks, reports and open slots.

    A fifth of unmarked visits, or of silent reports, is worth nothing any more.
    """
    parts = [
        None if unmarked is None else _between(1 - unmarked / 0.2),
        None if silent is None else _between(1 - silent / 0.2),
        None if has_slot is None else float(has_slot),
    ]
    rated = [part for part in parts if part is not None]
    return sum(rated) / len(rated) if rated else None


def _between(value: float) -> float:
    return max(0.0, min(1.0, value))
