"""Who may share a diary, and how long an address stays good."""

from booking.access import WRITERS
from calendars.models import Agenda
from identity.members import ADMIN, Member
from parvis.guard import TenantQuerySet
from tenants.models import Commune, Membership


def visible(member: Member) -> "TenantQuerySet[Agenda]":
    """List those a member sees and may end: her own; all of them for an administrator."""
    found = Agenda.objects.all()
    return found if member.role == ADMIN else found.filter(by_id=member.user_id)


def still_receives(agenda: Agenda, commune: Commune) -> bool:
    """Tell whether who asked for the address still receives citizens in the commune; a query.

    Roles are those that book (``booking.access``): she reads the same on her screen.
    """
    standing = Membership.objects.at_work().filter(commune=commune, role__in=WRITERS)
    return standing.filter(user_id=agenda.by_id).exists()
