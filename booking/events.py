"""What every change of an appointment does: lock it, write it in its history, tell the citizen."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from booking import planning, topics
from booking.models import Appointment, AppointmentEvent
from booking.taking import Busy, lock_days
from identity.members import Member
from parvis import live
from parvis.deferred import defer


GIVES_BACK = {
    AppointmentEvent.Kind.CANCELLED,
    AppointmentEvent.Kind.MOVED,
    AppointmentEvent.Kind.SHORTENED,
}


def locked(appointment: Appointment) -> Appointment:
    """Read an appointment again and keep others from changing it until the transaction ends."""
    return (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("service", "site")
        .get(pk=appointment.pk)
    )


def locked_with_day(appointment: Appointment, *days: date) -> Appointment:
    """Lock the day an appointment is on now, and others, then the appointment itself.

    It may have moved since ``appointment`` was read.

    Raises:
        Busy: it moves at this very moment.
    """
    start = Appointment.objects.values_list("period", flat=True).get(pk=appointment.pk).lower
    lock_days([planning.local_day(start), *days])
    current = locked(appointment)
    if planning.local_day(current.start) != planning.local_day(start):
        raise Busy
    return current


def record(
    appointment: Appointment,
    kind: AppointmentEvent.Kind,
    *,
    by: Member | None,
    now: datetime,
    **detail: Any,
) -> None:
    """Add a line to the history; ``by`` is None when the citizen did it, or nobody.

    Once it is committed, pages that show the day follow, and what gives time back is offered to
    those who wait.
    """
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=kind,
        at=now,
        detail=detail,
        by_id=by.user_id if by else None,
        by_name=by.name if by else "",
    )
    live.touch(topics.of_day(planning.local_day(appointment.start)))
    if kind in GIVES_BACK:
        defer("booking.serve_waiting")


def tell(mail: Callable[..., Any], appointment: Appointment, **facts: Any) -> None:
    """Write a message of :mod:`booking.emails` to the citizen, if she gave an address."""
    if appointment.email:
        mail(appointment, planning.current_commune(), **facts).send()
