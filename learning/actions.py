"""What is written about progress: a step is done, an exercise is to be looked at, or was."""

from datetime import datetime

from django.db import transaction

from learning.models import ExerciseTry, StepDone
from parvis.deferred import defer_to
from parvis.guard import current_schema


@transaction.atomic
def finish(*, user_id: int, path_id: int, step_id: int, now: datetime) -> None:
    """Note that somebody finished a step; done again, nothing changes."""
    StepDone.objects.get_or_create(
        user_id=user_id, step_id=step_id, defaults={"path_id": path_id, "at": now}
    )


@transaction.atomic
def ask(
    *, user_id: int, path_id: int, step_id: int, exercise: str, sandbox: str, now: datetime
) -> None:
    """Ask the sandbox (a schema) whether an exercise is done; it answers in a moment."""
    ExerciseTry.objects.update_or_create(
        user_id=user_id, step_id=step_id, defaults={"asked_at": now, "looked_at": None}
    )
    defer_to(
        sandbox,
        "learning.verify",
        exercise=exercise,
        user=user_id,
        path=path_id,
        step=step_id,
        back_to=current_schema(),
    )


@transaction.atomic
def note(*, user_id: int, path_id: int, step_id: int, is_done: bool, now: datetime) -> None:
    """Take what the sandbox says; nothing that was not asked for."""
    asked = ExerciseTry.objects.filter(user_id=user_id, step_id=step_id)
    if not asked.update(looked_at=now):
        return
    if is_done:
        finish(user_id=user_id, path_id=path_id, step_id=step_id, now=now)
