"""The communes as the association's pages list them, with what each published; a few queries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _, ngettext

from onboarding import metrics
from onboarding.metrics import Share
from onboarding.models import Onboarding
from onboarding.stages import Module, Reason, Stage
from parvis.pieces import Tone
from tenants.models import Association, Commune


TONES: dict[Stage, Tone] = {
    Stage.LIVE: "success",
    Stage.CONSIDERING: "info",
    Stage.COMMITTED: "brand",
    Stage.CONFIGURING: "brand",
    Stage.TRAINING: "brand",
    Stage.PAUSED: "warning",
    Stage.CHURNED: "danger",
    Stage.DECLINED: "danger",
}
NOTHING = Share(0, 0)
ORDER = {stage: place for place, stage in enumerate(Stage)}
AnyRow = TypeVar("AnyRow")


@dataclass(frozen=True, slots=True)
class Row:
    """One commune; what is too small to be told is None."""

    commune: Commune
    stage: Stage
    reason: str
    since: datetime | None
    share: Share
    share_before: Share
    first_slot: int | None
    is_hidden: bool

    @property
    def is_eligible(self) -> bool:
        """Whether the commune may issue identity documents, hence has a stage at all."""
        return self.commune.station_count > 0

    @property
    def is_live(self) -> bool:
        """Whether citizens can book there."""
        return self.stage == Stage.LIVE

    @property
    def tone(self) -> Tone:
        """The tone of the stage's badge."""
        return TONES.get(self.stage, "neutral")

    @property
    def stage_said(self) -> str:
        """The stage in words."""
        return str(self.stage.label) if self.is_eligible else _("Sans station biométrique")

    @property
    def online(self) -> float | None:
        """The share of appointments taken online over 28 days, 0 to 1."""
        return None if self.is_hidden else self.share.ratio

    @property
    def taken(self) -> int | None:
        """How many appointments were taken over 28 days."""
        return None if self.is_hidden or not self.is_live else self.share.den

    @property
    def first_slot_said(self) -> str:
        """In how many days the first slot is, in words."""
        if self.first_slot is None:
            return "–"
        if self.first_slot == 0:
            return _("aujourd’hui")
        return ngettext("%(n)s jour", "%(n)s jours", self.first_slot) % {"n": self.first_slot}


def rows(association: Association, *, today: date, equipped_only: bool = False) -> list[Row]:
    """Read the members with what they published, by name; four queries."""
    communes = Commune.objects.filter(association=association)
    if equipped_only:
        communes = communes.equipped()
    shares = metrics.shares(association, today=today)
    first_slots = metrics.first_slots(association, today=today)
    stages = {
        each.commune_id: each
        for each in Onboarding.objects.filter(
            commune__association=association, module=Module.BOOKING
        )
    }
    hidden = metrics.hidden((pk, share.den) for pk, (share, _before) in sorted(shares.items()))
    return [
        _row(
            commune,
            stages.get(commune.pk),
            shares.get(commune.pk, (NOTHING, NOTHING)),
            first_slot=first_slots.get(commune.pk),
            is_hidden=commune.pk in hidden,
        )
        for commune in communes.order_by("slug")  # plain letters: Arès before Arveyres
    ]


def _row(
    commune: Commune,
    onboarding: Onboarding | None,
    shares: tuple[Share, Share],
    *,
    first_slot: int | None,
    is_hidden: bool,
) -> Row:
    stage = Stage(onboarding.stage) if onboarding else Stage.PROSPECT
    reason = onboarding.reason_code if onboarding else ""
    return Row(
        commune=commune,
        stage=stage,
        reason=str(Reason(reason).label) if reason else "",
        since=onboarding.since if onboarding else None,
        share=shares[0],
        share_before=shares[1],
        first_slot=first_slot if stage == Stage.LIVE else None,
        is_hidden=is_hidden,
    )


SORTS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.commune.slug,
    "stage": lambda row: ORDER[row.stage] if row.is_eligible else None,
    "online": lambda row: row.online,
    "taken": lambda row: row.taken,
    "first": lambda row: row.first_slot,
    "population": lambda row: row.commune.population,
}


def arranged(found: Sequence[Row], *, sort: str) -> list[Row]:
    """Sort by a column; an unknown column changes nothing."""
    return by_column(found, SORTS, sort=sort)


def by_column(
    found: Iterable[AnyRow], columns: Mapping[str, Callable[[AnyRow], Any]], *, sort: str
) -> list[AnyRow]:
    """Sort by a column, a minus sign for the other way round; what is unknown comes last."""
    key = columns.get(sort.removeprefix("-"))
    if key is None:
        return list(found)
    known: list[AnyRow] = []
    unknown: list[AnyRow] = []
    for row in found:
        (unknown if key(row) is None else known).append(row)
    return sorted(known, key=key, reverse=sort.startswith("-")) + unknown
