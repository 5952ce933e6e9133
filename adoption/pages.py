"""What the pages of measures have in common."""

from collections.abc import Iterable
from datetime import date

from django.http import Http404

from adoption.definitions import DEFINITIONS
from adoption.letters import month_name
from adoption.reading import Pair


MONTHS = 12


def month_of(written: str) -> date:
    """Read the month of an address, its first day; or answer 404."""
    try:
        day = date.fromisoformat(written)
    except ValueError as refusal:
        raise Http404 from refusal
    return day.replace(day=1)


def points(code: str, months: Iterable[tuple[date, Pair]]) -> list[tuple[str, float]]:
    """Turn the months of a figure into a curve; those not to be told are left out."""
    definition = DEFINITIONS[code]
    scale = 100 if definition.unit == "share" else 1
    return [
        (month_name(month), round(scale * value, 1))
        for month, pair in months
        if (value := definition.value(*pair)) is not None
    ]
