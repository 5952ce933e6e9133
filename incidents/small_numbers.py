"""What may be told of few people: under five, only that they are fewer than five.

Pure. A line that would be hidden is added to the others, so that no subtraction shows it.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar


FEWEST = 5
Row = TypeVar("Row")


def is_small(count: int) -> bool:
    """Tell whether a count could point to a person; nobody is nobody."""
    return 0 < count < FEWEST


def folded(rows: Sequence[Row], *, size: Callable[[Row], int]) -> tuple[list[Row], int]:
    """Keep the rows that are large enough; return them with the size of all the others.

    While the others are themselves too few to be told, the smallest of those kept joins them.
    """
    kept = sorted((row for row in rows if size(row) >= FEWEST), key=size, reverse=True)
    others = sum(size(row) for row in rows if size(row) < FEWEST)
    while is_small(others) and kept:
        others += size(kept.pop())
    return kept, others
