"""The subsidy for identity documents, on the association's site: simulate, follow, enter."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from adoption import dts, subsidy
from adoption.forms import MonthForm, SimulationForm, TableForm, YearForm
from identity.access import staff_only
from onboarding.access import TEAM
from parvis.errors import DomainError
from tenants.asked import association_of, member_commune
from tenants.models import Commune


@require_safe
@staff_only(*TEAM)
def overview(request: HttpRequest) -> HttpResponse:
    """Follow the equipped communes, and simulate any."""
    return _overview(request, TableForm())


@require_http_methods(["POST"])
@staff_only(*TEAM)
def import_months(request: HttpRequest) -> HttpResponse:
    """Read a file of months: all of it or nothing."""
    form = TableForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            subsidy.enter_table(
                communes=_equipped(request), table=form.cleaned_data["file"], now=timezone.now()
            )
        except DomainError as refusal:
            form.add_error("file", str(refusal.message))
        else:
            return redirect("adoption:dts")
    return _overview(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def commune(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Show where one commune is, and enter its months."""
    place = member_commune(request, insee_code)
    forms, is_done = entered(request, place, now=timezone.now())
    if is_done:
        return redirect(reverse("adoption:dts_commune", args=[insee_code]))
    context = {
        **forms,
        "place": place,
        "found": subsidy.standing(place, year=timezone.localdate().year),
    }
    return render(request, "adoption/dts_commune.html", context, status=status_of(forms))


def entered(request: HttpRequest, place: Commune, *, now: datetime) -> tuple[dict[str, Any], bool]:
    """Write what was posted, a month or the stations of the year; say whether it was done."""
    year = timezone.localdate(now).year
    known = subsidy.standing(place, year=year)
    which = request.POST.get("what", "") if request.method == "POST" else ""
    month = MonthForm(request.POST if which == "month" else None)
    stations = YearForm(
        request.POST if which == "year" else None,
        initial={"stations": known.stations, "connected": known.connected},
    )
    forms = {"month_form": month, "year_form": stations}
    if which == "year" and stations.is_valid():
        subsidy.enter_year(commune=place, year=year, **stations.cleaned_data)
        return forms, True
    if which == "month" and month.is_valid():
        try:
            subsidy.enter_month(commune=place, now=now, **month.cleaned_data)
        except subsidy.MonthToCome as refusal:
            month.add_error("month", str(refusal.message))
            return forms, False
        return forms, True
    return forms, False


def status_of(forms: dict[str, Any]) -> int:
    """Answer 422 when something typed cannot be kept."""
    return 422 if any(form.errors for form in forms.values()) else 200


def simulation(request: HttpRequest, place: Commune | None = None) -> dict[str, Any]:
    """Simulate what the address asks for."""
    asked = request.GET if "requests" in request.GET else None
    form = SimulationForm(
        asked,
        initial={"stations": place.station_count if place else 1, "connected": 0},
    )
    found = None
    if asked is not None and form.is_valid():
        rules = dts.rules_of(timezone.localdate().year)
        found = dts.simulate(**form.cleaned_data, rules=rules)
    return {
        "simulation_form": form,
        "simulated": found,
        "lacking": subsidy.lacking(found) if found else "",
        "rules": dts.rules_of(timezone.localdate().year),
    }


def _equipped(request: HttpRequest) -> list[Commune]:
    return list(
        Commune.objects.equipped().filter(association=association_of(request)).order_by("slug")
    )


def _overview(request: HttpRequest, form: TableForm, *, status: int = 200) -> HttpResponse:
    year = timezone.localdate().year
    context = {
        **simulation(request),
        "rows": subsidy.standings(_equipped(request), year=year),
        "year": year,
        "form": form,
    }
    is_wrong = bool(context["simulation_form"].errors)
    return render(request, "adoption/dts.html", context, status=422 if is_wrong else status)
