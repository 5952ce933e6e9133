"""What the worker does for the API."""

from celery import shared_task
from django.utils import timezone

from api import actions


@shared_task(name="api.forget")
def forget() -> None:
    """Every night: forget which requests were sent more than a day ago."""
    actions.forget(now=timezone.now())
