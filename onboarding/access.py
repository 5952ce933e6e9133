"""Who may read the figures of an association."""

from identity.members import DIRECTOR, REFERENT, Member


TEAM = (DIRECTOR, REFERENT)


def may_follow(member: Member | None) -> bool:
    """Tell whether somebody works for the association of this host."""
    return member is not None and member.role in TEAM and member.association_id is not None
