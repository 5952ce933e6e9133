"""Messages as pages show them, whichever their channel."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from messaging.models import OutgoingText
from messaging.twin import look, twin
from parvis.delivery import Channel, channel_types
from parvis.models import Outgoing, OutgoingEmail, OutgoingQuerySet
from parvis.pieces import Tab


WAITING, SENT, FAILED, UNSURE = "en-attente", "partis", "echecs", "a-verifier"
WITHDRAWN = "retires"
STATES: dict[str, tuple[str | Promise, str, str]] = {
    WAITING: (gettext_lazy("En attente"), "info", "clock"),
    SENT: (gettext_lazy("Parti"), "success", "check"),
    FAILED: (gettext_lazy("Échec"), "danger", "x"),
    UNSURE: (gettext_lazy("À vérifier"), "warning", "circle-question-mark"),
    WITHDRAWN: (gettext_lazy("Retiré"), "neutral", "undo-2"),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages of a channel are in each state."""

    waiting: int
    sent: int
    failed: int
    unsure: int


def channel_of(slug: str) -> type[Channel]:
    """Find a channel by its name in addresses.

    Raises:
        Http404: there is none.
    """
    for each in channel_types():
        if each.slug == slug:
            return each
    raise Http404


def state_of(row: Outgoing) -> str:
    """Say how far a message is; one that came back has failed, one never tried was withdrawn."""
    if row.dead_at:
        return FAILED if row.attempts else WITHDRAWN
    if row.sent_at:
        return SENT
    return UNSURE if row.unsure_at else WAITING


def in_state(rows: OutgoingQuerySet, state: str) -> OutgoingQuerySet:
    """Narrow a list down to one state; all of them without."""
    chosen = {
        WAITING: rows.waiting,
        SENT: rows.sent,
        FAILED: rows.failed().filter(attempts__gt=0).all,
        UNSURE: rows.unsure,
        WITHDRAWN: rows.failed().filter(attempts=0).all,
    }
    return chosen[state]() if state in chosen else rows


def rows_of(channel: type[Channel], association_id: int | None) -> OutgoingQuerySet:
    """Take the messages of a channel: all that a commune wrote, or what bears an association.

    What opens somebody's account is written by nobody in particular: no association reads it.
    """
    rows: OutgoingQuerySet = channel.model.objects.all()
    return rows if association_id is None else rows.filter(association_id=association_id)


def counts(rows: OutgoingQuerySet) -> Counts:
    """Count messages of a channel; one query."""
    is_over = Q(dead_at__isnull=False)
    found: dict[str, int] = rows.aggregate(
        waiting=Count("pk", filter=Q(sent_at=None, dead_at=None, unsure_at=None)),
        sent=Count("pk", filter=Q(sent_at__isnull=False, dead_at=None)),
        failed=Count("pk", filter=is_over & Q(attempts__gt=0)),
        unsure=Count("pk", filter=Q(unsure_at__isnull=False, sent_at=None, dead_at=None)),
    )
    return Counts(**found)


def line(row: Outgoing, channel: type[Channel]) -> dict[str, Any]:
    """Say of one message what a list shows."""
    label, tone, _icon = STATES[state_of(row)]
    reason = row.last_error if state_of(row) != SENT else ""
    return {
        "pk": row.pk,
        "channel": channel.slug,
        "icon": channel.icon,
        "title": row.heading,
        "text": " · ".join(each for each in (row.reader, reason[:120]) if each),
        "at": row.written_at,
        "state": label,
        "tone": tone,
    }


def about(row: Outgoing) -> dict[str, Any]:
    """Gather what the page of one message says."""
    state = state_of(row)
    label, tone, icon = STATES[state]
    is_decided = state in {FAILED, UNSURE, WITHDRAWN} and bool(row.words)
    return {
        "row": row,
        "state": label,
        "tone": tone,
        "state_icon": icon,
        "is_failed": state == FAILED,
        "is_unsure": state == UNSURE,
        "is_waiting": state == WAITING,
        "may_resend": is_decided,
        "text": row if isinstance(row, OutgoingText) else None,
        "email": row if isinstance(row, OutgoingEmail) else None,
    }


def html_of(row: OutgoingEmail) -> str:
    """Write the HTML that leaves, or left, with an e-mail."""
    by = look(row.association_id)
    return row.html or twin(subject=row.subject, text=row.body, language=row.language, by=by)


def channel_tabs(current: type[Channel], address: str) -> list[Tab]:
    """Offer the other channels; ``address`` holds ``{}`` for the name of one."""
    return [
        Tab(str(each.label), address.format(each.slug), current=each is current, icon=each.icon)
        for each in channel_types()
    ]
