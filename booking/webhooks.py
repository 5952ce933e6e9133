"""What other programs are told of an appointment: references, states and times, never who."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.models import Appointment, AppointmentEvent
from connect import events, webhooks


Kind = AppointmentEvent.Kind
TOLD: Mapping[str, str] = {
    Kind.BOOKED: events.APPOINTMENT_BOOKED,
    Kind.MOVED: events.APPOINTMENT_MOVED,
    Kind.CANCELLED: events.APPOINTMENT_CANCELLED,
    Kind.HONOURED: events.APPOINTMENT_OUTCOME,
    Kind.MISSED: events.APPOINTMENT_OUTCOME,
    Kind.COMPLETE: events.APPOINTMENT_OUTCOME,
    Kind.INCOMPLETE: events.APPOINTMENT_OUTCOME,
    Kind.RESET: events.APPOINTMENT_OUTCOME,
}


def tell(kind: str, appointment: Appointment, *, now: datetime) -> None:
    """Have a fact told, in its transaction; one query, and none for what nobody is told of."""
    if event := TOLD.get(kind):
        webhooks.note(event, data(appointment), now=now)


def data(appointment: Appointment) -> dict[str, Any]:
    """Say what an appointment is, without whose; ``version`` grows with each change of it."""
    return {
        "reference": appointment.reference,
        "service": appointment.service.slug,
        "site": appointment.site_id,
        "start": appointment.start,
        "end": appointment.end,
        "persons": appointment.persons,
        "status": appointment.status,
        "outcome": appointment.outcome,
        "channel": appointment.channel,
        "version": appointment.version,
    }
