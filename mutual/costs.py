"""Share a sum to the cent. Pure."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar


Key = TypeVar("Key")


def shares(total: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Share cents by weights: the parts add up, and none is a cent off its exact value.

    The cents left by rounding down go to the largest remainders, then to the first named. Without
    any weight everybody pays the same.
    """
    if not weights:
        return {}
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    whole = sum(weights.values())
    exact = {key: Fraction(total * weight, whole) for key, weight in weights.items()}
    parts = {key: int(part) for key, part in exact.items()}
    left = total - sum(parts.values())
    by_remainder = sorted(exact, key=lambda key: parts[key] - exact[key])
    for key in by_remainder[:left]:
        parts[key] += 1
    return parts
