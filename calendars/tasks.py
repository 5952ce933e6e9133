"""Work that the queue asks for in a commune's schema."""

from datetime import datetime

from celery import shared_task

from booking.planning import current_commune
from calendars import actions


@shared_task(name="calendars.note_fetched")
def note_fetched(*, agenda: int, at: str) -> None:
    """Remember that a program has read a diary; a page that is read writes nothing itself."""
    actions.note_fetched(agenda=agenda, now=datetime.fromisoformat(at))


@shared_task(name="calendars.end_of_who_left")
def end_of_who_left() -> int:
    """Every night: end the addresses of those who no longer receive citizens here."""
    return actions.end_of_who_left(commune=current_commune())
