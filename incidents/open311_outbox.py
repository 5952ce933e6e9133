"""What is to leave for the Open311 server of another body: written in the transaction of the fact.

The worker sends it (:mod:`incidents.open311_forwarding`).
"""

from datetime import datetime

from django.db import transaction

from incidents.models import Dispatch, Handler, Message, OpenServer, Report
from parvis.deferred import defer


def queue(report: Report, handler: Handler, *, now: datetime) -> bool:
    """Put a report in the outbox of the body it is passed on to; False where that takes none."""
    server = OpenServer.objects.filter(handler=handler, is_active=True).first()
    if server is None or not service_of(server, report.category.code):
        return False
    row, is_new = Dispatch.objects.get_or_create(
        server=server, report=report, message=None, defaults={"due_at": now}
    )
    if not is_new and row.state == Dispatch.State.DEAD:
        relaunch(row, now=now)
    defer("incidents.send_dispatches")
    return True


def service_of(server: OpenServer, code: str) -> str:
    """Return the service of a server that stands for a category; "" when none does."""
    return str(server.codes.get(code) or server.fallback)


def pass_on(report: Report, message: Message, *, now: datetime) -> bool:
    """Let the body that has a report know what its reporter adds."""
    sent = (
        Dispatch.objects.filter(
            report=report,
            message__isnull=True,
            server__handler=report.handler_id,
            server__is_active=True,
            server__has_updates=True,
            state=Dispatch.State.DONE,
        )
        .exclude(external_id="")
        .first()
    )
    if sent is None:
        return False
    Dispatch.objects.get_or_create(
        server_id=sent.server_id, report=report, message=message, defaults={"due_at": now}
    )
    defer("incidents.send_dispatches")
    return True


@transaction.atomic
def relaunch(row: Dispatch, *, now: datetime) -> None:
    """Try again what was given up."""
    current = Dispatch.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if current.state != Dispatch.State.DEAD:
        return
    current.state = Dispatch.State.PENDING if current.token else Dispatch.State.WAITING
    current.attempts, current.due_at, current.error = 0, now, ""
    current.save(update_fields=["state", "attempts", "due_at", "error"])
    defer("incidents.send_dispatches")
