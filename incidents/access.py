"""Who may do what with reports; citizens (no member) hold a link instead."""

from identity.members import ADMIN, BOOKING_AGENT, READER, REPORT_AGENT, Member
from incidents.models import Report


WRITERS = frozenset({ADMIN, REPORT_AGENT})
READERS = WRITERS | {READER}
RECEIVERS = WRITERS | {BOOKING_AGENT}
"""Who writes down what is said by telephone or at the counter."""


def may_handle(member: Member | None) -> bool:
    """Administrators and report agents move reports and answer."""
    return member is not None and member.role in WRITERS


def may_read(member: Member | None) -> bool:
    """Those who only receive calls and visitors open no report."""
    return member is not None and member.role in READERS


def may_hand_slip(member: Member, reference: str) -> bool:
    """Whoever keyed a report in gives its slip, even if she opens no report."""
    return (
        may_handle(member)
        or Report.objects.filter(reference=reference, taken_by_id=member.user_id).exists()
    )
