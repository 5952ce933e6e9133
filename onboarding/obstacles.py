"""What holds communes back, and how many of them each idea would let go on."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from ideas import actions as ideas
from ideas.models import Idea
from identity.members import Member
from onboarding.actions import name_of
from onboarding.models import Obstacle, Onboarding
from onboarding.stages import Module, Reason, Stage
from tenants.models import Association, Commune


SETTLED = (Stage.LIVE, Stage.CHURNED)  # nobody waits there any more


@transaction.atomic
def note(  # noqa: PLR0913 - all that is known of it
    *,
    commune: Commune,
    module: Module,
    reason: Reason,
    by: Member,
    now: datetime,
    detail: str = "",
    idea: Idea | None = None,
) -> Obstacle:
    """Write down what holds a commune back, and the idea that would lift it."""
    obstacle = Obstacle.objects.create(
        commune=commune,
        module=module,
        reason_code=reason,
        detail=detail,
        idea=idea,
        noted_at=now,
        by_name=name_of(by),
    )
    weigh_ideas(commune=commune)
    return obstacle


@transaction.atomic
def change(*, obstacle: Obstacle, detail: str, idea: Idea | None) -> None:
    """Say more of an obstacle, or which idea would lift it."""
    obstacle.detail, obstacle.idea = detail, idea
    obstacle.save(update_fields=["detail", "idea"])
    weigh_ideas(commune=obstacle.commune)


@transaction.atomic
def solve(*, obstacle: Obstacle, by: Member, now: datetime) -> None:
    """Say that an obstacle is lifted; again, nothing changes."""
    Obstacle.objects.filter(pk=obstacle.pk, solved_at=None).update(
        solved_at=now, solved_by_name=name_of(by)
    )
    weigh_ideas(commune=obstacle.commune)


@transaction.atomic
def reopen(*, obstacle: Obstacle) -> None:
    """Take "lifted" back."""
    Obstacle.objects.filter(pk=obstacle.pk).update(solved_at=None, solved_by_name="")
    weigh_ideas(commune=obstacle.commune)


def weigh_ideas(*, commune: Commune) -> None:
    """Count anew, for the association of a commune, whom each idea would let go on."""
    if commune.association is not None:
        weigh_ideas_of(commune.association)


def weigh_every_idea() -> None:
    """Count anew for every association: ideas are merged where nobody knows of communes."""
    for association in Association.objects.all():
        weigh_ideas_of(association)


def weigh_ideas_of(association: Association) -> None:
    """Count anew whom each idea would let go on.

    A duplicate counts for its original. A commune counts once for an idea, and only where it is
    neither in service nor gone.
    """
    waiting = blocked(association)
    weights = {key: (len(each), sum(each.values())) for key, each in waiting.items()}
    known = Idea.objects.filter(association=association).filter(
        Q(pk__in=weights) | Q(unblocks_communes__gt=0)
    )
    for pk, communes, inhabitants in known.values_list(
        "pk", "unblocks_communes", "unblocks_inhabitants"
    ):
        weight = weights.get(pk, (0, 0))
        if weight != (communes, inhabitants):
            ideas.weigh(idea_id=pk, communes=weight[0], inhabitants=weight[1])


def blocked(association: Association) -> dict[int, dict[int, int]]:
    """Return by idea the communes that wait for it, each with its inhabitants."""
    settled = set(
        Onboarding.objects.filter(commune__association=association, stage__in=SETTLED).values_list(
            "commune", "module"
        )
    )
    rows = (
        Obstacle.objects.filter(
            commune__association=association, solved_at=None, idea__isnull=False
        )
        .order_by()
        .values_list(
            Coalesce("idea__duplicate_of", "idea"), "commune", "module", "commune__population"
        )
    )
    waiting: dict[int, dict[int, int]] = {}
    for idea, commune, module, population in rows:
        if (commune, module) not in settled:
            waiting.setdefault(idea, {})[commune] = population
    return waiting
