"""One appointment to come for each pre-application number: nobody holds two for one title.

Over all communes, under a lock on each number (France Titres contract, 4); agents may override.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import planning
from booking.models import Appointment, Participant
from coordination import index
from coordination.locks import claim
from parvis.errors import DomainError


class AlreadyBooked(DomainError):
    """Somebody with this number has an appointment to come."""

    message = _(
        "Un de ces numéros de pré-demande a déjà un rendez-vous. Retrouvez-le pour le déplacer "
        "ou l’annuler."
    )
    href = "/mon-rendez-vous/retrouver/"


def refuse_doubled(appointment: Appointment, *, now: datetime) -> None:
    """Refuse numbers that have another appointment, once nobody else books with them.

    To be called in the transaction that confirms, which keeps the numbers until it commits.

    Raises:
        AlreadyBooked: one has, here or in another commune.
    """
    numbers = appointment.numbers
    if not numbers:
        return
    claim(numbers)
    if booked_numbers(numbers, but=appointment, now=now) or doubled(
        numbers, but=appointment, now=now
    ):
        raise AlreadyBooked


def doubled(numbers: Iterable[str], *, but: Appointment, now: datetime) -> dict[str, index.Taken]:
    """Find the other appointment of each number, wherever it is; one query."""
    commune = planning.current_commune()
    return index.taken(numbers, commune=commune, but=but.reference, now=now)


def booked_numbers(numbers: Iterable[str], *, but: Appointment, now: datetime) -> frozenset[str]:
    """Return those of the numbers that have another appointment to come; one query."""
    wanted = {number for number in numbers if number}
    if not wanted:
        return frozenset()
    found = (
        Participant.objects.numbered(wanted)
        .filter(
            cancelled_at__isnull=True,
            appointment__status=Appointment.Status.BOOKED,
            appointment__period__startswith__gt=now,
            appointment__service__is_collection=False,
        )
        .exclude(appointment=but)
    )
    pairs = found.values_list("pre_application", "other_number")
    return frozenset(number for pair in pairs for number in pair) & wanted
