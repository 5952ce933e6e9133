"""How far each member is from its opening, as it wrote it itself; one query for all."""

from dataclasses import dataclass

from django.utils.translation import gettext as _, ngettext

from onboarding.models import ReadinessItem
from onboarding.readiness import BY_CODE, weigh
from onboarding.readiness_words import LABELS
from tenants.models import Association, Commune


@dataclass(frozen=True, slots=True)
class Progress:
    """A score from 0 to 100, and the labels of what still blocks the opening."""

    score: int
    blocking: tuple[str, ...]

    @property
    def blocking_said(self) -> str:
        """How much blocks, in words."""
        count = len(self.blocking)
        if not count:
            return _("rien ne bloque")
        return ngettext("%(n)s point bloque", "%(n)s points bloquent", count) % {"n": count}

    @property
    def said(self) -> str:
        """Both, in a cell."""
        return _("%(score)s %% · %(what)s") % {"score": self.score, "what": self.blocking_said}


def progress_of(association: Association) -> dict[int, Progress]:
    """Tell of each member that prepares its opening how far it is, by its key."""
    rows = ReadinessItem.objects.filter(
        commune__association=association,
        commune__state=Commune.State.CONFIGURING,
        code__in=BY_CODE,
    )
    found: dict[int, list[ReadinessItem]] = {}
    for each in rows:
        found.setdefault(each.commune_id, []).append(each)
    return {commune: _of(items) for commune, items in found.items()}


def _of(items: list[ReadinessItem]) -> Progress:
    order = list(BY_CODE)
    items.sort(key=lambda each: order.index(each.code))
    return Progress(
        score=weigh((each.is_blocking, _is_settled(each)) for each in items),
        blocking=tuple(
            str(LABELS[each.code]) for each in items if each.is_blocking and not _is_settled(each)
        ),
    )


def _is_settled(item: ReadinessItem) -> bool:
    return item.is_done or item.waived_at is not None
