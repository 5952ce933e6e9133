"""Replay the rules on past reports: what would change hands if the table were another one.

Nothing is written. The outcome of the table as it is is compared with that of the table proposed,
so that what was chosen by hand does not count as a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.geo import placed
from incidents.handlers import read_rules
from incidents.models import Category, Handler, Report
from incidents.routing import Question, Rule


PERIOD = timedelta(days=365)
REPORTS_MOST = 50_000
LISTED = 50
Known = tuple[int, str, str]  # category, its group, class of the road


@dataclass(frozen=True, slots=True)
class Moved:
    """A report that would be given to somebody else."""

    reference: str
    category: str
    address: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How many of the reports of the last twelve months would change hands, and the latest."""

    total: int
    changed: int
    rows: list[Moved]

    @property
    def others(self) -> int:
        """How many are not listed."""
        return self.changed - len(self.rows)


def outcomes(rules: Sequence[Rule], questions: Sequence[Question]) -> list[int | None]:
    """Say who takes care of each of many reports, as :func:`incidents.routing.first_match` does.

    Each zone is asked once about all places, and what cannot apply is left out once for all
    reports of one category and road.
    """
    places = [each.place for each in questions]
    inside = {id(zone): zone.holding(places) for rule in rules if (zone := rule.zone) is not None}
    kept: dict[Known, list[Rule]] = {}
    found: list[int | None] = []
    for number, question in enumerate(questions):
        known = (question.category, question.group, question.road_class)
        if known not in kept:
            kept[known] = [each for each in rules if _may_apply(each, question)]
        found.append(
            next(
                (
                    rule.handler
                    for rule in kept[known]
                    if rule.zone is None or inside[id(rule.zone)][number]
                ),
                None,
            )
        )
    return found


def rehearse(proposed: Sequence[Rule], *, now: datetime) -> Rehearsal:
    """Compare the table as it is with another, on the reports of the last twelve months.

    Three queries, whatever the number of rules and reports; at most ``REPORTS_MOST`` reports.
    """
    found = list(
        Report.objects.filter(submitted_at__gte=now - PERIOD)
        .exclude(category__door=Category.Door.COMPLIMENT)
        .order_by("-submitted_at", "-id")
        .values_list(
            *("reference", "category_id", "category__group", "category__name"),
            *("address", "lat", "lon", "road_class"),
        )[:REPORTS_MOST]
    )
    questions = [
        Question(
            category=category,
            group=group,
            place=placed(lat, lon),
            road_class=road_class,
        )
        for _reference, category, group, _name, _address, lat, lon, road_class in found
    ]
    names = dict(Handler.objects.values_list("pk", "name"))
    before, after = outcomes(read_rules(), questions), outcomes(proposed, questions)
    moved = [n for n in range(len(found)) if before[n] != after[n]]
    rows = [
        Moved(
            reference=found[n][0],
            category=found[n][3],
            address=found[n][4],
            before=names.get(before[n] or 0, ""),
            after=names.get(after[n] or 0, ""),
        )
        for n in moved[:LISTED]
    ]
    return Rehearsal(len(found), len(moved), rows)


def _may_apply(rule: Rule, question: Question) -> bool:
    """Tell whether a rule applies somewhere, for what has this category and road."""
    return (
        not rule.is_off
        and rule.category in {None, question.category}
        and rule.group in {"", question.group}
        and rule.road_class in {"", question.road_class}
    )
