"""The outbox: sending an e-mail is a database write, delivering it is the worker's job.

In a commune that is not real and open, nobody delivers: see ``parvis.transport``.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.template.loader import render_to_string
from django.utils.translation import get_language

from parvis.deferred import defer
from parvis.delivery import deliver_due, forget_delivered
from parvis.models import OutgoingEmail
from parvis.pacing import PACED, REASON, departure


__all__ = [
    "ASSOCIATION",
    "FACT",
    "LANGUAGE",
    "Outbox",
    "deliver_due",
    "forget_delivered",
    "letter",
    "refusable",
    "signed",
]

FACT = "X-Parvis-Fact"
LANGUAGE = "Content-Language"  # of the message; otherwise that of whoever writes it
ASSOCIATION = "X-Parvis-Association"  # in whose name the public schema writes
UNSUBSCRIBE = "List-Unsubscribe"


def refusable(message: EmailMessage, *, url: str) -> EmailMessage:
    """Say where its reader may refuse messages of this kind; ``url`` takes a POST (RFC 8058)."""
    message.extra_headers[UNSUBSCRIBE] = url
    return message


def letter(
    name: str,
    words: Mapping[str, object],
    *,
    to: Sequence[str],
    fact: str,
    reply_to: str = "",
    association: int | None = None,
) -> EmailMessage:
    """Write a message from its two text files, ``<name>_subject.txt`` and ``<name>.txt``.

    ``fact`` is what the message tells: written again, it is not sent again. ``association`` is in
    whose name it is written: it wears her colours, and she sees what became of it.
    """
    subject = render_to_string(f"{name}_subject.txt", dict(words), using="text")
    return EmailMessage(
        " ".join(subject.split()),
        render_to_string(f"{name}.txt", dict(words), using="text"),
        to=list(to),
        reply_to=[reply_to] if reply_to else None,
        headers={FACT: fact, LANGUAGE: get_language() or "fr", **signed(association)},
    )


def signed(association: int | None) -> dict[str, str]:
    """Give the header that says in whose name a message is written; none where nobody's."""
    return {ASSOCIATION: str(association)} if association else {}


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
    row = OutgoingEmail(
        key=str(message.extra_headers.get(FACT) or uuid.uuid4()),
        subject=str(message.subject),
        body=str(message.body),
        html=str(alternatives[0][0]) if alternatives else "",
        to=list(message.to),
        reply_to=", ".join(message.reply_to),
        attachments=[list(attachment) for attachment in message.attachments],
        language=str(message.extra_headers.get(LANGUAGE) or get_language() or "fr"),
        unsubscribe=str(message.extra_headers.get(UNSUBSCRIBE) or ""),
        association_id=message.extra_headers.get(ASSOCIATION),
    )
    if PACED in message.extra_headers:
        _pace(row, datetime.now(UTC))
    return row


def _pace(row: OutgoingEmail, now: datetime) -> None:
    """Hold back what would be one more of many messages to the same address."""
    leaves = departure(row.to[0], now=now)
    if leaves is None:
        row.dead_at, row.last_error = now, REASON
    elif leaves > now:
        row.not_before = leaves
