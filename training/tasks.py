"""Work that the queue asks for, in public."""

from celery import shared_task
from django.utils import timezone

from tenants.models import Association
from training import help as screen_help, letters, scheduling, seating
from training.models import TrainingSession


@shared_task(name="training.write")
def write(*, session: int) -> int:
    """Write the letters about one session that are due."""
    found = TrainingSession.objects.announced().select_related("association")
    return letters.write(session=found.get(pk=session), now=timezone.now())


@shared_task(name="training.take_replies")
def take_replies() -> int:
    """Take what communes answered on their own sites."""
    return seating.take_replies(now=timezone.now())


@shared_task(name="training.tend")
def tend() -> None:
    """Every few minutes: take answers, end what is over, write what is due."""
    now = timezone.now()
    seating.take_replies(now=now)
    for session in TrainingSession.objects.open().filter(ends_at__lt=now - letters.CLOSES_AFTER):
        scheduling.close(session=session, now=now)
    letters.write_all(now=now)
    for association in Association.objects.filter(materials__isnull=False).distinct():
        screen_help.fill(association)
