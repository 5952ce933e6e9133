"""Work that the queue asks for in a commune's schema."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from exchange import (
    archive_actions,
    calendar_actions,
    departure_letters,
    import_actions,
    import_staff,
    invitations,
)
from exchange.models import CalendarFeed


@shared_task(name="exchange.run_imports")
def run_imports(*, batch: int) -> None:
    """Import a file, or undo its import."""
    import_actions.resume(batch=batch, now=timezone.now())


@shared_task(name="exchange.invite")
def invite(*, commune: int, row: int, by: int, since: str, **asked: str) -> None:
    """In the public schema: invite somebody for a commune, and tell it."""
    invitations.invite(
        asked=asked,
        commune_id=commune,
        row=row,
        by=by,
        since=datetime.fromisoformat(since),
        now=timezone.now(),
    )


@shared_task(name="exchange.withdraw")
def withdraw(*, commune: int, row: int, invitation: int, by: int) -> None:
    """In the public schema: withdraw an invitation for a commune, and tell it."""
    invitations.withdraw(
        commune_id=commune, row=row, invitation=invitation, by=by, now=timezone.now()
    )


@shared_task(name="exchange.note_invitation")
def note_invitation(*, row: int, state: str, invitation: int, message: str) -> None:
    """Write on a row what became of an invitation."""
    import_staff.note(
        row=row, state=state, invitation=invitation, message=message, now=timezone.now()
    )


@shared_task(name="exchange.resume_imports")
def resume_imports() -> int:
    """Every quarter of an hour: go on with what was stopped on its way."""
    return import_actions.forgotten(now=timezone.now())


@shared_task(name="exchange.erase_imports")
def erase_imports() -> int:
    """Every night: erase what files say of people, once it cannot serve any more."""
    return import_actions.erase_rows(now=timezone.now())


@shared_task(name="exchange.read_calendar")
def read_calendar(*, feed: int, is_whole: int = 1) -> None:
    """Read a calendar just added, or asked for again, or once more within the day."""
    found = CalendarFeed.objects.select_related("resource", "service").filter(pk=feed).first()
    if found is not None and found.url:
        calendar_actions.read_again(feed=found, now=timezone.now(), is_whole=bool(is_whole))


@shared_task(name="exchange.read_due_calendars")
def read_due_calendars() -> int:
    """Every quarter of an hour: have the calendars read that were read an hour ago."""
    return calendar_actions.ask_for_due(now=timezone.now())


@shared_task(name="exchange.read_calendars")
def read_calendars() -> int:
    """Every night: follow what the calendars of other tools say."""
    feeds = calendar_actions.feeds_to_read()
    for each in feeds:
        calendar_actions.read_again(feed=each, now=timezone.now())
    return len(feeds)


@shared_task(name="exchange.make_archive")
def make_archive(*, archive_id: int) -> None:
    """Make the archive that an administrator asked for."""
    archive_actions.make(archive_id=archive_id, now=timezone.now())


@shared_task(name="exchange.make_forgotten_archives")
def make_forgotten_archives() -> int:
    """Every quarter of an hour: make what nobody was woken for."""
    return archive_actions.make_forgotten(now=timezone.now())


@shared_task(name="exchange.erase_archives")
def erase_archives() -> int:
    """Every night: erase the archives whose time is over."""
    return archive_actions.erase_old(now=timezone.now())


@shared_task(name="exchange.follow_departures")
def follow_departures() -> int:
    """In the public schema, every night and when asked: take departures one step further."""
    return departure_letters.follow(now=timezone.now())
