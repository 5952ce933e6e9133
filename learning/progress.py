"""How far people are; the numbers of a commune leave it, its people do not."""

from collections.abc import Mapping

from learning.models import ExerciseTry, StepDone


def done_by(user_id: int) -> set[int]:
    """Return the steps that somebody finished."""
    return set(StepDone.objects.filter(user_id=user_id).values_list("step_id", flat=True))


def last_try(*, user_id: int, step_id: int) -> ExerciseTry | None:
    """Return the last time somebody asked for an exercise to be looked at."""
    return ExerciseTry.objects.filter(user_id=user_id, step_id=step_id).first()


def finished(paths: Mapping[int, set[int]]) -> set[int]:
    """Return who finished at least one path; ``paths`` gives the steps of each."""
    done: dict[int, set[int]] = {}
    for user_id, step_id in StepDone.objects.values_list("user_id", "step_id"):
        done.setdefault(user_id, set()).add(step_id)
    return {
        user_id
        for user_id, steps in done.items()
        if any(wanted and wanted <= steps for wanted in paths.values())
    }
