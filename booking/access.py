"""Who may do what with appointments; citizens (no member) hold a link instead."""

from identity.members import Member
from tenants.models import Membership


WRITERS = {Membership.Role.ADMIN, Membership.Role.BOOKING_AGENT}
READERS = WRITERS | {Membership.Role.READER}


def may_book(member: Member | None) -> bool:
    """Those who receive citizens book and cancel for them."""
    return member is not None and member.role in WRITERS


def may_mark(member: Member | None) -> bool:
    """Those who receive citizens say who came."""
    return may_book(member)
