"""What citizens are told about their appointments, in the language they booked in.

Nothing that somebody typed is repeated: a confirmation cannot carry another person's message.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from booking import ics
from booking.checklists import listed_apart, told_apart, told_each
from booking.links import path_to, path_to_entry, path_to_proposals, path_to_title
from booking.models import Appointment, MessageText, Service, Title, WaitingEntry
from booking.words import discreet_name
from messaging.kinds import HEADER, Kind
from parvis.mail import FACT, LANGUAGE
from parvis.pacing import PACED
from tenants.hosts import absolute_url
from tenants.models import Commune


KINDS = {"reminder": Kind.REMINDER}  # what its reader may refuse
PACED_EVENTS = {"booked", "moved", "cancelled", "link", "waiting"}  # a stranger can cause them


def booked(appointment: Appointment, commune: Commune, *, token: str) -> EmailMessage:
    """Confirm the appointment, with what to bring and the link to manage it."""
    return _message("booked", appointment, commune, path=f"/rdv/{token}", for_diary=True)


def cancelled(appointment: Appointment, commune: Commune) -> EmailMessage:
    """Confirm that the appointment is cancelled, and say how to take another one."""
    return _message("cancelled", appointment, commune, path="/rendez-vous/", for_diary=True)


def moved(
    appointment: Appointment, commune: Commune, *, former: datetime, has_new_price: bool
) -> EmailMessage:
    """Tell the new time; the link of the first message still opens the appointment."""
    return _message(
        "moved",
        appointment,
        commune,
        path=path_to(appointment),
        for_diary=True,
        former=former,
        has_new_price=has_new_price,
    )


def repriced(appointment: Appointment, commune: Commune) -> EmailMessage:
    """Tell that the tax stamp has another price since the last message, with the whole list."""
    return _message("repriced", appointment, commune, path=path_to(appointment))


def relisted(
    appointment: Appointment,
    commune: Commune,
    *,
    others: Mapping[int, Mapping[str, Any]],
    is_by_law: bool,
) -> EmailMessage:
    """Tell that the list of documents has changed, with hers and the other one beside it.

    ``others`` are snapshots by position: of the new list, or by law of the former one.
    """
    with translation.override(appointment.language):
        other_lists = listed_apart(others)
        is_back = not is_by_law and other_lists == told_apart(appointment)
    return _message(
        "relisted",
        appointment,
        commune,
        path=path_to(appointment),
        other_lists=other_lists,
        is_by_law=is_by_law,
        is_back=is_back,
    )


def shortened(appointment: Appointment, commune: Commune) -> EmailMessage:
    """Tell how many persons still come, and for how long; nobody is named."""
    return _message("shortened", appointment, commune, path=path_to(appointment), for_diary=True)


def incomplete(appointment: Appointment, commune: Commune) -> EmailMessage:
    """Say exactly what was missing at the counter; for a confidential visit, only whom to ask."""
    with translation.override(appointment.language):
        lacking = [
            (person.position, [each for each in documents if each.key in person.missing])
            for person, documents in told_each(appointment)
            if person.missing and not appointment.service.is_confidential
        ]
    return _message(
        "incomplete",
        appointment,
        commune,
        path="/rendez-vous/",
        lacking=lacking,
        for_each=appointment.persons > 1,
    )


def link(appointment: Appointment, commune: Commune, *, token: str) -> EmailMessage:
    """Send a new link to manage the appointment; the old one opens nothing any more."""
    return _message("link", appointment, commune, path=f"/rdv/{token}")


def reminder(appointment: Appointment, commune: Commune, *, now: datetime) -> EmailMessage:
    """Repeat the day, the place and the documents, some days before."""
    days = (appointment.start - now).days
    return _message("reminder", appointment, commune, path=path_to(appointment), repeat=days)


def presence(appointment: Appointment, commune: Commune, *, until: datetime) -> EmailMessage:
    """Ask whether she comes, and say that the place is given back without an answer."""
    return _message("presence", appointment, commune, path=path_to(appointment), until=until)


def given_back(appointment: Appointment, commune: Commune) -> EmailMessage:
    """Tell that the place was given back for want of an answer, and how to take it again."""
    return _message("given_back", appointment, commune, path=path_to(appointment))


def waiting(entry: WaitingEntry, commune: Commune) -> EmailMessage:
    """Confirm a place in the waiting list, and give the link to leave it."""
    return _for_entry("waiting", entry, commune)


def forgotten(entry: WaitingEntry, commune: Commune) -> EmailMessage:
    """Tell that offers left unanswered ended the place in the waiting list."""
    return _for_entry("forgotten", entry, commune)


def offered(appointment: Appointment, commune: Commune, *, entry: WaitingEntry) -> EmailMessage:
    """Offer a place that has become free, kept until ``held_until``."""
    return _message("offered", appointment, commune, path=path_to_entry(entry))


def arrived(titles: Sequence[Title], commune: Commune, *, service: Service | None) -> EmailMessage:
    """Tell the holder that her titles have arrived, until when, and how to collect them."""
    return _for_titles("arrived", titles, commune, service=service)


def uncollected(
    titles: Sequence[Title], commune: Commune, *, service: Service | None
) -> EmailMessage:
    """Remind the holder that her titles wait, and of the day they are destroyed."""
    return _for_titles("uncollected", titles, commune, service=service)


def proposed(appointment: Appointment, commune: Commune, *, reason: str = "") -> EmailMessage:
    """Say that the commune cannot receive her, and which times are held for her instead."""
    held = appointment.proposals.filter(status=Appointment.Status.HELD).order_by("period", "pk")
    return _message(
        "proposed",
        appointment,
        commune,
        path=path_to_proposals(appointment),
        proposals=list(held),
        reason=reason,
    )


def number_refused(
    appointment: Appointment, commune: Commune, *, until: datetime | None, cancels: bool
) -> EmailMessage:
    """Ask for another pre-application number, until when, and say what follows; it is not told."""
    return _message(
        "number_refused",
        appointment,
        commune,
        path=path_to(appointment),
        until=until,
        cancels=cancels,
    )


def stands(appointment: Appointment, commune: Commune) -> EmailMessage:
    """Say that she is received as planned after all."""
    return _message("stands", appointment, commune, path=path_to(appointment), for_diary=True)


def _for_titles(
    event: str, titles: Sequence[Title], commune: Commune, *, service: Service | None
) -> EmailMessage:
    first = titles[0]
    sent = first.reminded_at
    return _render(
        event,
        commune,
        to=first.email,
        language=first.language,
        fact=f"{event}.{first.pk}.{int(sent.timestamp()) if sent else 0}",
        path=path_to_title(first),
        service=service or Service(),
        titles=titles,
        last_day=min(each.last_day for each in titles),
        is_by_appointment=service is not None,
    )


def _for_entry(event: str, entry: WaitingEntry, commune: Commune) -> EmailMessage:
    return _render(
        event,
        commune,
        to=entry.email,
        language=entry.language,
        fact=f"{event}.{entry.pk}",
        path=path_to_entry(entry),
        entry=entry,
        service=entry.service,
    )


def _message(
    event: str,
    appointment: Appointment,
    commune: Commune,
    *,
    path: str,
    repeat: int = 0,
    for_diary: bool = False,
    **facts: Any,
) -> EmailMessage:
    """Write about an appointment, with its documents, and its file ``for_diary``."""
    with translation.override(appointment.language):
        lists = told_apart(appointment)
    message = _render(
        event,
        commune,
        to=appointment.email,
        language=appointment.language,
        fact=f"{event}.{appointment.pk}.{appointment.version}" + (f".{repeat}" if repeat else ""),
        path=path,
        appointment=appointment,
        service=appointment.service,
        lists=lists,
        for_each_alike=appointment.persons > 1 and len(lists) == 1,
        **facts,
    )
    if for_diary:
        documents = dict.fromkeys(each.title for _position, listed in lists for each in listed)
        with translation.override(appointment.language):
            content = ics.calendar(appointment, commune, documents=list(documents))
        message.attach(ics.FILE_NAME, content, ics.MIME_TYPE)
    return message


def _render(  # noqa: PLR0913 (all that a message is made of)
    event: str,
    commune: Commune,
    *,
    to: str,
    language: str,
    fact: str,
    path: str,
    service: Service,
    **facts: Any,
) -> EmailMessage:
    """Write one message in the language and the local time of its reader."""
    with translation.override(language), timezone.override(ZoneInfo(commune.time_zone)):
        own = _own_words(event, language)
        context = {
            "own_text": own.text,
            "service_name": discreet_name(service),
            "commune": commune,
            "url": absolute_url(commune, path),
            "language": language,
            **facts,
        }
        name = f"booking/emails/{event}"
        words = render_to_string(f"{name}.txt", context, using="text")
        subject = own.subject or render_to_string(f"{name}_subject.txt", context, using="text")
        return EmailMessage(
            subject=" ".join(subject.strip().splitlines()),
            body=f"{words}\n\n{own.text}" if own.text else words,
            to=[to],
            reply_to=[commune.email] if commune.email else None,
            headers={FACT: fact, LANGUAGE: language}
            | ({PACED: "1"} if event in PACED_EVENTS else {})
            | ({HEADER: KINDS[event]} if event in KINDS else {}),
        )


def _own_words(event: str, language: str) -> MessageText:
    """Return what the commune adds to a message; nothing where it has not written any."""
    found = MessageText.objects.filter(event=event, language=language).first()
    return found or MessageText()
