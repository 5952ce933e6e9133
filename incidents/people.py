"""The people of the active commune who handle reports, to whom one can be given."""

from collections.abc import Iterable

from django.db.models import QuerySet

from identity.members import Member
from incidents.access import WRITERS
from incidents.calendar import current_commune
from tenants.models import Membership


def members(roles: Iterable[str]) -> QuerySet[Membership]:
    """Return those who have one of these roles in the active commune, and may log in."""
    return Membership.objects.filter(
        commune_id=current_commune().pk,
        role__in=sorted(roles),
        is_active=True,
        user__is_active=True,
    )


def colleague(user_id: int) -> Member | None:
    """Find somebody who handles reports here; None for anybody else. One query."""
    found = members(WRITERS).select_related("user").filter(user_id=user_id).first()
    if found is None:
        return None
    return Member(
        user_id=found.user_id,
        name=found.user.display_name,
        role=found.role,
        commune_id=found.commune_id,
        email=found.user.email,
    )
