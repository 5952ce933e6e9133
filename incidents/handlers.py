"""Who takes care of a report of the active commune, by its table of rules."""

from collections.abc import Sequence

from incidents.geo import Outline, Place
from incidents.models import Category, Handler, RoutingRule
from incidents.routing import Question, Rule, first_match


def read_rules() -> list[Rule]:
    """Read the table, in order; one query, and an outline made once for each zone."""
    outlines: dict[int, Outline] = {}
    rules = []
    for each in RoutingRule.objects.select_related("zone", "handler").order_by("position", "pk"):
        zone = None
        if each.zone is not None:
            zone = outlines.setdefault(each.zone.pk, Outline(each.zone.outline))
        rules.append(
            Rule(
                key=each.pk,
                handler=each.handler_id,
                category=each.category_id,
                group=each.group,
                zone=zone,
                road_class=each.road_class,
                explanation=each.explanation,
                is_off=not each.handler.is_active,
            )
        )
    return rules


def responsible(
    category: Category,
    *,
    place: Place | None,
    road_class: str = "",
    rules: Sequence[Rule] | None = None,
) -> tuple[Handler | None, str]:
    """Find who takes care of it and what the citizen is told of that; two queries."""
    question = Question(
        category=category.pk, group=category.group, place=place, road_class=road_class
    )
    rule = first_match(read_rules() if rules is None else rules, question)
    if rule is None:
        return None, ""
    return Handler.objects.select_related("team").get(pk=rule.handler), rule.explanation
