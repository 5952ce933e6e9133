"""Who asks, as every other app sees it: a value, never a row of the public schema."""

from dataclasses import dataclass


ADMIN = "admin"
BOOKING_AGENT = "booking_agent"
REPORT_AGENT = "report_agent"
READER = "reader"
DIRECTOR = "director"
REFERENT = "referent"
NAME_MOST = 80  # characters of a name that histories keep

# Those who can change what others may do, or see figures of many communes.
NEEDS_SECOND_FACTOR = frozenset({ADMIN, DIRECTOR, REFERENT})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for the commune or the association of this very host.

    ``name`` is what appointments and histories keep, so that they stay readable once the account
    is erased: no longer than ``NAME_MOST``.
    """

    user_id: int
    name: str
    role: str
    commune_id: int | None = None
    association_id: int | None = None
    email: str = ""
    is_phone_desk: bool = False
    """Whether she answers the telephone of the association for this commune."""

    is_support: bool = False
    """Whether she reads here for a while, without working here."""
    support_name: str = ""
    """Who reads here as support at this moment; nobody most of the time."""
    support_reason: str = ""
    support_until: float = 0.0
    """Until when at most, in seconds since 1970."""

    @property
    def needs_second_factor(self) -> bool:
        """Whether the role demands more than a password."""
        return self.is_support or self.role in NEEDS_SECOND_FACTOR
