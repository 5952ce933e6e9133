"""The middle and the ninth tenth of a few durations, in whole units. Pure.

Medians do not add up: each commune tells its own, and none of fewer than ten cases.
"""

import math
from collections.abc import Sequence


FEWEST = 10


def nearest_rank(values: Sequence[float], share: float) -> int | None:
    """Return the value that so many of the others do not exceed, rounded; None of a few."""
    if len(values) < FEWEST:
        return None
    ranked = sorted(values)
    return math.floor(ranked[max(0, math.ceil(share * len(ranked)) - 1)] + 0.5)


def middle_of(values: Sequence[int]) -> int:
    """Return the lower middle of some samples, however few.

    Raises:
        ValueError: there is none.
    """
    if not values:
        raise ValueError("Nothing has no middle.")
    return sorted(values)[(len(values) - 1) // 2]
