"""A session as files for diaries (RFC 5545 and 5546): one file for each day of it."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from parvis.periods import PARIS
from training.models import Attendance, HalfDay, TrainingSession


STATUS = {
    Attendance.State.REGISTERED: "ACCEPTED",
    Attendance.State.ATTENDED: "ACCEPTED",
    Attendance.State.DECLINED: "DECLINED",
    Attendance.State.WAITLISTED: "TENTATIVE",
}


def files(
    attendance: Attendance,
    half_days: Sequence[HalfDay],
    *,
    now: datetime,
    url: str,
    is_over: bool = False,
) -> list[tuple[str, str, str]]:
    """Write what her diary needs: name, text and type of each file.

    The identifier of a day stays the same; ``sequence`` says which version it is. With
    ``is_over`` the days are taken out of the diary.
    """
    days = [list(parts) for _day, parts in groupby(half_days, key=_day_of)]
    announced = max(attendance.session.diary_days, len(days))
    days += [days[-1]] * (
        announced - len(days)
    )  # days that were announced once, and are not any more
    found = []
    for number, parts in enumerate(days, start=1):
        is_gone = is_over or number > len({_day_of(each) for each in half_days})
        method = "CANCEL" if is_gone else "REQUEST"
        text = _calendar(attendance, parts, number, now=now, url=url, method=method)
        name = "formation.ics" if announced == 1 else f"formation-{number}.ics"
        found.append((name, text, f"text/calendar; method={method}"))
    return found


def _day_of(half_day: HalfDay) -> date:
    lower: datetime = half_day.period.lower
    return lower.astimezone(PARIS).date()


def _calendar(
    attendance: Attendance,
    parts: Sequence[HalfDay],
    number: int,
    *,
    now: datetime,
    url: str,
    method: str,
) -> str:
    session = attendance.session
    event = Event()
    event.add("uid", f"{session.uid}-{number}@{settings.BASE_DOMAIN}")
    event.add("sequence", session.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", parts[0].period.lower.astimezone(PARIS))
    event.add("dtend", parts[-1].period.upper.astimezone(PARIS))
    event.add("summary", _("Formation : %(title)s") % {"title": session.title})
    event.add("location", session.place or session.meeting_url)
    event.add("description", "\n\n".join(_description(session, url)))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _address(session.association.email, session.association.name))
    event.add("attendee", _attendee(attendance), encode=False)
    whole = Calendar()
    whole.add("prodid", "-//Parvis//FR")
    whole.add("version", "2.0")
    whole.add("method", method)
    whole.add_component(event)
    whole.add_missing_timezones()
    return str(whole.to_ical(), "utf-8")


def _description(session: TrainingSession, url: str) -> list[str]:
    words = [session.objectives] if session.objectives else []
    if session.meeting_url:
        words.append(session.meeting_url)
    return [*words, _("Répondre ou changer votre réponse : %(url)s") % {"url": url}]


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email or settings.DEFAULT_FROM_EMAIL}")
    address.params["CN"] = vText(name)
    return address


def _attendee(attendance: Attendance) -> vCalAddress:
    address = _address(attendance.email, attendance.name)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    status = STATUS.get(Attendance.State(attendance.state), "NEEDS-ACTION")
    address.params["PARTSTAT"] = vText(status)
    address.params["RSVP"] = vText("TRUE")
    return address
