"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from incidents import photos


@shared_task(name="incidents.develop_photos")
def develop_photos() -> int:
    """Delete the originals that waited too long, then develop the others."""
    now = timezone.now()
    photos.sweep(now=now)
    return photos.develop_waiting(now=now)
