"""What every change of an appointment does: lock it, write it in its history, tell the citizen."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from booking import declaring, planning, pushes, texts, topics, webhooks
from booking.models import Appointment, AppointmentEvent
from booking.taking import Busy, lock_days
from identity.members import Member
from messaging.actions import call_off
from messaging.models import OutgoingText
from parvis import live
from parvis.deferred import defer
from parvis.models import OutgoingEmail


GIVES_BACK = {
    AppointmentEvent.Kind.CANCELLED,
    AppointmentEvent.Kind.MOVED,
    AppointmentEvent.Kind.SHORTENED,
}


DAYS_REMINDED = 8  # a reminder's key ends with how many days before it was written


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

    Once it is committed, pages that show the day or her appointment follow, and what gives time
    back is offered to those who wait. Browsers and programs that asked are told. What still waits
    to remind her of it as it was is called off. What the State is to know is written down.
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
    live.touch(topics.of_appointment(appointment.pk))
    pushes.tell(kind, appointment, now=now, is_hers=by is None)
    webhooks.tell(kind, appointment, now=now)
    declaring.follow(appointment, kind, now=now)
    if kind in GIVES_BACK:
        defer("booking.serve_waiting")
        _call_off(appointment, now)


def _call_off(appointment: Appointment, now: datetime) -> None:
    """Give up what still waits to remind her of the appointment as it was."""
    written = [f"{appointment.pk}.{version}" for version in range(1, appointment.version + 1)]
    repeats = range(1, DAYS_REMINDED + 1)
    emails = [
        *(f"presence.{each}" for each in written),
        *(f"reminder.{each}" for each in written),
        *(f"reminder.{each}.{days}" for each in written for days in repeats),
    ]
    call_off(model=OutgoingEmail, keys=emails, now=now)
    call_off(model=OutgoingText, keys=texts.reminder_keys(appointment), now=now)


def tell(mail: Callable[..., Any], appointment: Appointment, **facts: Any) -> None:
    """Write a message of :mod:`booking.emails` to the citizen; without an address, by text."""
    if appointment.email:
        mail(appointment, planning.current_commune(), **facts).send()
    elif appointment.phone and texts.may_text(appointment.phone):
        texts.instead_of_email(
            mail.__name__, appointment, planning.current_commune(), token=facts.get("token", "")
        )
