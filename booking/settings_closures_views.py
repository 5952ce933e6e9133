"""The settings of closures: those of the commune, public and school holidays."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import planning
from booking.models import Closure, Outage
from booking.plans import Plan
from booking.school_holidays import SchoolZone, known_until, school_holidays, zone_of
from booking.settings_closures_forms import EVERYWHERE, ClosureForm
from booking.settings_pages import appointment_row, manages, save, short, show
from booking.staff_forms import parse_day
from booking.stranded import concerned
from parvis.typo import date_heure, date_longue


LIST = "booking:agent:settings:closures"
ONE_DAY = timedelta(days=1)
SHOWN_DAYS = 400


@require_safe
@manages
def closures(request: HttpRequest) -> HttpResponse:
    """List what is closed from today on, by the commune, by law or for schools."""
    now = timezone.now()
    today = planning.local_day(now)
    plan = planning.current_plan(today.year)
    zone = zone_of(planning.current_commune().insee_code)
    found = Closure.objects.filter(period__endswith__gte=now).select_related("site", "resource")
    page = {
        "closures": [
            {"pk": each.pk, "when": when(each), "where": where(each), "reason": each.reason}
            for each in found.order_by("period", "pk")
        ],
        "holidays": _coming(plan, today),
        "school": _school(zone, today),
        "school_known_until": known_until(zone),
    }
    return show(request, "closures", page)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def add_closure(request: HttpRequest) -> HttpResponse:
    """Close for a time; first show which appointments are concerned."""
    now = timezone.now()
    today = planning.local_day(now)
    day = parse_day(request.GET.get("date", ""))
    initial = {"where": EVERYWHERE, "first": day or today, "last": day}
    form = ClosureForm(planning.zone(), today, request.POST or None, initial=initial)
    rows, stamp = [], ""
    if form.is_valid():
        start, end = form.period
        stamp = form.stamp
        site, resource = form.site, form.resource
        rows = concerned(
            start=start,
            end=end,
            site=site.pk if site else None,
            resource=resource.pk if resource else None,
        )
        if not rows or request.POST.get("sure") == stamp:
            name = short(dict(form.fields["where"].choices)[form.cleaned_data["where"]])  # type: ignore[attr-defined]
            said = {"where": name, "day": date_longue(form.cleaned_data["first"])}
            return save(
                request,
                label=_("Fermeture ajoutée : %(where)s, %(day)s") % said,
                work=form.write,
                to=reverse(LIST),
                now=now,
            )
    page = {
        "rows": [appointment_row(each) for each in rows],
        "count": len(rows),
        "stamp": stamp,
    }
    return show(request, "closure", page, form=form)


@require_POST
@manages
def delete_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """Open again."""
    closure = get_object_or_404(Closure.objects.select_related("site", "resource"), pk=pk)
    said = {"where": short(where(closure)), "when": when(closure)}
    return save(
        request,
        label=_("Fermeture supprimée : %(where)s, %(when)s") % said,
        work=closure.delete,
        to=reverse(LIST),
        now=timezone.now(),
    )


def next_closing(now: datetime) -> str:
    """Name the next day on which nobody is received: a closure of the commune, or by law."""
    today = planning.local_day(now)
    plan = planning.current_plan(today.year)
    zone = plan.timetable.zone
    whole = Closure.objects.filter(period__endswith__gt=now, site=None, resource=None)
    days = [day for day in plan.holidays if day >= today]
    days += [max(today, each.period.lower.astimezone(zone).date()) for each in whole]
    if not days:
        return _("Aucune fermeture prévue")
    return _("Prochaine fermeture : %(day)s") % {
        "day": date_longue(min(days), get_language() or "fr")
    }


def when(closure: Closure | Outage) -> str:
    """Write the closed time: a day, some days, or from an hour to another."""
    zone, language = planning.zone(), get_language() or "fr"
    start, end = (at.astimezone(zone) for at in (closure.period.lower, closure.period.upper))
    if start.time() == end.time() == time.min:
        first, last = start.date(), end.date() - ONE_DAY
        if first == last:
            return date_longue(first, language)
        dates = {"first": date_longue(first, language), "last": date_longue(last, language)}
        return _("du %(first)s au %(last)s") % dates
    instants = {"start": date_heure(start, language), "end": date_heure(end, language)}
    return _("du %(start)s au %(end)s") % instants


def where(closure: Closure) -> str:
    """Name what is closed."""
    named = closure.resource or closure.site
    return named.name if named else _("Toute la mairie")


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Join days in a row: the first and the last of each stretch."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] + ONE_DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _coming(plan: Plan, today: date) -> list[tuple[date, str]]:
    last = today + timedelta(days=SHOWN_DAYS)
    return [(day, name) for day, name in sorted(plan.holidays.items()) if today <= day <= last]


def _school(zone: SchoolZone, today: date) -> list[tuple[date, date]]:
    days = school_holidays(today.year, zone) | school_holidays(today.year + 1, zone)
    return [(first, last) for first, last in spans(days) if last >= today]
