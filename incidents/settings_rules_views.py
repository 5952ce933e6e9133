"""The settings of who does what: an ordered table, tried on one case or on the past year."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import F, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.geo import Outline
from incidents.handlers import read_rules
from incidents.models import Category, RoutingRule
from incidents.rehearsal import rehearse
from incidents.routing import Miss, Question, Rule, hidden, miss
from incidents.settings_pages import SPACE, save, short, show
from incidents.settings_rules_forms import LAST, RuleForm, TrialForm
from incidents.staff_pages import sets_reports


LIST = f"{SPACE}:rules"


@require_safe
@sets_reports
def rules(request: HttpRequest) -> HttpResponse:
    """Show the table in its order, and the rules that can never win."""
    known = _table()
    groups = dict(Category.objects.values_list("pk", "group"))
    ranks = {each.pk: rank for rank, each in enumerate(known, start=1)}
    covered = hidden(read_rules(), groups)
    page = {
        "rows": [
            {
                "rank": rank,
                "rule": each,
                "subject": _subject(each),
                "where": each.zone.name if each.zone else _("partout"),
                "road": each.get_road_class_display() or _("toutes les voies"),
                "hidden_by": ranks.get(covered.get(each.pk, 0)),
            }
            for rank, each in enumerate(known, start=1)
        ]
    }
    return show(request, "rules", page)


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def add_rule(request: HttpRequest) -> HttpResponse:
    """Add a rule, once it is known what it changes."""
    table = _table()
    others = [(each.pk, f"{rank}. {_subject(each)}") for rank, each in enumerate(table, start=1)]
    form = RuleForm(request.POST or None, rule=None, others=others)
    return _edit(request, form, label=_("Règle ajoutée : %(words)s"))


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule, once it is known what that changes."""
    rule = get_object_or_404(RoutingRule, pk=pk)
    form = RuleForm(request.POST or None, rule=rule, others=[])
    return _edit(request, form, label=_("Règle modifiée : %(words)s"))


@require_POST
@sets_reports
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a rule one place up or down, once it is known what that changes."""
    table = _table()
    rule = get_object_or_404(RoutingRule, pk=pk)
    order = [each.pk for each in table]
    here = order.index(rule.pk)
    there = here + (1 if request.POST.get("sens") == "bas" else -1)
    if not 0 <= there < len(order):
        return redirect(LIST)
    other = table[there].pk
    proposed = read_rules()
    proposed[here], proposed[there] = proposed[there], proposed[here]

    def work() -> None:
        known = RoutingRule.objects.filter(pk__in=[rule.pk, other])
        places = dict(known.values_list("pk", "position"))
        if len(places) == 2:  # noqa: PLR2004 (somebody may have deleted one since)
            RoutingRule.objects.filter(pk=rule.pk).update(position=places[other])
            RoutingRule.objects.filter(pk=other).update(position=places[rule.pk])

    label = _("Règle déplacée : %(words)s") % {"words": short(_subject(table[here]))}
    return _confirmed(request, proposed, work, label)


@require_POST
@sets_reports
def delete_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a rule, once it is known what that changes."""
    rule = get_object_or_404(RoutingRule.objects.select_related("category", "zone"), pk=pk)
    proposed = [each for each in read_rules() if each.key != pk]
    label = _("Règle supprimée : %(words)s") % {"words": short(_subject(rule))}
    return _confirmed(request, proposed, rule.delete, label)


@require_safe
@sets_reports
def trial(request: HttpRequest) -> HttpResponse:
    """Ask the table about one case: which rule wins, and why each earlier one does not."""
    form = TrialForm(request.GET or None)
    steps, winner = None, None
    if form.is_bound and form.is_valid():
        category = form.cleaned_data["category"]
        question = Question(
            category=category.pk,
            group=category.group,
            place=form.place,
            road_class=form.cleaned_data["road_class"],
        )
        steps, winner = _explained(question)
    page = {
        "steps": steps,
        "winner": winner,
        "lat": form.place.lat if form.place else None,
        "lon": form.place.lon if form.place else None,
        "has_categories": Category.objects.exists(),
    }
    return show(request, "trial", page, form=form)


def without_rule() -> int:
    """Count the categories offered that no rule covers in every place and on every road."""
    everywhere = [
        each for each in read_rules() if not (each.zone or each.road_class or each.is_off)
    ]
    if any(each.category is None and not each.group for each in everywhere):
        return 0
    groups = {each.group for each in everywhere if each.group}
    named = {each.category for each in everywhere}
    offered = Category.objects.filter(is_active=True).exclude(door=Category.Door.REDIRECT)
    return sum(
        pk not in named and group not in groups for pk, group in offered.values_list("pk", "group")
    )


