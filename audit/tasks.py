"""Work that the queue asks for in any schema."""

from celery import shared_task
from django.utils import timezone

from audit import keeping


@shared_task(name="audit.seal")
def seal() -> int:
    """Every minute: chain what was written since."""
    return keeping.seal()


@shared_task(name="audit.forget")
def forget() -> int:
    """Every night: empty what is a year old."""
    return keeping.forget(now=timezone.now())
