"""Constraints that list the very choices of a field: Django's own bind forms only.

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
