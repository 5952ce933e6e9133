"""Signed addresses on the association's site: to answer, to sign, to say what one thinks.

They work without an account, only in public, and for one purpose each.
"""

from parvis.signing import BadSignature, digest, seal, unseal
from tenants.hosts import absolute_url
from tenants.models import Association
from training.models import Attendance, HalfDay


ANSWER, HOT, COLD, CERTIFICATE = "reponse", "a-chaud", "a-froid", "attestation"
SHEET = "emargement"
PIN_DIGITS = 6

__all__ = [
    "ANSWER",
    "CERTIFICATE",
    "COLD",
    "HOT",
    "SHEET",
    "BadSignature",
    "key_of",
    "pin_of",
    "read",
    "url_of",
]


def key_of(row: Attendance | HalfDay, purpose: str) -> str:
    """Seal the number of a row for one purpose."""
    return seal(str(row.pk), purpose=f"training-{purpose}")


def read(sealed: str, purpose: str) -> int:
    """Read the number of a row.

    Raises:
        BadSignature: forged, or sealed for another purpose.
    """
    return int(unseal(sealed, purpose=f"training-{purpose}"))


def url_of(association: Association, row: Attendance | HalfDay, purpose: str) -> str:
    """Return the full address of the page that a key opens."""
    return absolute_url(association, f"/formations/{purpose}/{key_of(row, purpose)}/")


def pin_of(half_day: HalfDay) -> str:
    """Return the six digits that are shown in the room during one half-day."""
    drawn = int(digest(seal(f"{half_day.pk}:{half_day.session_id}", purpose="training-pin")), 16)
    return f"{drawn % 10**PIN_DIGITS:0{PIN_DIGITS}}"
