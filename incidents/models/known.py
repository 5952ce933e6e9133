"""Constraints that several tables share.

Those that list the very choices of a field are needed because Django's own bind forms only.
The class ``Meta`` does not see the choices nested beside it: it repeats their values, and a test
compares both lists.
"""

from collections.abc import Sequence

from django.db.models import CheckConstraint, Q


def known(
    what: str, field: str, values: str | Sequence[str | int], *, or_empty: bool = False
) -> CheckConstraint:
    """Refuse any value but these, a list or words in a row; ``what`` begins the name."""
    listed = values.split() if isinstance(values, str) else list(values)
    return CheckConstraint(
        name=f"{what}_{field}_known",
        condition=Q(**{f"{field}__in": [*listed, ""] if or_empty else listed}),
    )


def both_on_earth(name: str, *, lat: str, lon: str) -> CheckConstraint:
    """Refuse a place of one number, and one that is not on Earth."""
    neither = Q(**{f"{lat}__isnull": True, f"{lon}__isnull": True})
    both = {f"{lat}__isnull": False, f"{lon}__isnull": False}
    on_earth = {f"{lat}__range": (-90, 90), f"{lon}__range": (-180, 180)}
    return CheckConstraint(name=name, condition=neither | Q(**both, **on_earth))
