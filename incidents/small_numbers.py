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


def evened(rows: Sequence[tuple[Row, int]]) -> list[tuple[Row, int]]:
    """Add rows in a row together, as many each time, until none is small; each by its first.

    The ends, which are often cut short, join what is next to them. Nothing is left of fewer than
    five in all.
    """
    for width in range(1, len(rows) + 1):
        parts = [rows[start : start + width] for start in range(0, len(rows), width)]
        added = [(part[0][0], sum(count for _name, count in part)) for part in parts]
        if len(added) > 1 and is_small(added[-1][1]):
            added[-2:] = [(added[-2][0], added[-2][1] + added[-1][1])]
        if len(added) > 1 and is_small(added[0][1]):
            added[:2] = [(added[0][0], added[0][1] + added[1][1])]
        if not any(is_small(count) for _name, count in added):
            return added
    return []
