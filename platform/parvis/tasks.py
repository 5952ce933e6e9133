"""Work that the queue asks for in any schema."""

from celery import shared_task
from django.utils import timezone

from parvis.counters import forget_old
from parvis.delivery import deliver_due, forget_delivered as forget


@shared_task(name="parvis.deliver")
def deliver() -> int:
    """Deliver what is due in the outbox of the current schema."""
    return deliver_due(now=timezone.now())


@shared_task(name="parvis.forget_delivered")
def forget_delivered() -> int:
    """Every night: empty the messages that were delivered long enough ago."""
    return forget(now=timezone.now())


@shared_task(name="parvis.forget_attempts")
def forget_attempts() -> None:
    """Every night, in public: drop what was counted while Valkey was down."""
    forget_old(now=timezone.now())
