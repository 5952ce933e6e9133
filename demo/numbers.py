"""Numbers of the next appointments for titles, told to the stand-in of the State.

What the page of the commune then shows is what the stand-in answered: most are declared, one is
unknown there, one meets a breakdown for good, one waits to be verified, one is doubled.
"""

from collections.abc import Sequence
from datetime import datetime

from booking import declaring, planning
from booking.models import Appointment, Participant, Service
from coordination import checks, client
from coordination.client import Line
from coordination.models import Declaration, Meeting
from coordination.sync import BACKOFF, sync
from tenants.models import Commune


MOST = 24  # appointments, the soonest ones
UNKNOWN, BROKEN, LATE, DOUBLED = "INCO7K2M9Q", "PANN4T8R2W", "PANN9X3D5B", "AILL6H2V8C"
STORY = (UNKNOWN, BROKEN, LATE)


def tell(*, commune: Commune, now: datetime) -> None:
    """Give the first numbers a story, then tell the State of all of them."""
    ahead = _ahead(now)
    _renumber(ahead)
    for each in ahead:
        declaring.declare(each, now=now)
    line = client.line(commune)
    if line is None:
        return
    for number in Declaration.objects.values_list("number", flat=True).distinct():
        sync(number=number, line=line, now=now, pause=_at_once)
    for _again in BACKOFF:
        sync(number=BROKEN, line=line, now=now, pause=_at_once)
    _meet(line, now=now)


def _ahead(now: datetime) -> list[Appointment]:
    """Read the next appointments for titles that were booked on line with a number."""
    numbered = Participant.objects.exclude(pre_application="")
    found = (
        Appointment.objects.filter(
            status=Appointment.Status.BOOKED,
            channel=Appointment.Channel.ONLINE,
            period__startswith__gt=now,
            pk__in=numbered.values("appointment"),
            service__is_collection=False,
        )
        .exclude(service__titles=Service.Titles.NONE)
        .select_related("service", "site")
        .prefetch_related("participants")
        .order_by("period", "pk")
    )
    return list(found[:MOST])


def _renumber(ahead: Sequence[Appointment]) -> None:
    for appointment, number in zip(ahead[len(ahead) // 2 :], STORY, strict=False):
        person = next(each for each in appointment.participants.all() if each.pre_application)
        person.pre_application = number
        person.save(update_fields=["pre_application"])


def _meet(line: Line, *, now: datetime) -> None:
    """Count those who learn that they have an appointment elsewhere."""
    verdict = checks.look([DOUBLED], line=line, booking="demo", now=now)
    checks.count({Meeting.Kind.MET: len(verdict.elsewhere)}, now=now, zone=planning.zone())


def _at_once(_seconds: float) -> None:
    """Lose no time: the stand-in forgets at once."""
