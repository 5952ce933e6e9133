"""A diary as other programs read it (RFC 5545): no more than what was chosen to be shown."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _, override

from booking.models import Allocation, Appointment
from booking.words import discreet_name, people
from calendars.lines import instant, joined, text
from calendars.models import Agenda
from calendars.shown import short_name


BEFORE, AFTER = timedelta(days=30), timedelta(days=180)
REFRESH = timedelta(minutes=30)
NAMESPACE = UUID("7d1c8b0e-5a3f-4f0a-9a35-1f6f5c0b9f11")
TAKEN = [Allocation.State.BOOKED, Allocation.State.OVERBOOKED]
TAG_DIGITS = 32
NAMED = {Agenda.Detail.INITIALS, Agenda.Detail.FULL}


def appointments(agenda: Agenda, *, now: datetime) -> list[Appointment]:
    """List what the diary shows, thirty days back and half a year ahead; one query.

    What was cancelled, or is only held while somebody types, is not in it.
    """
    found = Appointment.objects.standing().starting_between(now - BEFORE, now + AFTER)
    found = found.select_related("service", "site")
    if agenda.resource is None:
        return list(found.filter(site=agenda.site))
    taken = Allocation.objects.filter(
        appointment=OuterRef("pk"), resource=agenda.resource, state__in=TAKEN
    )
    return list(found.filter(Exists(taken)))


def tag(agenda: Agenda, found: Sequence[Appointment]) -> str:
    """Return what changes when anything changes that the diary shows, and only then."""
    said = [
        (each.pk, each.version, each.status, each.start, each.end, each.persons, each.name)
        for each in found
    ]
    named = sorted({(each.service.pk, *_naming(each)) for each in found})
    of = (agenda.name, agenda.detail, agenda.resource_id, agenda.site_id)
    return f'"{sha256(repr((of, said, named)).encode()).hexdigest()[:TAG_DIGITS]}"'


def _naming(each: Appointment) -> tuple[str, bool, str, str]:
    return (
        each.service.name, each.service.is_confidential, each.site.name, each.site.address,
    )  # fmt: skip


def written(agenda: Agenda, found: Sequence[Appointment], *, schema: str) -> bytes:
    """Write the diary in French, whatever language the program that reads it asks for.

    Times are in UTC: they are right on both sides of the nights when clocks change.
    """
    every = f"PT{REFRESH // timedelta(minutes=1)}M"
    with override(settings.LANGUAGE_CODE):
        head = (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Parvis//Agendas//FR",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            f"X-WR-CALNAME:{text(agenda.name)}",
            f"REFRESH-INTERVAL;VALUE=DURATION:{every}",
            f"X-PUBLISHED-TTL:{every}",
        )
        events = (_event(agenda.detail, each, schema=schema) for each in found)
        return joined(chain(head, chain.from_iterable(events), ("END:VCALENDAR",)))


def _event(detail: str, each: Appointment, *, schema: str) -> Iterator[str]:
    """Write one appointment; its identifier is the same in every diary, and says nothing."""
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(NAMESPACE, f'{schema}/{each.pk}')}@{settings.BASE_DOMAIN}"
    yield f"SEQUENCE:{each.version}"
    yield f"DTSTAMP:{instant(each.booked_at or each.created_at)}"
    yield f"DTSTART:{instant(each.start)}"
    yield f"DTEND:{instant(each.end)}"
    yield f"SUMMARY:{text(_summary(detail, each))}"
    yield "STATUS:CONFIRMED"
    yield "TRANSP:OPAQUE"
    yield f"CLASS:{'PUBLIC' if detail == Agenda.Detail.BUSY else 'PRIVATE'}"
    if detail != Agenda.Detail.BUSY:
        yield f"LOCATION:{text(each.site.address or each.site.name)}"
        yield f"DESCRIPTION:{text(_description(detail, each))}"
    yield "END:VEVENT"


def _summary(detail: str, each: Appointment) -> str:
    if detail == Agenda.Detail.BUSY:
        return _("Occupé")
    service = discreet_name(each.service)
    if detail not in NAMED:
        return service
    name = each.name if detail == Agenda.Detail.FULL else short_name(each.name)
    return f"{service} – {name}" if name else service


def _description(detail: str, each: Appointment) -> str:
    lines = [people(each.persons)]
    if detail == Agenda.Detail.FULL:
        lines.append(_("Référence : %(reference)s") % {"reference": each.reference})
    return "\n".join(lines)
