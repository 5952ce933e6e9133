"""Whom the association's pages let choose: those who work for it."""

from django.db.models import QuerySet

from tenants.models import Association, Membership, User


def team_of(association: Association) -> QuerySet[User]:
    """List those who work for an association, by name."""
    at_work = Membership.objects.filter(association=association, is_active=True)
    return User.objects.filter(is_active=True, pk__in=at_work.values("user")).order_by(
        "display_name", "email"
    )
