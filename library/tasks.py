"""Work that the queue asks for in each commune."""

from celery import shared_task
from django.utils import timezone

from library import propagation
from shelf import receiving


@shared_task(name="library.arrive")
def arrive(*, template_id: int) -> None:
    """Take a template's newest version in."""
    propagation.arrive(template_id=template_id, now=timezone.now(), today=timezone.localdate())


@shared_task(name="library.forecast")
def forecast(*, version_id: int) -> None:
    """Count what a draft would change here."""
    propagation.forecast(version_id=version_id, now=timezone.now())


@shared_task(name="library.catch_up")
def catch_up() -> int:
    """Finish what was interrupted, and take in what came into force."""
    return propagation.catch_up(now=timezone.now(), today=timezone.localdate())


@shared_task(name="library.attach")
def attach() -> None:
    """Recognise what was installed without the library; put back what the law imposes."""
    propagation.attach(now=timezone.now(), today=timezone.localdate())
    receiving.enforce(now=timezone.now())
