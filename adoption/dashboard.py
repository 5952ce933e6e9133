"""What the association's first page shows: sums and sentences over what communes published."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _, ngettext

from onboarding.dashboard import Row
from onboarding.metrics import Share
from onboarding.stages import Stage


@dataclass(frozen=True, slots=True)
class Summary:
    """The association's figures for identity documents."""

    live: int
    eligible: int
    considering: int
    population_live: int
    population_eligible: int
    share: Share
    share_before: Share
    pioneer: Row | None

    @property
    def coverage(self) -> float | None:
        """The share of the eligible communes' inhabitants who live in a live one."""
        if not self.population_eligible:
            return None
        return self.population_live / self.population_eligible

    @property
    def trend(self) -> str:
        """How the online share moved since the 28 days before, in points, in words."""
        now, before = self.share.ratio, self.share_before.ratio
        if now is None or before is None:
            return _("Pas assez de données pour une tendance.")
        points = round(100 * now) - round(100 * before)
        if points == 0:
            return _("Stable par rapport aux 28 jours précédents.")
        words = ngettext(
            "%(points)s point par rapport aux 28 jours précédents.",
            "%(points)s points par rapport aux 28 jours précédents.",
            abs(points),
        )
        return words % {"points": f"{points:+d}".replace("-", "\N{MINUS SIGN}")}


def summary(equipped: Iterable[Row]) -> Summary:
    """Add up the equipped communes: sums over sums, never a mean of percentages."""
    equipped = list(equipped)
    live = [row for row in equipped if row.is_live]
    dated = [row for row in live if row.since is not None]
    return Summary(
        live=len(live),
        eligible=len(equipped),
        considering=sum(row.stage == Stage.CONSIDERING for row in equipped),
        population_live=sum(row.commune.population for row in live),
        population_eligible=sum(row.commune.population for row in equipped),
        share=Share.total(row.share for row in live),
        share_before=Share.total(row.share_before for row in live),
        pioneer=min(dated, key=lambda row: (row.since, row.commune.pk), default=None),
    )
