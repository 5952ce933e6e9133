"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from booking import actions, presence, waiting


@shared_task(name="booking.release_expired")
def release_expired() -> int:
    """Free the slots that nobody confirmed in time."""
    return actions.release_expired(now=timezone.now())


@shared_task(name="booking.serve_waiting")
def serve_waiting() -> int:
    """Offer what is free to those who wait."""
    return waiting.serve(now=timezone.now())


@shared_task(name="booking.write_to_citizens")
def write_to_citizens() -> int:
    """Give back the places nobody answered for, then send the questions and reminders due."""
    now = timezone.now()
    return presence.give_back_unanswered(now=now) + presence.write_to_citizens(now=now)
