"""The ordinary week of a town hall."""

from collections.abc import Sequence
from typing import Any

from django import template

from parvis.pieces import WeekDay


register = template.Library()


@register.inclusion_tag("ui/week.html")
def week(days: Sequence[WeekDay]) -> dict[str, Any]:
    """Show the openings of a week, its days side by side; on a phone, one after the other.

    The page links ``css/week.css``.
    """
    return {"days": days}
