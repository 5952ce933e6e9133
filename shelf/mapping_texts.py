"""Words as payloads, and back: documents, messages, answers to reports, pages."""

from typing import Any

from booking.models import DocumentText, MessageText
from incidents.models import ReplyTemplate
from shelf.kinds import DOCUMENT, PAGE, REPLY
from shelf.merge import LOCAL
from shelf.models import Origin, Page


DOCUMENT_FIELDS = [each.name for each in DOCUMENT.fields]
REPLY_FIELDS = [each.name for each in REPLY.fields]
PAGE_FIELDS = [each.name for each in PAGE.fields]
LANGUAGES = {"fr": "", "en": "_en"}


def find_document(slug: str, _payload: dict[str, Any]) -> int | None:
    """Return the row in which the commune words this document itself."""
    return DocumentText.objects.filter(key=slug).values_list("pk", flat=True).first()


def read_document(origin: Origin, _also: dict[str, Any]) -> dict[str, Any]:
    """Return the words of a document; without a row they are those of the rules."""
    words = DocumentText.objects.filter(key=origin.slug).first() or DocumentText()
    return {name: getattr(words, name) for name in DOCUMENT_FIELDS}


def write_document(origin: Origin, payload: dict[str, Any]) -> None:
    """Word a document; without any word the row goes."""
    values = {name: payload.get(name, "") for name in DOCUMENT_FIELDS}
    if any(values.values()) or origin.slug.startswith(LOCAL):
        DocumentText.objects.update_or_create(key=origin.slug, defaults=values)
    else:
        DocumentText.objects.filter(key=origin.slug).delete()


def find_message(slug: str, _payload: dict[str, Any]) -> int | None:
    """Tell by a row whether the commune adds words to this message."""
    return MessageText.objects.filter(event=slug).values_list("pk", flat=True).first()


def read_message(origin: Origin, _also: dict[str, Any]) -> dict[str, Any]:
    """Return what is added to a message, in both languages."""
    rows = {row.language: row for row in MessageText.objects.filter(event=origin.slug)}
    payload: dict[str, str] = {}
    for language, ending in LANGUAGES.items():
        row = rows.get(language) or MessageText()
        payload |= {f"subject{ending}": row.subject, f"text{ending}": row.text}
    return payload


def write_message(origin: Origin, payload: dict[str, Any]) -> None:
    """Add words to a message; in a language without any the row goes."""
    for language, ending in LANGUAGES.items():
        values = {name: payload.get(f"{name}{ending}", "") for name in ("subject", "text")}
        if any(values.values()):
            MessageText.objects.update_or_create(
                event=origin.slug, language=language, defaults=values
            )
        else:
            MessageText.objects.filter(event=origin.slug, language=language).delete()


def find_reply(_slug: str, payload: dict[str, Any]) -> int | None:
    """Return the answer that has the same title."""
    titled = ReplyTemplate.objects.filter(title=payload.get("title", ""))
    return titled.values_list("pk", flat=True).first()


def read_reply(origin: Origin, _also: dict[str, Any]) -> dict[str, Any] | None:
    """Return an answer as it is; None when it is gone."""
    row = ReplyTemplate.objects.filter(pk=origin.row_id).first()
    return None if row is None else {name: getattr(row, name) for name in REPLY_FIELDS}


def write_reply(origin: Origin, payload: dict[str, Any]) -> None:
    """Write an answer ready for agents."""
    row = ReplyTemplate.objects.filter(pk=origin.row_id).first() or ReplyTemplate()
    for name in REPLY_FIELDS:
        setattr(row, name, payload.get(name, ""))
    row.save()
    origin.object_id = row.pk


def find_page(slug: str, _payload: dict[str, Any]) -> int | None:
    """Return the page at this address."""
    return Page.objects.filter(slug=slug).values_list("pk", flat=True).first()


def read_page(origin: Origin, _also: dict[str, Any]) -> dict[str, Any] | None:
    """Return a page as it is; None when it is gone."""
    row = Page.objects.filter(pk=origin.row_id).first()
    return None if row is None else {name: getattr(row, name) for name in PAGE_FIELDS}


def write_page(origin: Origin, payload: dict[str, Any]) -> None:
    """Write a page of information."""
    row = Page.objects.filter(pk=origin.row_id).first() or Page(slug=origin.slug)
    for name in PAGE_FIELDS:
        setattr(row, name, payload.get(name, ""))
    row.save()
    origin.object_id = row.pk
