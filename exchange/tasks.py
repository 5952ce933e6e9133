"""Work that the queue asks for in a commune's schema."""

from celery import shared_task
from django.utils import timezone

from exchange import import_actions


@shared_task(name="exchange.run_imports")
def run_imports(*, batch: int) -> None:
    """Import a file, or undo its import."""
    import_actions.resume(batch=batch, now=timezone.now())


@shared_task(name="exchange.resume_imports")
def resume_imports() -> int:
    """Every quarter of an hour: go on with what was stopped on its way."""
    return import_actions.forgotten(now=timezone.now())


@shared_task(name="exchange.erase_imports")
def erase_imports() -> int:
    """Every night: erase what files say of people, once it cannot serve any more."""
    return import_actions.erase_rows(now=timezone.now())
