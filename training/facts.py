"""How many people of the active commune are trained: counts, the only thing that leaves it."""

from learning.progress import finished
from tenants.models import Commune, Membership
from training.models import Attendance, PathStep


def trained_share(commune: Commune) -> tuple[int, int]:
    """Count those who attended a session or finished a path, among active staff.

    To be asked for inside the commune, under its role.
    """
    active = set(
        Membership.objects.filter(
            commune=commune, is_active=True, user__is_active=True
        ).values_list("user_id", flat=True)
    )
    attended = Attendance.objects.filter(commune=commune, state=Attendance.State.ATTENDED)
    trained = set(attended.filter(user__isnull=False).values_list("user_id", flat=True))
    paths: dict[int, set[int]] = {}
    steps = PathStep.objects.filter(path__association__communes=commune)
    for path_id, step_id in steps.values_list("path_id", "pk"):
        paths.setdefault(path_id, set()).add(step_id)
    return len(active & (trained | finished(paths))), len(active)
