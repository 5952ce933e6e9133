"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from nearby import actions


@shared_task(name="nearby.tell")
def tell() -> int:
    """Every minute: write to those for whom a start has come free nearby."""
    return actions.tell(now=timezone.now())
