"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from booking import actions


@shared_task(name="booking.release_expired")
def release_expired() -> int:
    """Free the slots that nobody confirmed in time."""
    return actions.release_expired(now=timezone.now())
