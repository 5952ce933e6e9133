"""Addresses that messages give a citizen: whoever holds one acts for her, in one commune only.

The secret of an appointment is stored as a digest, so a later message cannot repeat it. It has
a signed address instead, which ends when the secret is replaced.
"""

from booking.models import Appointment, Title, WaitingEntry
from parvis.signing import BadSignature, sign, unsign


KEPT_S = 400 * 24 * 3600  # longer than any appointment is taken ahead
STAMP = 12  # characters of the digest, enough to tell two secrets apart
APPOINTMENT, WAITING, TITLE = "rdv", "attente", "titre"


def secret_of(appointment: Appointment) -> str:
    """Sign a secret that opens an appointment, as the one of its first message does."""
    return sign([appointment.pk, appointment.token_hash[:STAMP]], purpose=APPOINTMENT)


def path_to(appointment: Appointment) -> str:
    """Return the address of an appointment."""
    return f"/rdv/{secret_of(appointment)}"


def appointment_behind(secret: str) -> tuple[int, str] | None:
    """Read a signed secret: the id of an appointment and the beginning of its digest."""
    return _read(secret, APPOINTMENT)


def path_to_entry(entry: WaitingEntry) -> str:
    """Return the address of a place in the waiting list."""
    return f"/attente/{sign([entry.pk, entry.token_hash[:STAMP]], purpose=WAITING)}/"


def entry_behind(secret: str) -> WaitingEntry | None:
    """Find the place in the waiting list that an address opens."""
    known = _read(secret, WAITING)
    if known is None:
        return None
    found = WaitingEntry.objects.filter(pk=known[0], token_hash__startswith=known[1])
    return found.select_related("service", "appointment").first()


def path_to_proposals(appointment: Appointment) -> str:
    """Return the address of the times held for whom the commune cannot receive as planned."""
    return f"/propositions/{secret_of(appointment)}/"


def path_to_title(title: Title) -> str:
    """Return the address of a title to collect."""
    return f"/titre/{sign([title.pk, title.token_hash[:STAMP]], purpose=TITLE)}/"


def title_behind(secret: str) -> Title | None:
    """Find the title that an address opens."""
    known = _read(secret, TITLE)
    if known is None:
        return None
    found = Title.objects.filter(pk=known[0], token_hash__startswith=known[1])
    return found.select_related("station", "participant", "collection").first()


def _read(secret: str, purpose: str) -> tuple[int, str] | None:
    try:
        key, stamp = unsign(secret, purpose=purpose, max_age=KEPT_S)
    except (BadSignature, TypeError, ValueError):
        return None
    return int(key), str(stamp)
