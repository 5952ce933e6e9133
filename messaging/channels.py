"""The channels that every schema has: e-mail and text messages. See ``parvis.delivery``."""

import contextlib
import smtplib
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from http import HTTPStatus

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _, gettext_lazy

from identity.limits import TooMany, take_sms
from messaging.bounces import return_path
from messaging.budget import count, give_back, text_settings
from messaging.gateways import Text, gateway
from messaging.models import OutgoingText, TextSettings
from messaging.nights import spare_sleep
from messaging.twin import Look, look, twin, writer
from parvis.delivery import Later, Refused, Unsure
from parvis.guard import current_schema
from parvis.models import OutgoingEmail
from tenants.models import Commune


RENEWED_AFTER = 100  # messages: many mail servers end a connection that goes on
REMEMBERED = timedelta(hours=8)  # how long a provider surely knows a message again


class Emails:
    """E-mails: one connection to the mail server for all that is due.

    The Message-ID is made of the fact and the commune: a message sent twice is recognised.
    """

    slug, label, icon = "courriels", gettext_lazy("Courriels"), "mail"
    model = OutgoingEmail
    repeats = True

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._used = 0
        self._looks: dict[int | None, Look] = {}

    def send(self, row: OutgoingEmail, *, now: datetime) -> None:  # noqa: ARG002 (it is a channel)
        """Hand one e-mail over to the mail server."""
        if row.association_id not in self._looks:
            self._looks[row.association_id] = look(row.association_id)
        message = message_of(row, self._looks[row.association_id])
        try:
            message.connection = self._open()
            message.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _said in refusal.recipients.values()]
            if all(code >= HTTPStatus.INTERNAL_SERVER_ERROR for code in codes):
                raise Refused(_why(refusal)) from refusal
            self.close()
            raise Later(_why(refusal)) from refusal
        except (smtplib.SMTPException, OSError) as fault:
            self.close()
            raise Later(_why(fault)) from fault

    def _open(self) -> BaseEmailBackend:
        if self._used >= RENEWED_AFTER:
            self.close()
        if self._connection is None:
            self._connection, self._used = get_connection(settings.DELIVERY_BACKEND), 0
            self._connection.open()
        self._used += 1
        return self._connection

    def close(self) -> None:
        """Leave the mail server."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None


def _why(fault: Exception) -> str:
    """Say why a mail server took nothing, with its own words but not those of a program."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        said = ", ".join(_answer(*each) for each in fault.recipients.values())
        return _("L’adresse est refusée : %(said)s") % {"said": said}
    if isinstance(fault, smtplib.SMTPResponseException):
        answer = _answer(fault.smtp_code, fault.smtp_error)
        return _("Le serveur de courriel répond : %(said)s") % {"said": answer}
    return _("Le serveur de courriel ne répond pas (%(detail)s).") % {"detail": fault}


def _answer(code: int, said: bytes | str) -> str:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(words.split())}"


def message_of(row: OutgoingEmail, by: Look) -> EmailMultiAlternatives:
    """Write the message as it leaves: its text, the HTML twin, and where to answer.

    A notification that it cannot be delivered comes back to an address of its own.
    """
    sender = formataddr((by.named(row.language), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    schema = current_schema()
    headers = {
        "Message-ID": f"<{row.key}@{schema}.{settings.BASE_DOMAIN}>",
        "Content-Language": row.language,
        "Auto-Submitted": "auto-generated",
        "From": sender,
    }
    if row.unsubscribe:
        headers["List-Unsubscribe"] = f"<{row.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    answers = row.reply_to or by.email
    message = EmailMultiAlternatives(
        row.subject,
        row.body,
        from_email=return_path(schema, row.pk) or sender,
        to=row.to,
        reply_to=[answers] if answers else None,
        headers=headers,
    )
    html = row.html or twin(subject=row.subject, text=row.body, language=row.language, by=by)
    message.attach_alternative(html, "text/html")
    for name, content, mimetype in row.attachments:
        message.attach(name, content, mimetype)
    return message


class Texts:
    """Text messages, counted in the budget of the commune before they leave."""

    slug, label, icon = "sms", gettext_lazy("SMS"), "message-square-text"
    model = OutgoingText

    def __init__(self) -> None:
        self._gateway = gateway()
        self._settings: TextSettings | None = None
        self._writer: Commune | None = None
        self.repeats = self._gateway.repeats

    def send(self, row: OutgoingText, *, now: datetime) -> None:
        """Hand one text over to the provider."""
        if row.not_after is not None and row.not_after <= now:
            raise Refused(_("Trop tard : ce qu’il disait est passé."))
        self._writer = self._writer or writer()
        spare_sleep(row, self._writer, now=now)
        _spare(row, now)
        chosen = self._settings = self._settings or text_settings()
        if not count(row, most=chosen.monthly_budget, now=now):
            raise Refused(_("Le budget SMS du mois est épuisé."))
        sender = chosen.sender_name if row.sender == OutgoingText.Sender.NAME else ""
        text = Text(row.key, row.to, row.body, sender, row.not_after)
        try:
            row.provider_key = self._gateway.send(text, now=now)[:80]
        except (Refused, Later):
            give_back(row)
            raise
        except Unsure as fault:
            if self.repeats and now - row.written_at < REMEMBERED:
                raise Later(str(fault)) from fault
            raise
        row.save(update_fields=["provider_key"])

    def close(self) -> None:
        """Nothing is kept open."""


def _spare(text: OutgoingText, now: datetime) -> None:
    """Count a text to its number, from all communes; one that may have left already may go on.

    Raises:
        Later: the number has had two within an hour, or four within a day.
    """
    if text.counted_on:
        return
    try:
        take_sms(text.to, now=now)
    except TooMany as fault:
        raise Later(_("Ce numéro reçoit beaucoup de SMS : celui-ci attend.")) from fault
