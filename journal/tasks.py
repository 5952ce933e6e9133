"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from journal import anchoring


@shared_task(name="journal.anchor")
def anchor() -> None:
    """Every night: keep the head of the chain, drop what is older than three years."""
    now = timezone.now()
    anchoring.anchor(now=now)
    anchoring.drop_old(now=now)
