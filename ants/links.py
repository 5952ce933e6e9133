"""What is told of an appointment to the State, in the same bytes wherever it is told.

The hub compares place, wall time and address of what we answer with what we declared: one byte of
difference gives the citizen a second appointment that does not exist (ANTS contract, 3.5). Hence
one function, for ``searchApplicationIds`` and for the coordination API.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from ants import keys, numbers
from ants.models import PreDemandeIndex
from parvis.guard import current_schema
from tenants.hosts import moved_url


DERIVED = re.compile(rf"(?P<reference>[0-9A-Z]{{1,20}})\.(?P<mac>[0-9a-f]{{{keys.MAC}}})")
CANCEL = "annuler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Where and when somebody is expected, and where she changes it without a password."""

    meeting_point: str
    wall: datetime
    """The time on the clock of the town hall, without a zone."""
    management_url: str
    cancel_url: str

    @property
    def for_hub(self) -> dict[str, str]:
        """The four fields the hub wants, all of them; its ``Z`` lies: this is wall time."""
        return {
            "meeting_point": self.meeting_point,
            "datetime": f"{self.wall:%Y-%m-%dT%H:%MZ}",
            "management_url": self.management_url,
            "cancel_url": self.cancel_url,
        }

    @property
    def for_coordination(self) -> str:
        """The time as the coordination API reads it (5)."""
        return f"{self.wall:%Y-%m-%d %H:%M:%S}"


def declare(entry: PreDemandeIndex, number: str, *, host: str) -> Declaration:
    """Say all that the State is told of one number of one appointment.

    ``host`` is the commune's main one. The address is derived: nothing secret is stored, and it
    is the same every time, whatever key is new since.
    """
    commune = entry.commune
    mac = keys.mac(commune.schema_name, entry.appointment, number, version=entry.key_version)
    path = f"/rdv/{entry.appointment}.{mac}"
    query = urlencode({"n": number})
    return Declaration(
        meeting_point=entry.point.name,
        wall=entry.start.astimezone(ZoneInfo(commune.time_zone)).replace(tzinfo=None),
        management_url=moved_url(host, f"{path}?{query}"),
        cancel_url=moved_url(host, f"{path}/{CANCEL}?{query}"),
    )


def is_derived(token: str) -> bool:
    """Tell an address derived for the State from those that citizens are sent."""
    return DERIVED.fullmatch(token) is not None


def opened_by(token: str, number: str) -> tuple[str, str] | None:
    """Read a derived address of the active commune: reference of the appointment, and number.

    None for what was not made here for this number.
    """
    found, wanted = DERIVED.fullmatch(token), numbers.normalise(number)
    if found is None or not wanted:
        return None
    reference = found["reference"]
    if not keys.is_mac(found["mac"], current_schema(), reference, wanted):
        return None
    return reference, wanted
