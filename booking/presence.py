"""What a town hall does against empty chairs: reminders, a question before the day, a limit.

A place whose owner does not answer is given back only when the question said so, with the time
until which to answer.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from booking import emails, planning, pushes, texts, topics
from booking.actions import cancel
from booking.events import locked, record, tell
from booking.models import Appointment, AppointmentEvent, OutageCase, Settings
from messaging.budget import text_settings
from messaging.models import OutgoingText
from parvis import live


WEEK_BEFORE, EVE = 7, 1  # days before, when documents are repeated
TEXTED = 2  # days before, when a text reminds
LATELY = timedelta(days=1)  # who has just booked needs no reminder
NOON = time(12)  # of the eve: when a place nobody answered for is given back
FIRST_HOUR, LAST_HOUR = 9, 19  # local, when messages are sent
UNANSWERED = "unanswered"  # reason of the cancellation, kept with the appointment


def answer_until(appointment: Appointment) -> datetime:
    """Say until when she may answer that she comes: noon of the day before, local time."""
    eve = planning.local_day(appointment.start) - timedelta(days=1)
    return datetime.combine(eve, NOON, planning.zone())


def is_asked(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether she is being asked and has not answered yet."""
    return (
        appointment.status == Appointment.Status.BOOKED
        and appointment.presence_asked_at is not None
        and appointment.presence_confirmed_at is None
        and now < appointment.start
    )


@transaction.atomic
def confirm_presence(*, appointment: Appointment, now: datetime) -> Appointment:
    """Note that she comes; twice changes nothing."""
    current = locked(appointment)
    if is_asked(current, now=now):
        current.presence_confirmed_at = now
        current.save(update_fields=["presence_confirmed_at"])
        record(current, AppointmentEvent.Kind.PRESENT, by=None, now=now)
    return current


def reminded_by_move(start: datetime, *, now: datetime) -> datetime | None:
    """Tell when she was last reminded, once her appointment has moved to ``start``.

    The message about the move repeats everything: within the week it is the reminder. Of a later
    day nothing was said yet.
    """
    return now if start < _midnight(now, days=WEEK_BEFORE + 1) else None


def write_to_citizens(*, now: datetime) -> int:
    """Send what is due by day: the question, the reminders; return how many messages.

    Nothing is sent at night.
    """
    if not FIRST_HOUR <= now.astimezone(planning.zone()).hour < LAST_HOUR:
        return 0
    return _ask(now=now) + _remind(now=now) + _remind_by_text(now=now)


def give_back_unanswered(*, now: datetime) -> int:
    """Free the places of those who were asked and did not answer in time; count them."""
    today = planning.local_day(now)
    asked = Appointment.objects.filter(
        status=Appointment.Status.BOOKED,
        presence_asked_at__isnull=False,
        presence_confirmed_at__isnull=True,
        period__startswith__gt=now,
        period__startswith__lt=_midnight(now, days=2),
    )
    freed = 0
    for appointment in asked.exclude(pk__in=_touched()):
        if answer_until(appointment) <= now and planning.local_day(appointment.start) > today:
            cancel(
                appointment=appointment,
                by=None,
                now=now,
                reason=UNANSWERED,
                mail=emails.given_back,
            )
            freed += 1
    return freed


def _ask(*, now: datetime) -> int:
    settings = Settings.objects.filter(pk=1).first() or Settings()
    if not settings.presence_days:
        return 0
    due = Appointment.objects.filter(
        status=Appointment.Status.BOOKED,
        service__asks_presence=True,
        presence_asked_at__isnull=True,
        booked_at__lte=now - LATELY,
        period__startswith__gte=_midnight(now, days=2),
        period__startswith__lt=_midnight(now, days=settings.presence_days + 1),
    ).exclude(email="")
    asked = 0
    for appointment in due.exclude(pk__in=_touched()):
        with transaction.atomic():
            current = _unchanged(appointment, presence_asked_at=None)
            if current is not None:
                current.presence_asked_at = now
                current.save(update_fields=["presence_asked_at"])
                live.touch(topics.of_appointment(current.pk))
                tell(emails.presence, current, until=answer_until(current))
                pushes.tell(pushes.PRESENCE, current, now=now)
                asked += 1
    return asked


def _remind(*, now: datetime) -> int:
    """Repeat the documents a week before, and on the eve to whom nothing was said lately."""
    soon = Appointment.objects.filter(
        status=Appointment.Status.BOOKED,
        booked_at__lte=now - LATELY,
        period__startswith__gte=_midnight(now, days=1),
        period__startswith__lt=_midnight(now, days=WEEK_BEFORE + 1),
    ).exclude(email="")
    never = Q(reminded_at__isnull=True)
    long_ago = Q(reminded_at__lt=now - timedelta(days=3))
    eve = Q(period__startswith__lt=_midnight(now, days=EVE + 1))
    reminded = 0
    for appointment in soon.filter(never | (eve & long_ago)).exclude(pk__in=_touched()):
        with transaction.atomic():
            current = _unchanged(appointment, reminded_at=appointment.reminded_at)
            if current is not None:
                current.reminded_at = now
                current.save(update_fields=["reminded_at"])
                tell(emails.reminder, current, now=now)
                pushes.tell(pushes.REMINDER, current, now=now)
                reminded += 1
    return reminded


def _remind_by_text(*, now: datetime) -> int:
    """Remind everybody with a mobile two days before, where the commune has switched it on."""
    chosen = text_settings()
    if not (chosen.is_on and chosen.reminds):
        return 0
    soon = Appointment.objects.filter(
        status=Appointment.Status.BOOKED,
        booked_at__lte=now - LATELY,
        period__startswith__gte=_midnight(now, days=TEXTED),
        period__startswith__lt=_midnight(now, days=TEXTED + 1),
    ).exclude(phone="")
    due = list(soon.exclude(pk__in=_touched()))
    known = _texted(due)
    reminded = 0
    for appointment in due:
        if appointment.pk in known:
            continue
        with transaction.atomic():
            current = _unchanged(appointment)
            if current is not None:
                reminded += texts.reminder(current, planning.current_commune())
    return reminded


def _texted(appointments: Iterable[Appointment]) -> set[int]:
    """Find those that a text reminds of already, at the time that they are now; one query."""
    keys = {key: each for each in appointments for key in texts.reminder_keys(each)}
    return {
        keys[text.key].pk
        for text in OutgoingText.objects.filter(key__in=keys)
        if text.key == texts.reminder_key(keys[text.key])
        or (text.dead_at is None and text.not_after == keys[text.key].start)
    }


def _unchanged(appointment: Appointment, **still: datetime | None) -> Appointment | None:
    """Lock it, unless it was cancelled, moved or written to since it was read."""
    current = locked(appointment)
    is_same = (current.status, current.period) == (appointment.status, appointment.period)
    is_same &= all(getattr(current, name) == value for name, value in still.items())
    return current if is_same else None


def _touched() -> QuerySet[OutageCase, Any]:
    """Select those who are being proposed other times: nobody tells them to come."""
    return OutageCase.objects.open().values("appointment")


def _midnight(now: datetime, *, days: int) -> datetime:
    """Return the beginning of the local day so many days from today."""
    day = planning.local_day(now) + timedelta(days=days)
    return datetime.combine(day, time.min, planning.zone())
