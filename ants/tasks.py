"""Work that the queue asks for, in the public schema."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from ants import calls, points, tokens
from ants.models import PreDemandeIndex


KEPT = timedelta(days=1)


@shared_task(name="ants.publish_points")
def publish_points() -> bool:
    """Make the list of our places again: after a change, and every minute."""
    tokens.publish()
    return points.publish()


@shared_task(name="ants.write_down_calls")
def write_down_calls() -> int:
    """Every minute: write down what the State's platform has asked."""
    return calls.write_down()


@shared_task(name="ants.forget_past")
def forget_past() -> int:
    """Every night: forget the numbers whose appointment is over."""
    count, _by_table = PreDemandeIndex.objects.filter(start__lt=timezone.now() - KEPT).delete()
    return count
