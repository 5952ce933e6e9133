"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from messaging import digests


@shared_task(name="messaging.write_digests")
def write_digests() -> int:
    """Every quarter of an hour: once it is seven, write the news of the day before."""
    return digests.write(now=timezone.now())
