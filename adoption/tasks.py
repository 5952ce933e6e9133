"""Work that the queue asks for: in each commune, and once for all of them."""

from celery import shared_task
from django.utils import timezone

from adoption import actions, following, letters
from booking import tallies
from tenants.models import Association


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


@shared_task(name="adoption.follow")
def follow() -> int:
    """Every morning, in public: compare, rate, note what to call about, write closed months."""
    now = timezone.now()
    sent = 0
    for association in Association.objects.order_by("pk"):
        following.follow(association=association, now=now)
        month = letters.last_closed(timezone.localdate(now))
        letters.write(association=association, month=month, now=now)
        sent += letters.send_all(association=association, month=month, now=now)
    return sent
