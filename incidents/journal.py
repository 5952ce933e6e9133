"""What happened to a report, in order, for whoever reads it; one query, however long."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Field,
    JSONField,
    Value,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import Message, Report, ReportEvent, StatusChange
from incidents.models.reports import REASON_WORDS, STATUS_WORDS
from incidents.states import state_of
from incidents.workflow import EFFECTS, Status


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
EVENT, MOVE, MESSAGE = "event", "move", "message"
TITLES = {  # where the name of a kind is too short for those who read one report only
    ReportEvent.Kind.MERGED: gettext_lazy("Réuni avec un autre signalement"),
    ReportEvent.Kind.SEPARATED: gettext_lazy("Séparé d’un autre signalement"),
}


class Fact(NamedTuple):
    """A row of the history, whichever of its tables it comes from; what another has is None.

    ``kind`` is the status after a move, the author of a message, the kind of an event.
    """

    table: str
    pk: int
    at: datetime
    kind: str
    by: str
    detail: dict[str, Any] | None
    reason: str | None
    message: int | None
    audience: str | None
    text: str | None
    erased_at: datetime | None


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
    facts = _facts(report)
    changes = [
        fact
        for fact in facts
        if fact.table == MOVE
        and (audience == Audience.STAFF or EFFECTS[Status(fact.kind)].is_told)
    ]
    messages = [fact for fact in facts if fact.table == MESSAGE]
    entries = [
        *_moves(changes, messages, audience),
        *_said(messages, {each.message for each in changes}, audience),
        *_events([fact for fact in facts if fact.table == EVENT], audience),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _facts(report: Report) -> list[Fact]:
    """Read the three tables together, and sort here what is little."""
    events = ReportEvent.objects.filter(report=report).order_by()
    changes = StatusChange.objects.filter(report=report).order_by()
    messages = Message.objects.filter(report=report).order_by()
    rows = events.values_list(
        *(Value(EVENT), "pk", "at", "kind", "by_name", "detail"),
        *(_none(CharField()), _none(BigIntegerField()), _none(CharField()), _none(CharField())),
        _none(DateTimeField()),
    ).union(
        changes.values_list(
            *(Value(MOVE), "pk", "at", "after", "by_name", _none(JSONField())),
            *("reason", "message_id", _none(CharField()), _none(CharField())),
            _none(DateTimeField()),
        ),
        messages.values_list(
            *(Value(MESSAGE), "pk", "at", "author", "author_name", _none(JSONField())),
            *(_none(CharField()), _none(BigIntegerField()), "audience", "text", "erased_at"),
        ),
        all=True,
    )
    return sorted((Fact(*row) for row in rows), key=lambda fact: (fact.at, fact.pk))


def _none(field: "Field[Any, Any]") -> Cast:
    return Cast(Value(None), field)


def _moves(changes: list[Fact], messages: list[Fact], audience: Audience) -> Iterator[Entry]:
    known = {each.pk: each for each in messages if _is_for(each, audience)}
    for change in changes:
        title = _title(change.kind, audience)
        if change.reason:
            title = _("%(status)s : %(reason)s") % {
                "status": title,
                "reason": REASON_WORDS[change.reason],  # type: ignore[index]
            }
        words = known.get(change.message or 0)
        yield Entry(
            change.at,
            title,
            text=(words.text or "") if words else "",
            by=change.by if audience == Audience.STAFF else "",
            kind=change.kind,
        )


def _title(status: str, audience: Audience) -> str:
    """Name a status; only the reporter is asked for "your" answer."""
    is_hers = audience == Audience.REPORTER
    word = str(STATUS_WORDS[Status(status)]) if is_hers else state_of(status).word
    return word.capitalize()


def _said(
    messages: list[Fact], with_moves: set[int | None], audience: Audience
) -> Iterator[Entry]:
    titles = {
        Message.Author.STAFF: _("Message de la mairie"),
        Message.Author.REPORTER: _("Message du déclarant"),
        Message.Author.PARTNER: _("Message de l’intervenant"),
    }
    for message in messages:
        if message.pk in with_moves or not _is_for(message, audience):
            continue
        is_note = (message.audience, message.kind) == ("staff", "staff")
        yield Entry(
            message.at,
            _("Note interne") if is_note else titles[Message.Author(message.kind)],
            text=message.text or "",
            by=message.by if audience == Audience.STAFF else "",
            kind="note" if is_note else "message",
        )


def _events(events: list[Fact], audience: Audience) -> Iterator[Entry]:
    for event in events:
        kind = ReportEvent.Kind(event.kind)
        if kind == ReportEvent.Kind.MESSAGE or TOLD.get(kind, Audience.STAFF) > audience:
            continue
        yield Entry(
            event.at,
            str(TITLES.get(kind, kind.label)).capitalize(),
            text=_wording(event, audience),
            by=event.by if audience == Audience.STAFF else "",
            kind=kind,
            detail=event.detail or {} if audience == Audience.STAFF else {},
        )


def _wording(event: Fact, audience: Audience) -> str:
    """Say what is particular about an event, where the reader may know."""
    detail = event.detail or {}
    if event.kind == ReportEvent.Kind.PAUSED:
        return str(detail.get("words", ""))
    if audience < Audience.STAFF:
        return ""
    return str(detail.get("words") or detail.get("other") or "")


def _is_for(message: Fact, audience: Audience) -> bool:
    reader = MAY_READ[Message.Audience(message.audience or "")]
    return message.erased_at is None and reader <= audience
