"""The wizard: its list, and the steps that say what a commune is and what it offers."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from booking import planning
from booking.models import Opening, Resource, Service
from booking.recurrences import weekday_name
from booking.views import home as citizens_home
from identity.access import who
from incidents.models import Category
from incidents.settings_categories_views import PACK_NAMES
from onboarding import setting_up, wizard_actions
from onboarding.facts import file_of, situation
from onboarding.readiness import (
    OPTIONAL,
    Step,
    minutes_left,
    score,
    steps_done,
)
from onboarding.readiness_words import STEP_TEXTS, STEPS, lines
from onboarding.usual import opening_hours
from onboarding.weeks import PRESETS, Spans, Week
from onboarding.wizard_forms import (
    ContactsForm,
    IdentityForm,
    ModulesForm,
    PackForm,
    ServicesForm,
    WeekForm,
)
from onboarding.wizard_pages import address_of, go_on, manages, own_commune, show, typed
from parvis.typo import heure
from tenants.directory import proposed_siret
from tenants.models import Commune, OfficialCommune


SOURCES = ("address", "phone", "email", "website")
IDENTITY = (*SOURCES, "brand_colour")
CONTACTS = tuple(ContactsForm.base_fields)


@require_safe
@manages
def wizard(request: HttpRequest) -> HttpResponse:
    """List the steps, those that hold the opening back first said, each done by its facts."""
    here = situation(now=timezone.now())
    found = here.found
    done = steps_done(here.facts, waived=here.waived)
    left = minutes_left(done, found)
    first = next((step for step in Step if not done[step] and step not in OPTIONAL), None)
    rows = [
        {
            "label": STEPS[step],
            "href": address_of(step),
            "text": STEP_TEXTS[step],
            "state": "done" if done[step] else "current" if step is first else "todo",
        }
        for step in Step
    ]
    said = [line for line in lines(found, here.notes) if not line.is_settled]
    context = {
        "steps": rows,
        "done": sum(done.values()),
        "total": len(done),
        "left": ngettext("il vous reste %(n)s min", "il vous reste %(n)s min", left) % {"n": left},
        "is_over": first is None,
        "next": address_of(first) if first else address_of(Step.CHECK),
        "blocking": [line for line in said if line.is_blocking],
        "score": score(found),
    }
    return render(request, "onboarding/own/wizard.html", context)


@require_safe
@manages
def preview(request: HttpRequest) -> HttpResponse:
    """Show the home page as a citizen sees it, in a frame of this site only."""
    request.member = None  # type: ignore[attr-defined]
    answer = citizens_home(request)
    answer.csp = {"frame-ancestors": "'self'"}  # type: ignore[attr-defined]
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def identity(request: HttpRequest) -> HttpResponse:
    """Confirm what the official directory says, or write it better."""
    commune = own_commune()
    official = OfficialCommune.objects.filter(pk=commune.insee_code).first()
    source = {name: _on_one_line(getattr(official, name, "")) for name in SOURCES}
    initial = {name: _on_one_line(getattr(commune, name)) for name in IDENTITY}
    form = IdentityForm(typed(request), source=source, initial=initial)
    if form.is_valid():
        wizard_actions.keep_identity(commune=commune, values=form.cleaned_data)
        return go_on(request, Step.IDENTITY)
    return show(request, Step.IDENTITY, {"own": commune, "official": official}, form=form)


def _on_one_line(text: str | None) -> str:
    """Join the lines of an address: a field of one line would glue them together."""
    return " ".join((text or "").split())


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def contacts(request: HttpRequest) -> HttpResponse:
    """Say who answers for the commune."""
    now = timezone.now()
    commune = own_commune()
    own = file_of(commune, now=now)
    form = ContactsForm(typed(request), initial=_contacts(commune, own))
    if form.is_valid():
        wizard_actions.keep_file(commune=commune, values=form.cleaned_data, now=now)
        return go_on(request, Step.CONTACTS)
    return show(request, Step.CONTACTS, {}, form=form)


def _contacts(commune: Commune, own: Any) -> dict[str, Any]:
    """Begin with what is saved, then with what is known."""
    official = OfficialCommune.objects.filter(pk=commune.insee_code).first()
    proposed = {
        "postal_address": _on_one_line(commune.address),
        "phone": commune.phone,
        "email": commune.email,
        "siret": proposed_siret(official.siren) if official and official.siren else "",
    }
    return {name: getattr(own, name) or proposed.get(name, "") for name in CONTACTS}


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def modules(request: HttpRequest) -> HttpResponse:
    """Choose what the commune takes up, and count its counters and stations."""
    now = timezone.now()
    commune = own_commune()
    own = file_of(commune, now=now)
    there = [each.kind for each in Resource.objects.filter(active=True)]
    initial = {
        "has_booking": own.has_booking or not own.has_reports,
        "has_reports": own.has_reports,
        "counters": there.count("counter") or 1,
        "stations": there.count("station") or (0 if there else commune.station_count),
        "mobile_stations": own.mobile_stations,
        "urgent_percent": own.urgent_percent,
    }
    form = ModulesForm(typed(request), initial=initial)
    if form.is_valid():
        wizard_actions.choose_modules(
            commune=commune, values=form.cleaned_data, by=who(request), now=now
        )
        return go_on(request, Step.MODULES)
    return show(request, Step.MODULES, {}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def services(request: HttpRequest) -> HttpResponse:
    """Choose services among the templates, documents included."""
    active = list(Service.objects.offered())
    templates = setting_up.templates()
    offered = [(each.slug, f"{each.name} – {each.text}") for each in templates]
    known = {each.slug for each in templates}
    initial = {"services": [each.slug for each in active if each.slug in known]}
    form = ServicesForm(typed(request), offered=offered, initial=initial)
    if form.is_valid():
        wizard_actions.choose_services(
            commune=own_commune(),
            slugs=form.cleaned_data["services"],
            by=who(request),
            now=timezone.now(),
        )
        return go_on(request, Step.SERVICES)
    own = [each for each in active if each.slug not in known and each.is_online]
    return show(request, Step.SERVICES, {"own_services": own}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def hours(request: HttpRequest) -> HttpResponse:
    """Start from a week; each says how many appointments it holds."""
    now = timezone.now()
    commune = own_commune()
    weeks = _weeks(commune)
    today = planning.local_day(now)
    service = setting_up.measured_service()
    offered = [(code, _week_said(code, week, service, today)) for code, week in weeks.items()]
    rules = planning.current_plan(today.year).timetable.openings
    form = WeekForm(typed(request), offered=offered, keeps=bool(rules))
    if form.is_valid():
        if chosen := form.cleaned_data["week"]:
            wizard_actions.choose_week(
                week=weeks[chosen],
                urgent_percent=file_of(commune, now=now).urgent_percent or 0,
                by=who(request),
                now=now,
            )
        return go_on(request, Step.HOURS)
    held = setting_up.capacity_of(rules, service, today=today) if service and rules else None
    page = {
        "service": service,
        "held": _held_said(*held) if held else "",
        "openings": Opening.objects.count(),
    }
    return show(request, Step.HOURS, page, form=form)


def _weeks(commune: Commune) -> dict[str, Week]:
    of_theirs = opening_hours(commune.hours)
    return ({"directory": of_theirs} if of_theirs else {}) | PRESETS


def _week_said(code: str, week: Week, service: Service | None, today: date) -> str:
    names = {
        "directory": _("Les horaires de la mairie dans l’annuaire"),
        "mornings": _("Mairie 5 matins"),
        "days": _("5 jours, matin et après-midi"),
        "evenings": _("5 matins, 2 soirs et le samedi"),
    }
    said = f"{names[code]} ({_spans_said(week)})"
    if service is None:
        return said
    rules = setting_up.week_rules(week)
    return f"{said} – {_held_said(*setting_up.capacity_of(rules, service, today=today))}"


def _spans_said(week: Week) -> str:
    """Say the hours, the days that have the same ones together."""
    same: dict[Spans, list[int]] = {}
    for day, spans in week.items():
        same.setdefault(spans, []).append(day)
    language = get_language() or "fr"
    return "\u00a0; ".join(
        f"{_days_said(days)} "
        + ", ".join(f"{heure(start, language)}–{heure(end, language)}" for start, end in spans)
        for spans, days in same.items()
    )


def _days_said(days: list[int]) -> str:
    first, last = weekday_name(days[0]), weekday_name(days[-1])
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):  # noqa: PLR2004 (a run)
        return _("%(first)s à %(last)s") % {"first": first, "last": last}
    return ", ".join(weekday_name(day) for day in days)


def _held_said(week: int, year: int) -> str:
    """Round the year to two figures: it is an order of magnitude."""
    step = 10 ** max(0, len(str(year)) - 2)
    words = ngettext(
        "%(week)s rendez-vous par semaine, soit environ %(year)s par an",
        "%(week)s rendez-vous par semaine, soit environ %(year)s par an",
        week,
    )
    return words % {"week": week, "year": f"{year // step * step:,}".replace(",", "\u00a0")}


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def reports(request: HttpRequest) -> HttpResponse:
    """Begin with a pack of categories; who receives what is set beside it."""
    now = timezone.now()
    offered = [(code, str(name)) for code, (name, _icon) in PACK_NAMES.items()]
    categories = Category.objects.offered().count()
    form = PackForm(typed(request), offered=offered, keeps=categories > 0)
    if form.is_valid():
        if chosen := form.cleaned_data["pack"]:
            wizard_actions.choose_pack(name=chosen, by=who(request), now=now)
        return go_on(request, Step.REPORTS)
    page = {
        "icons": {code: icon for code, (_name, icon) in PACK_NAMES.items()},
        "categories": categories,
        "is_on": file_of(own_commune(), now=now).has_reports,
    }
    return show(request, Step.REPORTS, page, form=form)
