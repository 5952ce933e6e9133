"""Which letters about a session are due. Writing them again writes nothing: each is one fact.

What is asked of a session is computed from what it is now: a session that moves is reminded of
again, one that is cancelled never.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction

from parvis.models import OutgoingEmail
from parvis.periods import PARIS
from training import emails
from training.calendar import reminder_due, surveys_due
from training.models import Attendance, Signature, TrainingSession


State = Attendance.State
Letter = tuple[str, Callable[[], EmailMessage]]
CLOSES_AFTER = timedelta(days=1)
REMEMBERS = timedelta(days=61)  # how long after its end a session may still be written about


@transaction.atomic
def write(*, session: TrainingSession, now: datetime) -> int:
    """Write the letters that are due and were not written; count them."""
    due = dict(_due(session, now))
    known = OutgoingEmail.objects.filter(key__in=list(due)).values_list("key", flat=True)
    missing = [due[key] for key in due.keys() - set(known)]
    for make in missing:
        make().send()
    return len(missing)


def write_all(*, now: datetime) -> int:
    """Write what is due about every session that is not long over; count it."""
    sessions = TrainingSession.objects.announced().filter(ends_at__gt=now - REMEMBERS)
    found = sessions.select_related("association").prefetch_related("half_days")
    return sum(write(session=session, now=now) for session in found)


def _due(session: TrainingSession, now: datetime) -> Iterator[Letter]:
    signed = Signature.objects.filter(attendance__session=session)
    present = set(signed.values_list("attendance_id", flat=True))
    for attendance in session.attendances.exclude(state=State.DECLINED):
        attendance.session = session
        if session.is_cancelled:
            yield from _cancelled(attendance, now)
        elif now < session.starts_at and session.is_open:
            yield from _before(attendance, now)
        elif now >= session.ends_at and attendance.pk in present:
            yield from _after(attendance, now)


def _cancelled(attendance: Attendance, now: datetime) -> Iterator[Letter]:
    session = attendance.session
    if now < session.ends_at and session.changed_at and attendance.invited_at < session.changed_at:
        key = emails.once_key(attendance, "cancelled")
        yield key, lambda: emails.cancelled(attendance, now=now)


def _before(attendance: Attendance, now: datetime) -> Iterator[Letter]:
    session = attendance.session
    if attendance.state == State.INVITED:
        key = emails.once_key(attendance, "invited")
        yield key, lambda: emails.invited(attendance, now=now)
    if session.changed_at and attendance.invited_at < session.changed_at:
        yield emails.changed_key(attendance), lambda: emails.changed(attendance, now=now)
    since = attendance.answered_at or attendance.invited_at
    days = reminder_due(
        starts_on=session.starts_at.astimezone(PARIS).date(),
        today=now.astimezone(PARIS).date(),
        since=since.astimezone(PARIS).date(),
    )
    if days and attendance.state in {State.INVITED, State.REGISTERED}:
        yield emails.reminder_key(attendance, days), lambda: emails.reminded(attendance, days=days)


def _after(attendance: Attendance, now: datetime) -> Iterator[Letter]:
    due = surveys_due(ends_at=attendance.session.ends_at, now=now)
    if "hot" in due:
        yield emails.once_key(attendance, "hot"), lambda: emails.hot(attendance)
    if "cold" in due:
        yield emails.once_key(attendance, "cold"), lambda: emails.cold(attendance)
