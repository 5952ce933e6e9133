"""Who takes care of what: category × zone × road class → handler; the first rule that matches.

Pure: rules are read once (:mod:`incidents.catalogue`), and the answer says which rule gave it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.geo import Outline, Place


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
    if rule.is_off:
        return False
    if rule.category is not None and rule.category != question.category:
        return False
    if rule.group and rule.group != question.group:
        return False
    if rule.road_class and rule.road_class != question.road_class:
        return False
    if rule.zone is None:
        return True
    return question.place is not None and rule.zone.holds(question.place)
