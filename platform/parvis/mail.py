"""The outbox: sending an e-mail is a database write, delivering it is the worker's job.

In a commune that is not real and open, nobody delivers: see ``parvis.transport``.
"""

import smtplib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string

from parvis.deferred import defer
from parvis.guard import current_schema
from parvis.models import OutgoingEmail
from parvis.transport import LEAVES


LEASE = timedelta(minutes=2)  # longer than the SMTP timeout
BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720, 1440, 1440, 1440, 1440)]
WORDS_KEPT, STATUS_KEPT = timedelta(days=30), timedelta(days=183)
FACT = "X-Parvis-Fact"

# ``now`` grows old while one message after the other is delivered: a lease counted from it would
# be over before its message is sent, and another worker would send that message too.
CLAIM = f"""
UPDATE parvis_outgoingemail
SET claimed_until = greatest(%(now)s, clock_timestamp()) + make_interval(secs => %(lease_s)s),
    attempts = attempts + 1
WHERE id IN (
    SELECT id FROM parvis_outgoingemail
    WHERE sent_at IS NULL AND dead_at IS NULL AND not_before <= %(now)s AND {LEAVES}
      AND (claimed_until IS NULL OR claimed_until < greatest(%(now)s, clock_timestamp()))
    ORDER BY not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""  # noqa: S608 (the gate is a constant)


def letter(
    name: str, words: Mapping[str, object], *, to: Sequence[str], fact: str, reply_to: str = ""
) -> EmailMessage:
    """Write a message from its two text files, ``<name>_subject.txt`` and ``<name>.txt``.

    ``fact`` is what the message tells: written again, it is not sent again.
    """
    subject = render_to_string(f"{name}_subject.txt", dict(words), using="text")
    return EmailMessage(
        " ".join(subject.split()),
        render_to_string(f"{name}.txt", dict(words), using="text"),
        to=list(to),
        reply_to=[reply_to] if reply_to else None,
        headers={FACT: fact},
    )


class Outbox(BaseEmailBackend):
    """Keep messages in the current transaction and wake the worker after commit."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row per message; a fact already told is not told again.

        Raises:
            RuntimeError: outside a transaction, where the message could outlive its reason.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("An e-mail is sent in the transaction that gives its reason.")
        OutgoingEmail.objects.bulk_create(
            [_row(message) for message in email_messages], ignore_conflicts=True
        )
        defer("parvis.deliver")
        return len(email_messages)


def _row(message: EmailMessage) -> OutgoingEmail:
    alternatives = getattr(message, "alternatives", [])
    return OutgoingEmail(
        key=str(message.extra_headers.get(FACT) or uuid.uuid4()),
        subject=str(message.subject),
        body=str(message.body),
        html=str(alternatives[0][0]) if alternatives else "",
        to=list(message.to),
        reply_to=", ".join(message.reply_to),
        attachments=[list(attachment) for attachment in message.attachments],
    )


def deliver_due(*, now: datetime) -> int:
    """Deliver every due message of the current schema, one claim at a time; count them.

    The claim is a lease: no transaction stays open while a mail server hangs, and a worker
    killed in the middle delays its one message by the lease. At most one duplicate per crash,
    recognisable by its Message-ID.
    """
    sent = 0
    while (email := _claim(now)) is not None:
        sent += _deliver(email, now)
    return sent


def forget_delivered(*, now: datetime) -> int:
    """Empty the messages delivered or given up a month ago, and drop them after six; count them.

    The key stays those six months, so that no fact is told twice meanwhile. What was kept back
    until a commune opened is given up then.
    """
    OutgoingEmail.objects.filter(
        sent_at=None, dead_at=None, not_before__lt=now - WORDS_KEPT
    ).update(dead_at=now)
    over = OutgoingEmail.objects.annotate(over_at=Coalesce("sent_at", "dead_at"))
    over.filter(over_at__lt=now - STATUS_KEPT).delete()
    full = over.filter(over_at__lt=now - WORDS_KEPT).exclude(subject="", body="")
    return full.update(subject="", body="", html="", to=[], reply_to="", attachments=[])


def _claim(now: datetime) -> OutgoingEmail | None:
    with connection.cursor() as cursor:
        asked: dict[str, datetime | float | str] = {
            "now": now,
            "lease_s": LEASE.total_seconds(),
            "schema": current_schema(),
        }
        cursor.execute(CLAIM, asked)
        claimed = cursor.fetchone()
    return OutgoingEmail.objects.get(pk=claimed[0]) if claimed else None


def _deliver(email: OutgoingEmail, now: datetime) -> bool:
    try:
        _message(email).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        permanent = all(code >= 500 for code, _text in refusal.recipients.values())  # noqa: PLR2004
        _postpone(email, str(refusal), now, dead=permanent)
    except (smtplib.SMTPException, OSError, ValueError) as fault:
        _postpone(email, str(fault), now)
    else:
        email.sent_at = now
        email.claimed_until = None
        email.save(update_fields=["sent_at", "claimed_until"])
        return True
    return False


def _message(email: OutgoingEmail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        email.subject,
        email.body,
        to=email.to,
        reply_to=[email.reply_to] if email.reply_to else None,
        headers={"Message-ID": f"<{email.key}@{current_schema()}.{settings.BASE_DOMAIN}>"},
        connection=get_connection(settings.DELIVERY_BACKEND),
    )
    if email.html:
        message.attach_alternative(email.html, "text/html")
    for name, content, mimetype in email.attachments:
        message.attach(name, content, mimetype)
    return message


def _postpone(email: OutgoingEmail, error: str, now: datetime, *, dead: bool = False) -> None:
    email.last_error = error[:500]
    email.claimed_until = None
    if dead or email.attempts > len(BACKOFF):
        email.dead_at = now
    else:
        email.not_before = now + BACKOFF[email.attempts - 1]
    email.save(update_fields=["last_error", "claimed_until", "dead_at", "not_before"])
