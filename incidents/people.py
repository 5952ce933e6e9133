"""The people of the active commune who handle reports, to whom one can be given."""

from identity.members import Member
from incidents.access import WRITERS
from incidents.calendar import current_commune
from tenants.models import Membership


def colleague(user_id: int) -> Member | None:
    """Find somebody who handles reports here; None for anybody else. One query."""
    commune = current_commune()
    found = (
        Membership.objects.select_related("user")
        .filter(
            user_id=user_id,
            commune_id=commune.pk,
            role__in=sorted(WRITERS),
            is_active=True,
            user__is_active=True,
        )
        .first()
    )
    if found is None:
        return None
    return Member(
        user_id=found.user_id,
        name=found.user.display_name,
        role=found.role,
        commune_id=commune.pk,
        email=found.user.email,
    )
