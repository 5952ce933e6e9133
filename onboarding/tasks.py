"""Work that the scheduler asks for, in the public schema."""

from celery import shared_task
from django.utils import timezone

from onboarding import todo


@shared_task(name="onboarding.remind")
def remind() -> int:
    """Write as tasks what is to be recalled today."""
    return todo.remind(now=timezone.now())
