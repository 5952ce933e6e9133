"""What other programs are told of a report: its reference and state, never words nor a place."""

from datetime import datetime
from typing import Any

from connect import events, webhooks
from incidents.models import Report
from incidents.workflow import CLOSED


def tell(report: Report, before: str, *, now: datetime) -> None:
    """Have a move told, in its transaction; ``report`` is as it is now. One query."""
    if not before:
        event = events.REPORT_CREATED
    elif report.status in CLOSED:
        event = events.REPORT_CLOSED
    else:
        event = events.REPORT_UPDATED
    webhooks.note(event, data(report, before), now=now)


def data(report: Report, before: str = "") -> dict[str, Any]:
    """Say where a report is."""
    return {
        "reference": report.reference,
        "category": report.category.code,
        "status": report.status,
        "before": before,
        "reason": report.reason,
        "visibility": report.visibility,
        "channel": report.channel,
        "submitted_at": report.submitted_at,
        "due_at": report.due_at,
        "closed_at": report.closed_at,
    }
