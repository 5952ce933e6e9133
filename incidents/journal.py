"""What happened to a report, in order, for whoever reads it; three queries, however long."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import Message, Report, ReportEvent, StatusChange
from incidents.models.reports import REASON_WORDS, STATUS_WORDS
from incidents.states import state_of
from incidents.workflow import EFFECTS, Status


Row = TypeVar("Row", StatusChange, Message, ReportEvent)


class Audience(IntEnum):
    """Who reads: each reads what those above read too."""

    PUBLIC = 0
    REPORTER = 1
    STAFF = 2


MAY_READ = {
    Message.Audience.PUBLIC: Audience.PUBLIC,
    Message.Audience.REPORTER: Audience.REPORTER,
    Message.Audience.STAFF: Audience.STAFF,
}
TOLD = {  # of what is no move, what citizens read
    ReportEvent.Kind.MERGED: Audience.PUBLIC,
    ReportEvent.Kind.SEPARATED: Audience.PUBLIC,
    ReportEvent.Kind.THANKED: Audience.PUBLIC,
    ReportEvent.Kind.PAUSED: Audience.PUBLIC,
    ReportEvent.Kind.RESUMED: Audience.PUBLIC,
    ReportEvent.Kind.PROMISED: Audience.PUBLIC,
}
TITLES = {  # where the name of a kind is too short for those who read one report only
    ReportEvent.Kind.MERGED: gettext_lazy("Réuni avec un autre signalement"),
    ReportEvent.Kind.SEPARATED: gettext_lazy("Séparé d’un autre signalement"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; ``by`` is empty where the reader is not told who did it."""

    at: datetime
    title: str
    text: str = ""
    by: str = ""
    kind: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def timeline(report: Report, *, for_staff: bool = False, for_public: bool = False) -> list[Entry]:
    """List what happened, oldest first: to staff all of it, to others what concerns them."""
    audience = Audience.REPORTER
    if for_staff or for_public:
        audience = Audience.STAFF if for_staff else Audience.PUBLIC
    changes = [
        change
        for change in _in_order(StatusChange.objects.filter(report=report))
        if audience == Audience.STAFF or EFFECTS[Status(change.after)].is_told
    ]
    messages = _in_order(Message.objects.filter(report=report))
    entries = [
        *_moves(changes, messages, audience),
        *_said(messages, {each.message_id for each in changes}, audience),
        *_events(_in_order(ReportEvent.objects.filter(report=report)), audience),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _in_order(rows: QuerySet[Row]) -> list[Row]:
    """Sort here what is read in no order: it is little, and sorted once more with the rest."""
    return sorted(rows.order_by(), key=lambda row: (row.at, row.pk))


def _moves(
    changes: list[StatusChange], messages: list[Message], audience: Audience
) -> Iterator[Entry]:
    known = {each.pk: each for each in messages if _is_for(each, audience)}
    for change in changes:
        title = _title(change.after, audience)
        if change.reason:
            title = _("%(status)s : %(reason)s") % {
                "status": title,
                "reason": REASON_WORDS[change.reason],  # type: ignore[index]
            }
        words = known.get(change.message_id or 0)
        yield Entry(
            change.at,
            title,
            text=words.text if words else "",
            by=change.by_name if audience == Audience.STAFF else "",
            kind=change.after,
        )


def _title(status: str, audience: Audience) -> str:
    """Name a status; only the reporter is asked for "your" answer."""
    is_hers = audience == Audience.REPORTER
    word = str(STATUS_WORDS[Status(status)]) if is_hers else state_of(status).word
    return word.capitalize()


def _said(
    messages: list[Message], with_moves: set[int | None], audience: Audience
) -> Iterator[Entry]:
    titles = {
        Message.Author.STAFF: _("Message de la mairie"),
        Message.Author.REPORTER: _("Message du déclarant"),
        Message.Author.PARTNER: _("Message de l’intervenant"),
    }
    for message in messages:
        if message.pk in with_moves or not _is_for(message, audience):
            continue
        is_note = (message.audience, message.author) == ("staff", "staff")
        yield Entry(
            message.at,
            _("Note interne") if is_note else titles[Message.Author(message.author)],
            text=message.text,
            by=message.author_name if audience == Audience.STAFF else "",
            kind="note" if is_note else "message",
        )


def _events(events: list[ReportEvent], audience: Audience) -> Iterator[Entry]:
    for event in events:
        kind = ReportEvent.Kind(event.kind)
        if kind == ReportEvent.Kind.MESSAGE or TOLD.get(kind, Audience.STAFF) > audience:
            continue
        yield Entry(
            event.at,
            str(TITLES.get(kind, kind.label)).capitalize(),
            text=_wording(event, audience),
            by=event.by_name if audience == Audience.STAFF else "",
            kind=kind,
            detail=event.detail if audience == Audience.STAFF else {},
        )


def _wording(event: ReportEvent, audience: Audience) -> str:
    """Say what is particular about an event, where the reader may know."""
    if event.kind == ReportEvent.Kind.PAUSED:
        return str(event.detail.get("words", ""))
    if audience < Audience.STAFF:
        return ""
    return str(event.detail.get("words") or event.detail.get("other") or "")


def _is_for(message: Message, audience: Audience) -> bool:
    return message.erased_at is None and MAY_READ[Message.Audience(message.audience)] <= audience
