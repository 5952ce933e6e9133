"""What every change of a report does: lock it, write it in its history."""

from datetime import datetime
from typing import Any

from identity.members import Member
from incidents import topics, webhooks
from incidents.models import Message, Report, ReportEvent, StatusChange
from incidents.workflow import Actor
from parvis import live


def locked(report: Report) -> Report:
    """Read a report again and keep others from changing it until the transaction ends."""
    return (
        Report.objects.select_for_update(of=("self",), no_key=True)
        .select_related("category", "handler", "team")
        .get(pk=report.pk)
    )


def changed(report: Report) -> None:
    """Tell the pages that show a report, once it is committed."""
    live.touch(topics.of_report(report.pk))
    live.touch(topics.DESK)


def moved(
    report: Report,
    before: str,
    *,
    actor: Actor,
    by: Member | None,
    now: datetime,
    message: Message | None = None,
) -> StatusChange:
    """Add a move to the history and tell it; ``report`` is as it is now."""
    changed(report)
    webhooks.tell(report, before, now=now)
    return StatusChange.objects.create(
        report=report,
        before=before,
        after=report.status,
        reason=report.reason,
        actor=actor,
        by_id=by.user_id if by else None,
        by_name=by.name if by else "",
        message=message,
        at=now,
    )


def noted(
    report: Report, kind: ReportEvent.Kind, *, by: Member | None, now: datetime, **detail: Any
) -> None:
    """Add something else to the history; ``by`` is None when a citizen did it, or nobody."""
    changed(report)
    ReportEvent.objects.create(
        report=report,
        kind=kind,
        at=now,
        detail=detail,
        by_id=by.user_id if by else None,
        by_name=by.name if by else "",
    )
