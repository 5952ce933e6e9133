"""Who takes care of what: category × zone × road class → handler; the first rule that matches.

Pure: rules are read once (:mod:`incidents.handlers`), and the answer says which rule gave it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from incidents.geo import Outline, Place


class Miss(StrEnum):
    """Why a rule does not apply."""

    OFF = "off"
    CATEGORY = "category"
    GROUP = "group"
    ROAD = "road"
    UNPLACED = "unplaced"
    ZONE = "zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the commune's table; what is None or empty matches everything."""

    key: int
    handler: int
    category: int | None = None
    group: str = ""
    zone: Outline | None = None
    road_class: str = ""
    explanation: str = ""
    is_off: bool = False
    """Its handler is out of service: as if it were not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is known of a report when somebody must be found for it."""

    category: int
    group: str
    place: Place | None = None
    road_class: str = ""


def first_match(rules: Sequence[Rule], question: Question) -> Rule | None:
    """Return the first rule that matches; None when the commune has none for this."""
    return next((rule for rule in rules if matches(rule, question)), None)


def matches(rule: Rule, question: Question) -> bool:
    """Tell whether a rule applies; one with a zone never applies to what has no place."""
    return miss(rule, question) is None


def miss(rule: Rule, question: Question) -> Miss | None:
    """Say why a rule does not apply; None when it does."""
    reasons = (
        (Miss.OFF, rule.is_off),
        (Miss.CATEGORY, rule.category not in {None, question.category}),
        (Miss.GROUP, rule.group not in {"", question.group}),
        (Miss.ROAD, rule.road_class not in {"", question.road_class}),
    )
    for reason, is_so in reasons:
        if is_so:
            return reason
    if rule.zone is None:
        return None
    if question.place is None:
        return Miss.UNPLACED
    return None if rule.zone.holds(question.place) else Miss.ZONE


def hidden(rules: Sequence[Rule], groups: Mapping[int, str]) -> dict[int, int]:
    """Find the rules that can never win: the key of each, and of the earlier one that covers it.

    ``groups`` says in which group each category is.
    """
    found: dict[int, int] = {}
    for rank, later in enumerate(rules):
        for earlier in rules[:rank]:
            if not earlier.is_off and _covers(earlier, later, groups):
                found[later.key] = earlier.key
                break
    return found


def _covers(earlier: Rule, later: Rule, groups: Mapping[int, str]) -> bool:
    if earlier.category is not None and earlier.category != later.category:
        return False
    named = later.group or groups.get(later.category or 0, "")
    if earlier.group and earlier.group != named:
        return False
    if earlier.road_class and earlier.road_class != later.road_class:
        return False
    return earlier.zone is None or earlier.zone is later.zone
