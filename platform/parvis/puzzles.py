"""A sum that takes a phone about a second to do, and a server nothing to check: pure.

It is made of several small ones, so that nobody is unlucky for long, and progress can be shown.
"""

import hashlib
from collections.abc import Sequence
from itertools import count


PARTS = 8
BITS = 11  # 8 × 2¹¹: about 16,000 hashes


def is_solved(challenge: str, numbers: Sequence[int]) -> bool:
    """Tell whether each part of the sum comes out."""
    return len(numbers) == PARTS and all(
        _comes_out(challenge, part, number) for part, number in enumerate(numbers)
    )


def solve(challenge: str) -> list[int]:
    """Do the sum, as a browser does."""
    return [
        next(number for number in count() if _comes_out(challenge, part, number))
        for part in range(PARTS)
    ]


def _comes_out(challenge: str, part: int, number: int) -> bool:
    found = hashlib.sha256(f"{challenge}:{part}:{number}".encode()).digest()
    return int.from_bytes(found[:4]) >> (32 - BITS) == 0
