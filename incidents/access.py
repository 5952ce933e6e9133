"""Who may do what with reports; citizens (no member) hold a link instead."""

from identity.members import ADMIN, READER, REPORT_AGENT, Member


WRITERS = frozenset({ADMIN, REPORT_AGENT})
READERS = WRITERS | {READER}


def may_handle(member: Member | None) -> bool:
    """Administrators and report agents move reports and answer."""
    return member is not None and member.role in WRITERS
