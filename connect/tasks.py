"""Work that the queue asks for in a commune."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from connect import actions, calls, sending
from parvis.deferred import defer


@shared_task(name="connect.note_use")
def note_use(key: int, at: str) -> None:
    """Note that a key was used."""
    actions.note_use(key_id=key, at=datetime.fromisoformat(at))


@shared_task(name="connect.deliver")
def deliver() -> int:
    """Tell webhooks what waits for them."""
    return sending.deliver_due(now=timezone.now())


@shared_task(name="connect.sweep")
def sweep() -> None:
    """Every minute: wake what has to be told again, beside what else the minute brings."""
    if sending.is_due(now=timezone.now()):
        defer("connect.deliver")


@shared_task(name="connect.count_calls")
def count_calls() -> int:
    """Every quarter of an hour: write down how often keys were used."""
    return calls.write_down()


@shared_task(name="connect.remind")
def remind() -> int:
    """Every night: write about the keys that end soon."""
    return actions.remind(now=timezone.now())
