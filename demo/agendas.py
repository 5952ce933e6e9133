"""Diaries of Pauillac: one that leaves, and that of the architect, which takes time."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from booking.models import Resource
from calendars import actions
from calendars.models import Agenda
from exchange import calendar_actions
from identity.members import Member
from tenants.models import Commune, Membership
from website import links


ARCHITECT = "Permanence de l’architecte (CAUE)"


def show(*, commune: Commune, now: datetime) -> None:
    """Share the diary of the first counter, follow one of another tool, rename an address."""
    counters = list(Resource.objects.filter(kind=Resource.Kind.COUNTER).order_by("position", "pk"))
    team = Membership.objects.at_work().filter(commune=commune).select_related("user")
    people = {each.role: each.user for each in team}
    agent, admin = (
        Member(user_id=user.pk, name=user.display_name, role=role)
        for role, user in ((role, people[role]) for role in ("booking_agent", "admin"))
    )
    opened = actions.share(
        name="",
        resource=counters[0],
        site=None,
        detail=Agenda.Detail.INITIALS,
        submission=uuid4(),
        by=agent,
    )
    actions.note_fetched(agenda=opened.agenda.pk, now=now - timedelta(minutes=18))
    calendar_actions.add_feed(
        name=ARCHITECT,
        url="",
        resource=counters[-1],
        keyword="",
        service=None,
        by=admin,
        content=_fridays(now),
        now=now,
    )
    _rename()


def _fridays(now: datetime) -> bytes:
    """Write the architect's calendar: four Friday mornings."""
    today = timezone.localtime(now).date()
    friday = today + timedelta(days=(4 - today.weekday()) % 7 + 7)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//CAUE//Agenda//FR",
        "BEGIN:VEVENT",
        "UID:permanence@caue.example",
        f"DTSTAMP:{friday:%Y%m%d}T060000Z",
        f"DTSTART;TZID=Europe/Paris:{friday:%Y%m%d}T110000",
        f"DTEND;TZID=Europe/Paris:{friday:%Y%m%d}T120000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "SUMMARY:Permanence",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(lines).encode()


def _rename() -> None:
    """Give the service of both titles a word of its own; the one it had still leads there."""
    for link in links.all_links():
        if link.service is not None and link.short == "/titres":
            links.rename(service=link.service, typed="cni-passeport")
