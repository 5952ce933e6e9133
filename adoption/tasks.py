"""Work that the queue asks for: in each commune, and once for all of them."""

from celery import shared_task
from django.utils import timezone

from adoption import actions
from booking import tallies


@shared_task(name="adoption.count")
def count() -> int:
    """Publish the counts of the current commune that changed."""
    now = timezone.now()
    tallies.keep_seen(now=now)
    return actions.count(now=now)


@shared_task(name="adoption.measure")
def measure() -> int:
    """Every night: publish all that the current commune counts about itself."""
    return actions.measure(now=timezone.now())
