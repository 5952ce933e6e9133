"""What the association's pages share: whose they are, and the one door to a member commune."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from identity.access import member_of
from identity.members import Member
from tenants.models import Association, Commune, Membership, User


def association_of(request: HttpRequest) -> Association:
    """Return the association whose site this is."""
    return request.association  # type: ignore[attr-defined,no-any-return]


def who(request: HttpRequest) -> Member:
    """Return who works here; the page lets nobody else in."""
    member = member_of(request)
    if member is None:
        raise TypeError("The page is guarded by staff_only.")
    return member


def member_commune(request: HttpRequest, insee_code: str) -> Commune:
    """Find a commune of this association, or answer 404."""
    found = Commune.objects.select_related("association")
    return get_object_or_404(found, association=association_of(request), insee_code=insee_code)


def team_of(association: Association) -> QuerySet[User]:
    """List those who work for an association, by name."""
    at_work = Membership.objects.filter(association=association, is_active=True)
    return User.objects.filter(is_active=True, pk__in=at_work.values("user")).order_by(
        "display_name", "email"
    )
