"""The documents of an appointment: what is asked, what is kept with it, how it is told.

What was announced when the appointment was taken is kept as keys and prices: a later change of
the rules does not change what this citizen was asked for.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext as _

from booking.document_texts import CHOICE_TEXTS, DOCUMENT_TEXTS, QUESTION_TEXTS
from booking.documents import (
    Checklist,
    RequiredDocument,
    from_snapshot,
    listed_documents,
    required_documents,
)
from booking.models import Appointment, Service
from booking.situations import Channel, Question, Territory, questions_for, situation_of, titles_of
from parvis.guard import current_schema
from parvis.pieces import Document


def questions(
    service: Service, answers: Mapping[str, str], *, channel: Channel = Channel.ONLINE
) -> tuple[Question, ...]:
    """List what to ask a citizen, given her answers so far; nothing without titles.

    At the desk and on the phone she is also asked whether she prepared her request online.

    Raises:
        ValueError: an answer is not one that is ever offered.
    """
    titles = titles_of(service.titles)
    if not titles:
        return ()
    return questions_for(titles, answers, channel=channel, territory=_territory())


def question_label(key: str) -> str:
    """Return the words of a question, in the language of the page."""
    return str(QUESTION_TEXTS[key])


def choice_label(question: str, choice: str) -> str:
    """Return the words of an answer, in the language of the page."""
    return str(CHOICE_TEXTS[question, choice])


def announced(
    service: Service,
    *,
    situation: Mapping[str, str],
    day: date,
    channel: Channel = Channel.ONLINE,
) -> list[Document]:
    """List what one person brings on that day, in the language of the page."""
    return _documents(_checklist(service, situation=situation, day=day, channel=channel))


def snapshot(
    service: Service,
    *,
    situation: Mapping[str, Any],
    day: date,
    channel: Channel = Channel.ONLINE,
) -> dict[str, Any]:
    """Keep what one person must bring to an appointment of that day.

    Raises:
        ValueError: an answer is not one that is ever offered.
    """
    return _checklist(service, situation=situation, day=day, channel=channel).to_snapshot()


def shown(kept: Mapping[str, Any]) -> list[Document]:
    """List what a snapshot asks for, in the language of the page."""
    return _documents(from_snapshot(kept)) if kept else []


def told(appointment: Appointment) -> list[Document]:
    """List what those who come were asked to bring, each document once."""
    documents: dict[str, Document] = {}
    for person in appointment.coming:
        for document in shown(person.documents):
            documents.setdefault(document.key, document)
    return list(documents.values())


def titles(appointment: Appointment) -> list[str]:
    """List the names of what must be brought."""
    return [document.title for document in told(appointment)]


def _checklist(
    service: Service, *, situation: Mapping[str, str], day: date, channel: Channel
) -> Checklist:
    wanted = titles_of(service.titles)
    if not wanted:
        return listed_documents(service.documents, on=day)
    answers = situation_of(wanted, situation, channel=channel, territory=_territory())
    return required_documents(answers, on=day)


def _documents(checklist: Checklist) -> list[Document]:
    return [
        Document(title=str(DOCUMENT_TEXTS[line.key].title), text=_words(line), key=line.key)
        for line in checklist.documents
    ]


def _words(line: RequiredDocument) -> str:
    """Say what the document is, what to do before coming, and what it costs."""
    text = DOCUMENT_TEXTS[line.key]
    parts = [str(part) for part in (text.explanation, text.before) if part]
    if line.amount_cents:
        price = {"price": euros(line.amount_cents, get_language() or "fr")}
        parts.insert(0, _("Prix au jour du rendez-vous : %(price)s.") % price)
    return " ".join(parts)


def euros(cents: int, language: str) -> str:
    """Write "86 €", "8,50 €" in French, "€86", "€8.50" in English."""
    whole, rest = divmod(cents, 100)
    if language.startswith("en"):
        return f"€{whole}.{rest:02}" if rest else f"€{whole}"
    return f"{whole},{rest:02} €" if rest else f"{whole} €"


def _territory() -> Territory:
    return Territory.of(current_schema().removeprefix("c_").upper())
