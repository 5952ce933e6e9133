"""A message sent to whoever writes it, to see it as it arrives."""

import uuid

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from messaging.kinds import HEADER
from parvis.mail import FACT


def send_trial(message: EmailMessage, *, to: str) -> None:
    """Send a message to one address, marked as a trial, in the current transaction.

    It is told each time it is asked for, and cannot be refused: its reader has just asked.
    """
    message.to = [to]
    message.subject = _("[Essai] %(subject)s") % {"subject": message.subject}
    message.extra_headers.pop(HEADER, None)
    message.extra_headers[FACT] = f"trial.{uuid.uuid4()}"
    message.send()
