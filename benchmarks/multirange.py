"""Ask the database for free starts in one statement, beside the kernel and without its code."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from booking.availability import Question


STATEMENT = (Path(__file__).parent / "multirange.sql").read_text()


def parameters(
    question: Question,
    *,
    first: date,
    days: int,
    zone: str,
    holidays: frozenset[date],
    now: datetime,
) -> dict[str, Any]:
    """Give the statement its parameters; needs that share units are not for it.

    Raises:
        ValueError: two needs have a unit in common.
    """
    pairs = [
        (number, unit)
        for number, need in enumerate(question.needs, start=1)
        for unit in sorted(need.units)
    ]
    if len({unit for _, unit in pairs}) < len(pairs):
        raise ValueError("Each unit serves one need.")
    return {
        "first": first,
        "days": days,
        "zone": zone,
        "holidays": sorted(holidays),
        "now": now,
        "length": question.length,
        "before": question.before,
        "after": question.after,
        "earliest": question.earliest,
        "latest": question.latest,
        "needs": [number for number, _ in pairs],
        "units": [unit for _, unit in pairs],
        "counts": [need.count for need in question.needs],
    }
