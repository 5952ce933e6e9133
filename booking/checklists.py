"""The documents of an appointment: what is asked, what is kept with it, how it is told.

What was announced when the appointment was taken is kept as keys and prices: a later change of
the rules does not change what this citizen was asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
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
from booking.models import Appointment, DocumentText, Participant, Service
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
    checklist = _checklist(service, situation=situation, day=day, channel=channel)
    return _documents(checklist, own_texts())


def announced_each(
    service: Service, situations: Iterable[Mapping[str, str]], *, day: date
) -> tuple[list[list[Document]], str]:
    """List what each person brings on that day, and write what they pay in all; one query."""
    own = own_texts()
    lists = [
        _checklist(service, situation=each, day=day, channel=Channel.ONLINE) for each in situations
    ]
    total = sum(each.amount_cents for each in lists)
    return [_documents(each, own) for each in lists], (
        euros(total, get_language() or "fr") if total else ""
    )


def usual_of(services: Iterable[Service], *, day: date) -> dict[int, list[Document]]:
    """List what one person in the usual situation brings for each of some services; one query."""
    own = own_texts()
    return {
        each.pk: _documents(_checklist(each, situation={}, day=day, channel=Channel.ONLINE), own)
        for each in services
    }


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
    """List what a snapshot asks for, in the language of the page; one query."""
    return _documents(from_snapshot(kept), own_texts()) if kept else []


def told_each(
    appointment: Appointment, own: Mapping[str, DocumentText] | None = None
) -> list[tuple[Participant, list[Document]]]:
    """List what each of those who come was asked to bring; one query, none with ``own``."""
    own = own_texts() if own is None else own
    return [
        (person, _documents(from_snapshot(person.documents), own) if person.documents else [])
        for person in appointment.coming
    ]


def told(appointment: Appointment) -> list[Document]:
    """List what those who come were asked to bring, each document once; one query."""
    documents: dict[str, Document] = {}
    for _person, listed in told_each(appointment):
        for document in listed:
            documents.setdefault(document.key, document)
    return list(documents.values())


def told_apart(appointment: Appointment) -> list[tuple[int, list[Document]]]:
    """List what each was asked to bring with her position; once, without one, if all alike."""
    return listed_apart({each.position: each.documents for each in appointment.coming})


def listed_apart(lists: Mapping[int, Mapping[str, Any]]) -> list[tuple[int, list[Document]]]:
    """List what some snapshots ask for, by position; once, with 0, if all alike; one query."""
    own = own_texts()
    each = [
        (position, listed)
        for position, kept in lists.items()
        if kept and (listed := _documents(from_snapshot(kept), own))
    ]
    if all(listed == each[0][1] for _position, listed in each):
        return [(0, each[0][1])] if each else []
    return each


def count(appointment: Appointment) -> int:
    """Count what :func:`told` lists, without reading its words."""
    return len(
        {
            line["key"]
            for each in appointment.coming
            for line in each.documents.get("documents", ())
        }
    )


def named(keys: Iterable[str]) -> list[Document]:
    """Name some documents in the language of the page, without a price; one query."""
    own = own_texts()
    return [_document(RequiredDocument(key), own) for key in keys]


def own_texts() -> dict[str, DocumentText]:
    """Return what the commune says in its own words, by the key of the document; one query."""
    return {text.key: text for text in DocumentText.objects.all()}


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
    ruled = required_documents(answers, on=day)
    added = [key for key in service.documents if key not in ruled.keys]
    return replace(ruled, documents=(*ruled.documents, *map(RequiredDocument, added)))


def _documents(checklist: Checklist, own: Mapping[str, DocumentText]) -> list[Document]:
    return [_document(line, own) for line in checklist.documents]


def _document(line: RequiredDocument, own: Mapping[str, DocumentText]) -> Document:
    """Say what the document is, what to do before coming, and what it costs."""
    rule, its = DOCUMENT_TEXTS.get(line.key), own.get(line.key) or DocumentText()
    title = _chosen(str(rule.title) if rule else "", its.title, its.title_en)
    parts = (rule.explanation, rule.before) if rule else ()
    words = _chosen(" ".join(str(part) for part in parts if part), its.text, its.text_en)
    if line.amount_cents:
        price = {"price": euros(line.amount_cents, get_language() or "fr")}
        cost = _("Prix au jour du rendez-vous : %(price)s.") % price
        words = f"{cost} {words}".rstrip()
    return Document(title=title or _("Pièce demandée par la mairie"), text=words, key=line.key)


def _chosen(rule: str, french: str, english: str) -> str:
    """Choose the commune's words, or those of the rules where it has none in this language."""
    if (get_language() or "fr").startswith("en"):
        return english or rule or french
    return french or rule


def euros(cents: int, language: str) -> str:
    """Write "86 €", "8,50 €" in French, "€86", "€8.50" in English."""
    whole, rest = divmod(cents, 100)
    if language.startswith("en"):
        return f"€{whole}.{rest:02}" if rest else f"€{whole}"
    return f"{whole},{rest:02} €" if rest else f"{whole} €"


def _territory() -> Territory:
    return Territory.of(current_schema().removeprefix("c_").upper())
