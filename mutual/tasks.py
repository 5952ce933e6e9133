"""Work that the queue asks for: in a commune, and in public for the phone desk."""

from celery import shared_task
from django.utils import timezone

from mutual import actions


@shared_task(name="mutual.take_note")
def take_note() -> None:
    """Follow the agreements of this commune; every night, too, as they begin and end."""
    actions.take_note(now=timezone.now())


@shared_task(name="mutual.count_uses")
def count_uses() -> int:
    """Every night: count for whom this commune's shared counter has received."""
    return actions.count_uses(now=timezone.now())


@shared_task(name="mutual.seat_phone_agents")
def seat_phone_agents(*, association: int) -> None:
    """Give and take the places of the phone desk."""
    actions.seat_phone_agents(association=association)