def _table() -> list[RoutingRule]:
    known = RoutingRule.objects.select_related("category", "zone", "handler")
    return list(known.defer("zone__outline").order_by("position", "pk"))


def _subject(rule: RoutingRule) -> str:
    if rule.category is not None:
        return rule.category.name
    if rule.group:
        return _("%(group)s : tout le groupe") % {"group": rule.group}
    return _("Tous les signalements")


def _edit(request: HttpRequest, form: RuleForm, *, label: str) -> HttpResponse:
    rule = form.rule
    page: dict[str, Any] = {"rule": rule, "rehearsal": None}
    if form.is_bound and form.is_valid():
        wanted = RoutingRule(pk=rule.pk if rule else None, **form.columns())
        before = form.cleaned_data.get("before", "") or LAST
        rehearsal = rehearse(_with(wanted, before), now=timezone.now())
        if "look" not in request.POST and ("sure" in request.POST or not rehearsal.changed):
            return save(
                request,
                label=label % {"words": short(_subject(wanted))},
                work=_write(wanted, before),
                to=reverse(LIST),
                now=timezone.now(),
            )
        page["rehearsal"] = rehearsal
    return show(request, "rule", page, form=form)


def _with(wanted: RoutingRule, before: str) -> list[Rule]:
    """Return the table as it would be with a rule that is not saved yet."""
    known = read_rules()
    made = Rule(
        key=wanted.pk or 0,
        handler=wanted.handler_id,
        category=wanted.category_id,
        group=wanted.group,
        zone=Outline(wanted.zone.outline) if wanted.zone else None,
        road_class=wanted.road_class,
        is_off=not wanted.handler.is_active,
    )
    if wanted.pk:
        return [made if each.key == wanted.pk else each for each in known]
    rank = next((n for n, each in enumerate(known) if str(each.key) == before), len(known))
    return [*known[:rank], made, *known[rank:]]


def _write(wanted: RoutingRule, before: str) -> Callable[[], object]:
    def work() -> None:
        if wanted.pk:
            names = ["category", "group", "zone", "road_class", "handler", "explanation"]
            columns = {name: getattr(wanted, name) for name in names}
            RoutingRule.objects.filter(pk=wanted.pk).update(**columns)
            return
        next_one = RoutingRule.objects.filter(pk=before).first() if before != LAST else None
        if next_one is None:
            last = RoutingRule.objects.aggregate(last=Max("position"))["last"]
            wanted.position = (last or 0) + 1
        else:
            wanted.position = next_one.position
            later = RoutingRule.objects.filter(position__gte=next_one.position)
            later.update(position=F("position") + 1)
        wanted.save()

    return work


def _confirmed(
    request: HttpRequest, proposed: Sequence[Rule], work: Callable[[], object], label: str
) -> HttpResponse:
    """Make a change of the table, after showing what it changes, if anything."""
    rehearsal = rehearse(proposed, now=timezone.now())
    if rehearsal.changed and "sure" not in request.POST:
        page = {
            "title": label,
            "rehearsal": rehearsal,
            "way": request.POST.get("sens", "").replace("\0", "")[:10],
        }
        return show(request, "rule_check", page)
    return save(request, label=label, work=work, to=reverse(LIST), now=timezone.now())


def _explained(question: Question) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Walk the table down to the rule that wins, and say why those before it do not."""
    shown = {each.pk: each for each in _table()}
    steps: list[dict[str, Any]] = []
    for rank, rule in enumerate(read_rules(), start=1):
        known = shown[rule.key]
        why = miss(rule, question)
        step = {
            "rank": rank,
            "subject": _subject(known),
            "handler": known.handler.name,
            "explanation": rule.explanation,
            "why": _why_not(why, known) if why else "",
        }
        if why is None:
            return steps, step
        steps.append(step)
    return steps, None


def _why_not(why: Miss, rule: RoutingRule) -> str:
    facts = {
        "handler": rule.handler.name,
        "road": rule.get_road_class_display(),
        "zone": rule.zone.name if rule.zone else "",
    }
    said = {
        Miss.OFF: _("%(handler)s est hors service."),
        Miss.CATEGORY: _("C’est une autre catégorie."),
        Miss.GROUP: _("C’est un autre groupe de catégories."),
        Miss.ROAD: _("Elle ne vaut que pour : %(road)s."),
        Miss.UNPLACED: _("Elle vaut dans la zone « %(zone)s », et le lieu n’est pas connu."),
        Miss.ZONE: _("Le lieu n’est pas dans la zone « %(zone)s »."),
    }
    return said[why] % facts
