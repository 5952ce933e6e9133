"""What citizens are told about their appointments, in the language they booked in.

Nothing that somebody typed is repeated: a confirmation cannot carry another person's message.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from booking import ics
from booking.checklists import titles, told
from booking.models import Appointment, MessageText
from booking.words import discreet_name
from parvis.mail import FACT
from tenants.hosts import absolute_url
from tenants.models import Commune


def booked(appointment: Appointment, commune: Commune, *, token: str) -> EmailMultiAlternatives:
    """Confirm the appointment, with what to bring and the link to manage it."""
    message = _message("booked", appointment, commune, path=f"/rdv/{token}")
    _attach_calendar(message, appointment, commune)
    return message


def cancelled(appointment: Appointment, commune: Commune) -> EmailMultiAlternatives:
    """Confirm that the appointment is cancelled, and say how to take another one."""
    message = _message("cancelled", appointment, commune, path="/rendez-vous/")
    _attach_calendar(message, appointment, commune)
    return message


def moved(
    appointment: Appointment, commune: Commune, *, former: datetime, has_new_price: bool
) -> EmailMultiAlternatives:
    """Tell the new time; the link of the first message still opens the appointment."""
    message = _message(
        "moved",
        appointment,
        commune,
        path="/mon-rendez-vous/retrouver/",
        former=former,
        has_new_price=has_new_price,
    )
    _attach_calendar(message, appointment, commune)
    return message


def shortened(appointment: Appointment, commune: Commune) -> EmailMultiAlternatives:
    """Tell how many persons still come, and for how long; nobody is named."""
    message = _message("shortened", appointment, commune, path="/mon-rendez-vous/retrouver/")
    _attach_calendar(message, appointment, commune)
    return message


def link(appointment: Appointment, commune: Commune, *, token: str) -> EmailMultiAlternatives:
    """Send a new link to manage the appointment; the old one opens nothing any more."""
    return _message("link", appointment, commune, path=f"/rdv/{token}")


def _message(
    event: str, appointment: Appointment, commune: Commune, *, path: str, **facts: Any
) -> EmailMultiAlternatives:
    with (
        translation.override(appointment.language),
        timezone.override(ZoneInfo(commune.time_zone)),
    ):
        own = _own_words(event, appointment.language)
        context: dict[str, Any] = {
            "own_text": own.text,
            "appointment": appointment,
            "service_name": discreet_name(appointment.service),
            "commune": commune,
            "url": absolute_url(commune, path),
            "documents": told(appointment),
            "language": appointment.language,
            **facts,
        }
        name = f"booking/emails/{event}"
        message = EmailMultiAlternatives(
            subject=" ".join(own.subject.split())
            or render_to_string(f"{name}_subject.txt", context, using="text").strip(),
            body="\n\n".join(
                filter(None, [render_to_string(f"{name}.txt", context, using="text"), own.text])
            ),
            to=[appointment.email],
            reply_to=[commune.email] if commune.email else None,
            headers={FACT: f"{event}.{appointment.pk}.{appointment.version}"},
        )
        html = render_to_string(f"{name}.html", context, using="django")
        message.attach_alternative(html, "text/html")
    return message


def _own_words(event: str, language: str) -> MessageText:
    """Return what the commune adds to a message; nothing where it has not written any."""
    found = MessageText.objects.filter(event=event, language=language).first()
    return found or MessageText()


def _attach_calendar(
    message: EmailMultiAlternatives, appointment: Appointment, commune: Commune
) -> None:
    with translation.override(appointment.language):
        content = ics.calendar(appointment, commune, documents=titles(appointment))
    message.attach(ics.FILE_NAME, content, ics.MIME_TYPE)
