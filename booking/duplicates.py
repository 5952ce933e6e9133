"""One appointment to come for each pre-application number: nobody holds two for one title."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking.models import Appointment, Participant
from parvis.errors import DomainError


class AlreadyBooked(DomainError):
    """Somebody with this number has an appointment to come."""

    message = _(
        "Un de ces numéros de pré-demande a déjà un rendez-vous dans cette mairie. Retrouvez-le "
        "pour le déplacer ou l’annuler."
    )
    href = "/mon-rendez-vous/retrouver/"


def booked_numbers(numbers: Iterable[str], *, but: Appointment, now: datetime) -> frozenset[str]:
    """Return those of the numbers that have another appointment to come; one query."""
    wanted = {number for number in numbers if number}
    if not wanted:
        return frozenset()
    found = Participant.objects.filter(
        pre_application__in=wanted,
        cancelled_at__isnull=True,
        appointment__status=Appointment.Status.BOOKED,
        appointment__period__startswith__gt=now,
        appointment__service__is_collection=False,
    ).exclude(appointment=but)
    return frozenset(found.values_list("pre_application", flat=True))
