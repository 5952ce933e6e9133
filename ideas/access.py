"""Who reads ideas, who speaks, who answers."""

from identity.members import (
    ADMIN,
    BOOKING_AGENT,
    DIRECTOR,
    READER,
    REFERENT,
    REPORT_AGENT,
)


MEMBERS = (ADMIN, BOOKING_AGENT, REPORT_AGENT, READER)  # everybody of a member commune speaks
TEAM = (DIRECTOR, REFERENT)
