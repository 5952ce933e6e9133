"""Work that the queue asks for: the sandbox looks, the commune of the person takes note."""

from celery import shared_task
from django.utils import timezone

from learning import actions, exercises
from parvis.deferred import defer_to


@shared_task(name="learning.verify")
def verify(*, exercise: str, user: int, path: int, step: int, back_to: str) -> None:
    """In the sandbox: look at the facts, and say to the commune that asked yes or no."""
    found = exercises.is_done(exercise=exercise, user_id=user)
    defer_to(back_to, "learning.note", user=user, path=path, step=step, is_done=int(found))


@shared_task(name="learning.note")
def note(*, user: int, path: int, step: int, is_done: int) -> None:
    """In the commune of the person: take what the sandbox says."""
    actions.note(
        user_id=user, path_id=path, step_id=step, is_done=bool(is_done), now=timezone.now()
    )
