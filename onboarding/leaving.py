"""A commune that leaves Parvis leaves the stages too: its departure is the fact."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _, override

from onboarding import obstacles, todo
from onboarding.actions import move
from onboarding.models import Onboarding
from onboarding.stages import Module, Reason, Stage, can_move
from tenants.models import Departure


GONE = (Departure.State.MOVED, Departure.State.DESTROYED)


def follow(*, now: datetime) -> int:
    """Bring out every module of the communes whose citizens are sent elsewhere; count them.

    Safe to repeat: a commune that came back afterwards stays where it is.
    """
    gone = Departure.objects.filter(state__in=GONE).select_related("commune").order_by("pk")
    return sum(_leave(departure, now=now) for departure in gone)


@transaction.atomic
def _leave(departure: Departure, *, now: datetime) -> int:
    ways = Onboarding.objects.filter(
        commune=departure.commune, since__lt=departure.moves_at
    ).exclude(stage=Stage.CHURNED)
    left = [each for each in ways if _churn(each, departure, now=now)]
    if left:
        obstacles.weigh_ideas(commune=departure.commune)
    return len(left)


def _churn(onboarding: Onboarding, departure: Departure, *, now: datetime) -> bool:
    module, before = Module(onboarding.module), Stage(onboarding.stage)
    way = [Stage.CHURNED] if can_move(before, Stage.CHURNED) else [Stage.PAUSED, Stage.CHURNED]
    if not can_move(before, way[0]):
        return False
    with override("fr"):
        said = departure.reason or _("Départ demandé par la commune et confirmé.")
    for stage in way:
        move(
            commune=departure.commune,
            module=module,
            stage=stage,
            reason=Reason.OTHER,
            evidence=said,
            now=now,
        )
    todo.settle(commune=departure.commune, module=module, stage=Stage.CHURNED, now=now)
    return True
