"""The communes as those who follow them list them: where each stands with one module.

Communes in coexistence are counted beside those in service, never among them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from onboarding import dashboard
from onboarding.models import (
    Contact,
    ExistingSolution,
    Obstacle,
    Onboarding,
    Referent,
    Task,
)
from onboarding.progress import Progress, progress_of
from onboarding.stages import Module, Reason, Stage
from onboarding.switching import WindowState
from parvis.periods import PARIS
from parvis.pieces import Tone
from tenants.directory import normalise
from tenants.models import Association, Commune


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One commune beside one module, with what is known of its way there."""

    commune: Commune
    module: Module
    stage: Stage
    today: date
    reason: str = ""
    since: date | None = None
    until: date | None = None
    referent_id: int | None = None
    referent: str = ""
    solution: ExistingSolution | None = None
    next_task: Task | None = None
    obstacles: Sequence[Obstacle] = ()
    words: str = ""
    progress: Progress | None = None
    figures: dashboard.Row | None = field(default=None, repr=False)

    @property
    def is_eligible(self) -> bool:
        """Whether the module is for this commune at all."""
        return self.module == Module.REPORTS or self.commune.station_count > 0

    @property
    def tone(self) -> Tone:
        """The tone of the stage's badge."""
        return dashboard.TONES.get(self.stage, "neutral")

    @property
    def stage_said(self) -> str:
        """The stage in words."""
        return str(self.stage.label) if self.is_eligible else _("Sans station biométrique")

    @property
    def reason_said(self) -> str:
        """The reason in words."""
        return str(Reason(self.reason).label) if self.reason else ""

    @property
    def days(self) -> int | None:
        """How many days the commune has been at this stage."""
        return None if self.since is None else (self.today - self.since).days

    @property
    def days_said(self) -> str:
        """For how long, in words."""
        if self.days is None:
            return "–"
        return ngettext("%(n)s jour", "%(n)s jours", self.days) % {"n": self.days}

    @property
    def is_late(self) -> bool:
        """Whether something should have been done for it before today."""
        return self.next_task is not None and self.next_task.due < self.today

    @property
    def window(self) -> WindowState | None:
        """Where today stands beside the window of its present contract."""
        return self.solution.window_state(self.today) if self.solution else None

    @property
    def is_window_open(self) -> bool:
        """Whether its present contract can be left these days."""
        return self.window == WindowState.OPEN

    @property
    def is_connected(self) -> bool:
        """Whether it keeps its own tool and is shown beside those in service."""
        return (
            self.is_eligible
            and self.stage != Stage.LIVE
            and self.solution is not None
            and self.solution.is_connected
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How far an association is with a module."""

    live: int
    eligible: int
    considering: int
    connected: int


def followed(association: Association, *, module: Module, today: date) -> list[Followed]:
    """Read the members by name, whatever their number in the same few queries."""
    stages = {
        each.commune_id: each
        for each in Onboarding.objects.filter(commune__association=association, module=module)
    }
    referents = {
        each.commune_id: each
        for each in Referent.objects.filter(
            commune__association=association, rank=Referent.Rank.MAIN
        ).select_related("user")
    }
    solutions = {
        each.commune_id: each
        for each in ExistingSolution.objects.filter(
            commune__association=association, module=module
        )
    }
    tasks = _next_tasks(association)
    obstacles = _obstacles(association, module)
    people = _people(association)
    figures = (
        {row.commune.pk: row for row in dashboard.rows(association, today=today)}
        if module == Module.BOOKING
        else {}
    )
    progress = progress_of(association)
    return [
        _one(
            commune,
            module,
            today,
            stages.get(commune.pk),
            referent=referents.get(commune.pk),
            solution=(solution := solutions.get(commune.pk)),
            next_task=tasks.get(commune.pk),
            obstacles=obstacles.get(commune.pk, ()),
            words=normalise(" ".join([*people.get(commune.pk, ()), str(solution or "")])),
            progress=progress.get(commune.pk),
            figures=figures.get(commune.pk),
        )
        for commune in Commune.objects.filter(association=association).order_by("slug")
    ]


def _next_tasks(association: Association) -> dict[int, Task]:
    """Return by commune the most urgent of what is to be done."""
    tasks: dict[int, Task] = {}
    for task in Task.objects.filter(commune__association=association, done_at=None):
        tasks.setdefault(task.commune_id, task)
    return tasks


def _obstacles(association: Association, module: Module) -> dict[int, list[Obstacle]]:
    obstacles: dict[int, list[Obstacle]] = {}
    for each in Obstacle.objects.filter(
        commune__association=association, module=module, solved_at=None
    ):
        obstacles.setdefault(each.commune_id, []).append(each)
    return obstacles


def _people(association: Association) -> dict[int, list[str]]:
    """Return by commune the words by which its people are found."""
    people: dict[int, list[str]] = {}
    for pk, *words in Contact.objects.filter(commune__association=association).values_list(
        "commune", "name", "function", "email", "phone"
    ):
        people.setdefault(pk, []).extend(words)
    return people


def _one(
    commune: Commune,
    module: Module,
    today: date,
    onboarding: Onboarding | None,
    *,
    referent: Referent | None,
    **known: Any,
) -> Followed:
    return Followed(
        commune=commune,
        module=module,
        today=today,
        stage=Stage(onboarding.stage) if onboarding else Stage.PROSPECT,
        reason=onboarding.reason_code if onboarding else "",
        since=onboarding.since.astimezone(PARIS).date() if onboarding else None,
        until=onboarding.until if onboarding else None,
        referent_id=referent.user_id if referent else None,
        referent=str(referent.user) if referent else "",
        **known,
    )


def tally(rows: Collection[Followed]) -> Tally:
    """Count the communes a module is for; those connected are never among those in service."""
    eligible = [row for row in rows if row.is_eligible]
    return Tally(
        live=sum(row.stage == Stage.LIVE for row in eligible),
        eligible=len(eligible),
        considering=sum(row.stage == Stage.CONSIDERING for row in eligible),
        connected=sum(row.is_connected for row in eligible),
    )


SORTS: dict[str, Callable[[Followed], Any]] = {
    "name": lambda row: row.commune.slug,
    "stage": lambda row: dashboard.ORDER[row.stage] if row.is_eligible else None,
    "since": lambda row: row.days if row.is_eligible else None,
    "ready": lambda row: row.progress.score if row.progress else None,
    "next": lambda row: row.next_task.due if row.next_task else None,
    "online": lambda row: row.figures.online if row.figures else None,
    "population": lambda row: row.commune.population,
}


def arranged(found: Sequence[Followed], *, sort: str) -> list[Followed]:
    """Sort by a column; without one the communes that the module is for come first."""
    eligible_first = sorted(found, key=lambda row: not row.is_eligible)
    is_column = sort.removeprefix("-") in SORTS
    return dashboard.by_column(found if is_column else eligible_first, SORTS, sort=sort)
