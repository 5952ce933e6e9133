"""What the association's first page shows: sums and sentences over what communes published."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _, ngettext

from adoption.cohorts import band
from adoption.comparison_words import BANDS
from onboarding.dashboard import Row
from onboarding.metrics import Share, hidden
from onboarding.models import ExistingSolution, Onboarding
from onboarding.stages import Module, Stage
from onboarding.switching import WindowState
from tenants.models import Association, Commune


FUNNEL = (
    *(Stage.PROSPECT, Stage.CONSIDERING, Stage.COMMITTED, Stage.CONFIGURING, Stage.TRAINING),
    *(Stage.LIVE, Stage.PAUSED, Stage.CHURNED, Stage.DECLINED),
)


@dataclass(frozen=True, slots=True)
class Adoption:
    """How far one module is: communes and inhabitants, never one figure for all modules."""

    module: Module
    live: int
    eligible: int
    considering: int
    connected: int
    population_live: int
    population_eligible: int
    stages: dict[str, int]

    @property
    def coverage(self) -> float | None:
        """The share of the eligible communes' inhabitants who live in a live one."""
        if not self.population_eligible:
            return None
        return self.population_live / self.population_eligible

    @property
    def funnel(self) -> list[tuple[str, int]]:
        """How many communes stand at each stage, in order."""
        return [(str(stage.label), self.stages[stage]) for stage in FUNNEL if stage in self.stages]


@dataclass(frozen=True, slots=True)
class Summary:
    """The association's figures for identity documents over 28 days."""

    share: Share
    share_before: Share
    pioneer: Row | None

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


@dataclass(frozen=True, slots=True)
class Band:
    """The live communes of one size; ``share`` is None where too few appointments were taken."""

    name: str
    communes: int
    share: float | None
    first_slot: int | None


@dataclass(frozen=True, slots=True)
class Opening:
    """A window in which a commune may leave its present tool."""

    commune: Commune
    product: str
    opens: date
    closes: date
    is_open: bool


def adoption(association: Association, module: Module) -> Adoption:
    """Count how far a module is; three queries.

    Equipped communes are those that may adopt appointments; every commune may adopt reports.
    """
    members = Commune.objects.filter(association=association)
    if module == Module.BOOKING:
        members = members.equipped()
    all_of_them = members.aggregate(n=Count("pk"), population=Sum("population", default=0))
    steps = Onboarding.objects.filter(module=module, commune__in=members)
    rows = (
        steps.order_by()
        .values_list("stage")
        .annotate(n=Count("pk"), population=Sum("commune__population", default=0))
    )
    by_stage = {stage: (n, population) for stage, n, population in rows}
    live, population_live = by_stage.get(Stage.LIVE, (0, 0))
    connected = (
        ExistingSolution.objects.filter(
            commune__in=members, module=module, mode__in=ExistingSolution.CONNECTED
        )
        .exclude(
            Q(commune__onboardings__module=module) & Q(commune__onboardings__stage=Stage.LIVE)
        )
        .count()
    )
    stages = {stage: n for stage, (n, _population) in by_stage.items()}
    untold = all_of_them["n"] - sum(stages.values())
    stages[Stage.PROSPECT] = stages.get(Stage.PROSPECT, 0) + untold
    return Adoption(
        module=module,
        live=live,
        eligible=all_of_them["n"],
        considering=stages.get(Stage.CONSIDERING, 0),
        connected=connected,
        population_live=population_live,
        population_eligible=all_of_them["population"],
        stages={stage: n for stage, n in stages.items() if n},
    )


def summary(equipped: Iterable[Row]) -> Summary:
    """Add up the equipped communes: sums over sums, never a mean of percentages."""
    live = [row for row in equipped if row.is_live]
    dated = [row for row in live if row.since is not None]
    return Summary(
        share=Share.total(row.share for row in live),
        share_before=Share.total(row.share_before for row in live),
        pioneer=min(dated, key=lambda row: (row.since, row.commune.pk), default=None),
    )


def bands(rows: Sequence[Row]) -> list[Band]:
    """Add the live communes up by size; small numbers hide, and never alone."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        if row.is_live:
            groups.setdefault(band(row.commune.population), []).append(row)
    totals = {key: Share.total(row.share for row in group) for key, group in groups.items()}
    unseen = hidden((key, total.den) for key, total in sorted(totals.items()))
    found = []
    for key, group in sorted(groups.items()):
        waits = sorted(row.first_slot for row in group if row.first_slot is not None)
        found.append(
            Band(
                name=str(BANDS[key]),
                communes=len(group),
                share=None if key in unseen else totals[key].ratio,
                first_slot=waits[(len(waits) - 1) // 2] if waits else None,
            )
        )
    return found


def windows(communes: Collection[int], *, today: date, most: int = 5) -> list[Opening]:
    """List the windows that are open or open soon, the nearest first; one query."""
    found = []
    solutions = ExistingSolution.objects.filter(
        commune__in=communes, contract_end__gte=today
    ).select_related("commune")
    for each in solutions:
        window = each.window
        state = window.state(today) if window else None
        if window and state in {WindowState.SOON, WindowState.OPEN}:
            is_open = state == WindowState.OPEN
            found.append(Opening(each.commune, str(each), window.opens, window.closes, is_open))
    return sorted(found, key=lambda opening: opening.opens)[:most]
