"""The letters about trainings. Each says one fact once: writing it again writes nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage

from parvis.mail import letter
from training import ics, links
from training.models import Attendance, HalfDay, HelpRequest
from training.screens import name_of


def invited(attendance: Attendance, *, now: datetime) -> EmailMessage:
    """Invite somebody, with the day for her diary and a link to answer."""
    return _with_days(attendance, "invited", _key(attendance, "invited"), now=now)


def answered(attendance: Attendance, *, now: datetime) -> EmailMessage:
    """Say what became of an answer: a seat, a place in the line, or a day off the diary."""
    key = _key(attendance, f"answered-{now.timestamp():.6f}")
    return _with_days(attendance, "answered", key, now=now, is_over=not _comes(attendance))


def promoted(attendance: Attendance, *, now: datetime) -> EmailMessage:
    """Say that a seat came free."""
    key = _key(attendance, f"promoted-{now.timestamp():.6f}")
    return _with_days(attendance, "promoted", key, now=now)


def changed(attendance: Attendance, *, now: datetime) -> EmailMessage:
    """Say that the session changed; the diary follows."""
    return _with_days(attendance, "changed", changed_key(attendance), now=now)


def cancelled(attendance: Attendance, *, now: datetime) -> EmailMessage:
    """Say that the session does not take place; the diary follows."""
    key = _key(attendance, "cancelled")
    return _with_days(attendance, "cancelled", key, now=now, is_over=True)


def reminded(attendance: Attendance, *, days: int) -> EmailMessage:
    """Remind somebody of her day."""
    return _letter(attendance, "reminded", reminder_key(attendance, days))


def hot(attendance: Attendance) -> EmailMessage:
    """Ask what she thought of it, the same day, and give her certificate."""
    return _letter(attendance, "hot", _key(attendance, "hot"))


def cold(attendance: Attendance) -> EmailMessage:
    """Ask what she uses of it, a month later."""
    return _letter(attendance, "cold", _key(attendance, "cold"))


def changed_key(attendance: Attendance) -> str:
    """Name one change of the session, told to one person."""
    return _key(attendance, f"changed-{attendance.session.sequence}")


def reminder_key(attendance: Attendance, days: int) -> str:
    """Name one reminder of one day: a session that moves reminds again."""
    return _key(attendance, f"reminded-{days}-{attendance.session.starts_at:%Y%m%d}")


def once_key(attendance: Attendance, fact: str) -> str:
    """Name what is told once to one person."""
    return _key(attendance, fact)


def _key(attendance: Attendance, fact: str) -> str:
    return f"training-{attendance.session.uid}-{attendance.pk}-{fact}"


def _comes(attendance: Attendance) -> bool:
    return attendance.state in {Attendance.State.REGISTERED, Attendance.State.WAITLISTED}


def _with_days(
    attendance: Attendance, event: str, key: str, *, now: datetime, is_over: bool = False
) -> EmailMessage:
    message = _letter(attendance, event, key)
    url = links.url_of(attendance.session.association, attendance, links.ANSWER)
    days = half_days_of(attendance)
    for name, text, kind in ics.files(attendance, days, now=now, url=url, is_over=is_over):
        message.attach(name, text, kind)
    return message


def half_days_of(attendance: Attendance) -> Sequence[HalfDay]:
    """List the half-days of the session, in order; those read before are not read again."""
    return sorted(attendance.session.half_days.all(), key=lambda each: each.number)


def _letter(attendance: Attendance, event: str, key: str) -> EmailMessage:
    session = attendance.session
    association = session.association
    words = {
        "attendance": attendance,
        "session": session,
        "association": association,
        "half_days": half_days_of(attendance),
        "answer_url": links.url_of(association, attendance, links.ANSWER),
        "hot_url": links.url_of(association, attendance, links.HOT),
        "cold_url": links.url_of(association, attendance, links.COLD),
        "certificate_url": links.url_of(association, attendance, links.CERTIFICATE),
    }
    return letter(
        f"training/emails/{event}",
        words,
        to=[attendance.email],
        fact=key,
        reply_to=association.email,
        association=association.pk,
    )


def asked(request: HelpRequest, *, to: list[str]) -> EmailMessage:
    """Tell the association's team what somebody asks from a screen."""
    words = {"asked": request, "screen": name_of(request.screen), "commune": request.commune}
    return letter(
        "training/emails/asked",
        words,
        to=to,
        fact=f"training-help-{request.commune_id}-{request.pk}",
        reply_to=request.email,
        association=request.commune.association_id,
    )
