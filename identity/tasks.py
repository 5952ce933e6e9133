"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from identity import support


@shared_task(name="identity.tell_support")
def tell_support() -> int:
    """Every minute and when asked: tell a commune that somebody comes in to help."""
    return support.tell(now=timezone.now())
