"""Work that the queue asks for in each commune."""

from celery import shared_task
from django.utils import timezone

from adoption import actions


@shared_task(name="adoption.count")
def count() -> int:
    """Publish the counts of the current commune that changed."""
    return actions.count(now=timezone.now())
