"""What the commune adds to the messages about reports, with the marks it may put there."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from incidents.models import MessageText, Report
from parvis.mail import LANGUAGE
from parvis.typo import date_longue


class Written(EmailMessage):
    """A message that knows what it tells, so that the commune's words can join it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = ""
        self.marks: Mapping[str, str] = {}


def marks(report: Report, *, day: date) -> dict[str, str]:
    """Give what each mark stands for; ``day`` is what the date says without an intervention."""
    return {
        "{reference}": report.reference,
        "{lieu}": report.address or _("l’endroit signalé"),
        "{date}": date_longue(report.planned_on or day),
    }


def filled(text: str, known: Mapping[str, str]) -> str:
    """Put values in the place of marks; anything else in braces stays as it was typed."""
    for mark, value in known.items():
        text = text.replace(mark, value)
    return text


def added(messages: Iterable[EmailMessage]) -> list[EmailMessage]:
    """Add to each message what the commune has written for its kind and language; one query."""
    ready = list(messages)
    if any(isinstance(each, Written) for each in ready):
        own = {(each.event, each.language): each for each in MessageText.objects.all()}
        for message in ready:
            if isinstance(message, Written):
                _add(message, own.get((message.event, str(message.extra_headers[LANGUAGE]))))
    return ready


def _add(message: Written, own: MessageText | None) -> None:
    message.event = ""  # its words are there: added again, nothing more is
    if own and own.subject:
        message.subject = " ".join(filled(own.subject, message.marks).split())
    if own and own.text:
        message.body = f"{message.body.rstrip()}\n\n{filled(own.text, message.marks)}\n"
