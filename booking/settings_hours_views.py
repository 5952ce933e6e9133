"""The settings of hours: the week, an opening of it, and one day that differs."""

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import planning
from booking.capacity import week_capacity
from booking.models import Opening, OpeningOverride, Resource, Service
from booking.openings import OpeningRule, School
from booking.plans import rule_of
from booking.recurrences import hours, in_words, limits, next_days, period, rhythm, weekday_name
from booking.school_holidays import school_holidays, zone_of
from booking.settings_hours_forms import EVERY_WEEK, OccurrenceForm, OpeningForm
from booking.settings_pages import manages, save, show
from booking.staff_forms import parse_day
from booking.timetable import Timetable
from parvis.pieces import WeekDay, WeekOpening
from parvis.provenance import source_of, told_in
from parvis.typo import date_longue


WEEK = "booking:agent:settings:hours"
USUAL = {"step_minutes": 20, "rhythm": EVERY_WEEK, "school": "always"}


@require_safe
@manages
def week(request: HttpRequest) -> HttpResponse:
    """Show the ordinary week, how much it holds, and the days to come that differ."""
    now = timezone.now()
    today = planning.local_day(now)
    rules = planning.current_plan(today.year).timetable.openings
    services = list(Service.objects.offered())
    page = {
        "days": _week_days(),
        "capacities": _capacities(services, rules, now),
        "overrides": OpeningOverride.objects.filter(day__gte=today)
        .select_related("opening")
        .order_by("day", "pk"),
        "today": today,
    }
    return show(request, "hours", page)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def add_opening(request: HttpRequest) -> HttpResponse:
    """Open on one or several days of the week."""
    day = request.GET.get("jour", "")
    start = {**USUAL, "weekdays": [day]}
    resources = list(Resource.objects.filter(active=True))
    if len(resources) == 1:
        start["resources"] = resources
    form = OpeningForm(request.POST or None, instance=Opening(), initial=start)
    return _opening(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def change_opening(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the hours of one day of the week."""
    opening = get_object_or_404(Opening, pk=pk)
    return _opening(request, OpeningForm(request.POST or None, instance=opening), opening.pk)


@require_POST
@manages
def delete_opening(request: HttpRequest, pk: int) -> HttpResponse:
    """Close on one day of the week from now on."""
    opening = get_object_or_404(Opening, pk=pk)
    label = _("Plage supprimée : %(what)s") % {"what": _name(opening)}
    return save(request, label=label, work=opening.delete, to=reverse(WEEK), now=timezone.now())


@require_safe
@manages
def choose_day(request: HttpRequest) -> HttpResponse:
    """Show what is open on one date, each opening with a way to change that day only."""
    today = planning.local_day(timezone.now())
    day = parse_day(request.GET.get("date", "")) or today
    timetable = planning.current_plan(day.year).timetable
    is_school_holiday = day in timetable.school_holidays
    there = [
        rule
        for rule in timetable.openings
        if rule.recurs_on(day) and rule.goes_with(is_school_holiday=is_school_holiday)
    ]
    page = {
        "day": day,
        "closed": planning.closed_reason(day),
        "is_holiday": day in timetable.holidays,
        "openings": [_occurrence_of(rule, day) for rule in there],
    }
    return show(request, "day", page)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def occurrence(request: HttpRequest, pk: int, written: str) -> HttpResponse:
    """Cancel or change an opening on one day only."""
    opening = get_object_or_404(Opening, pk=pk)
    day = parse_day(written)
    if day is None or not _rule(opening).recurs_on(day):
        raise Http404
    form = OccurrenceForm(opening, day, request.POST or None)
    if form.is_valid():
        said = {"day": date_longue(day), "what": hours(_rule(opening))}
        label = (
            _("Plage annulée le %(day)s, %(what)s")
            if form.cleaned_data["what"] == "cancel"
            else _("Plage modifiée le %(day)s, %(what)s")
        )
        return save(
            request, label=label % said, work=form.write, to=reverse(WEEK), now=timezone.now()
        )
    page = {
        "day": day,
        "opening": opening,
        "what": hours(_rule(opening)),
        "back": _day_address(day),
    }
    return show(request, "occurrence", page, form=form)


@require_POST
@manages
def restore_occurrence(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a changed day its usual hours back."""
    override = get_object_or_404(OpeningOverride, pk=pk)
    label = _("Horaires habituels remis le %(day)s") % {"day": date_longue(override.day)}
    return save(request, label=label, work=override.delete, to=reverse(WEEK), now=timezone.now())


def _opening(request: HttpRequest, form: OpeningForm, pk: int | None) -> HttpResponse:
    now = timezone.now()
    is_valid = form.is_valid()
    rules = form.rules() if is_valid else []
    if is_valid and "look" not in request.POST:
        name = _names([weekday_name(rule.weekday) for rule in rules], rules[0])
        label = _("Plage modifiée : %(what)s") if pk else _("Plage ajoutée : %(what)s")
        with told_in(form):
            return save(
                request, label=label % {"what": name}, work=form.write, to=reverse(WEEK), now=now
            )
    if not form.is_bound and pk:
        rules = [_rule(form.instance)]
    page = {
        "pk": pk,
        "form": form,
        "source": source_of("hours", pk),
        "preview": _preview(form, rules, pk, now=now) if rules else None,
        "next_days": _next(rules, now) if pk else [],
    }
    return show(request, "opening", page, form=form)


def _preview(
    form: OpeningForm, rules: list[OpeningRule], pk: int | None, *, now: datetime
) -> dict[str, Any]:
    """Say a rule in words before it is saved, its next days, and what the week then holds."""
    today = planning.local_day(now)
    others = [
        rule for rule in planning.current_plan(today.year).timetable.openings if rule.key != pk
    ]
    given = form.cleaned_data if form.is_bound else {}
    resources = given.get("resources", form.instance.resources.all() if pk else [])
    services = list(given.get("services", form.instance.services.all() if pk else []))
    names = {
        "resources": [resource.name for resource in resources],
        "services": [service.name for service in services],
    }
    offered = services or list(Service.objects.offered())
    return {
        "words": [in_words(rule, **names) for rule in rules],
        "next": _next(rules, now),
        "capacities": _capacities(offered, [*others, *rules], now)[:3],
    }


def _next(rules: list[OpeningRule], now: datetime) -> list[date]:
    today = planning.local_day(now)
    timetable = _with_school(planning.current_plan(today.year).timetable, rules, today)
    found = {day for rule in rules for day in next_days(timetable, rule, first=today)}
    return sorted(found)[:5]


def _with_school(timetable: Timetable, rules: Sequence[OpeningRule], today: date) -> Timetable:
    """Add the school calendar, which a plan holds only once an opening follows it."""
    if all(rule.school == School.ALWAYS for rule in rules):
        return timetable
    zone = zone_of(planning.current_commune().insee_code)
    days = (school_holidays(today.year + number, zone) for number in range(3))
    return dataclasses.replace(timetable, school_holidays=frozenset[date]().union(*days))


def _capacities(
    services: list[Service], rules: Sequence[OpeningRule], now: datetime
) -> list[tuple[Service, str]]:
    """Say how many appointments of each service an ordinary week holds, were it the only one."""
    today = planning.local_day(now)
    plan = planning.current_plan(today.year)
    timetable = dataclasses.replace(plan.timetable, openings=tuple(rules))
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
    said = []
    for service in services:
        question = planning.question_for(plan, service, persons=1, now=now, online=False)
        count = week_capacity(timetable, question, monday=monday)
        words = ngettext(
            "= %(n)s rendez-vous par semaine", "= %(n)s rendez-vous par semaine", count
        )
        said.append((service, words % {"n": count}))
    return said


def _week_days() -> list[WeekDay]:
    openings = Opening.objects.prefetch_related("resources", "services")
    by_day: dict[int, list[WeekOpening]] = {day: [] for day in range(7)}
    for opening in openings:
        by_day[opening.weekday].append(_week_opening(opening))
    add = reverse("booking:agent:settings:add_opening")
    return [
        WeekDay(
            name=weekday_name(day), openings=by_day[day], add=f"{add}?{urlencode({'jour': day})}"
        )
        for day in range(7)
    ]


def _week_opening(opening: Opening) -> WeekOpening:
    rule = _rule(opening)
    notes = [service.name for service in opening.services.all()]
    if rule.every_weeks > 1 or rule.week_of_month is not None:
        notes.append(rhythm(rule))
    if around := period(rule).removeprefix(", "):
        notes.append(around[:1].upper() + around[1:])
    names = [resource.name for resource in opening.resources.all()]
    return WeekOpening(
        hours=hours(rule),
        href=reverse("booking:agent:settings:change_opening", args=[opening.pk]),
        who=", ".join(names) or _("Personne ne reçoit"),
        notes=[*notes, *limits(rule)],
    )


def _rule(opening: Opening) -> OpeningRule:
    return rule_of(
        opening,
        units=(resource.pk for resource in opening.resources.all()),
        services=(service.pk for service in opening.services.all()),
    )


def _occurrence_of(rule: OpeningRule, day: date) -> dict[str, Any]:
    """Say what has become of a rule on one day."""
    override = rule.override_on(day)
    now = rule.occurrence(day)
    return {
        "hours": hours(rule),
        "href": reverse("booking:agent:settings:occurrence", args=[rule.key, day.isoformat()]),
        "is_cancelled": now is None,
        "is_changed": override is not None and now is not None,
        "reason": override.reason if override else "",
    }


def _day_address(day: date) -> str:
    query = urlencode({"date": day.isoformat()})
    return f"{reverse('booking:agent:settings:choose_day')}?{query}"


def _name(opening: Opening) -> str:
    return _names([weekday_name(opening.weekday)], _rule(opening))


def _names(days: list[str], rule: OpeningRule) -> str:
    return f"{', '.join(days)}, {hours(rule)}"
