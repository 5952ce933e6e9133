"""Work that the queue asks for, in the public schema."""

from celery import shared_task

from slots import registry


@shared_task(name="slots.follow_communes")
def follow_communes() -> int:
    """Put the places of a commune in or out of use with it; every minute, and on each change."""
    return registry.follow_communes()
