"""What the pages of measures have in common."""

from collections.abc import Iterable
from datetime import date

from django.http import Http404, HttpRequest

from adoption.definitions import DEFINITIONS
from adoption.letters import month_name
from adoption.reading import Pair
from tenants.models import Association, Commune


MONTHS = 12


def association_of(request: HttpRequest) -> Association:
    """Return the association of the host."""
    return request.association  # type: ignore[attr-defined,no-any-return]


def commune_of(request: HttpRequest) -> Commune:
    """Return the commune of the host."""
    return request.commune  # type: ignore[attr-defined,no-any-return]


def member_commune(request: HttpRequest, insee_code: str) -> Commune:
    """Return a member of the association, or answer 404."""
    found = Commune.objects.filter(
        association=association_of(request), insee_code=insee_code
    ).first()
    if found is None:
        raise Http404
    return found


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
