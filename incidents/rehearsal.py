"""Replay the rules on past reports: what would change hands if the table were another one.

Nothing is written. The outcome of the table as it is is compared with that of the table proposed,
so that what was chosen by hand does not count as a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.geo import Place
from incidents.handlers import read_rules
from incidents.models import Category, Handler, Report
from incidents.routing import Question, Rule, first_match


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


class Table:
    """A table of rules, asked about many reports: what cannot apply is left out once."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._kept: dict[Known, list[Rule]] = {}

    def handler(self, question: Question) -> int | None:
        """Return who takes care of it, if anybody."""
        known = (question.category, question.group, question.road_class)
        kept = self._kept.get(known)
        if kept is None:
            kept = self._kept[known] = [each for each in self._rules if _may_apply(each, question)]
        rule = first_match(kept, question)
        return rule.handler if rule else None


def rehearse(proposed: Sequence[Rule], *, now: datetime) -> Rehearsal:
    """Compare the table as it is with another, on the reports of the last twelve months.

    Three queries, whatever the number of rules and reports; at most ``REPORTS_MOST`` reports.
    """
    today, then = Table(read_rules()), Table(proposed)
    found = (
        Report.objects.filter(submitted_at__gte=now - PERIOD)
        .exclude(category__door=Category.Door.COMPLIMENT)
        .order_by("-submitted_at", "-id")
        .values_list(
            *("reference", "category_id", "category__group", "category__name"),
            *("address", "lat", "lon", "road_class"),
        )
    )
    names = dict(Handler.objects.values_list("pk", "name"))
    rows: list[Moved] = []
    total, changed = 0, 0
    for reference, category, group, name, address, lat, lon, road_class in found[:REPORTS_MOST]:
        place = Place(lat, lon) if lat is not None and lon is not None else None
        question = Question(category=category, group=group, place=place, road_class=road_class)
        before, after = today.handler(question), then.handler(question)
        total += 1
        if before == after:
            continue
        changed += 1
        if len(rows) < LISTED:
            who = [names.get(each or 0, "") for each in (before, after)]
            rows.append(Moved(reference, name, address, *who))
    return Rehearsal(total, changed, rows)


def _may_apply(rule: Rule, question: Question) -> bool:
    """Tell whether a rule applies somewhere, for what has this category and road."""
    return (
        not rule.is_off
        and rule.category in {None, question.category}
        and rule.group in {"", question.group}
        and rule.road_class in {"", question.road_class}
    )
