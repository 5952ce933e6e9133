"""What a commune sees of its own figures, beside those of its peers; its calls, its subsidy."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption import actions, letter_sheet, letters, reading, subsidy
from adoption.comparison_words import CRITERIA, PRACTICES
from adoption.dts_views import entered, simulation, status_of
from adoption.estimates import calls_avoided, minutes_saved
from adoption.follow_views import compared
from adoption.forms import PreferencesForm
from adoption.models import Benchmark, MonthlyReport, Preferences
from adoption.pages import MONTHS, month_of, points
from booking import planning, tallies
from booking.models import Tally
from identity.access import staff_only
from identity.members import ADMIN, BOOKING_AGENT, READER, REPORT_AGENT
from parvis.exports import download
from tenants.asked import commune_of
from tenants.models import Commune


EVERYBODY = (ADMIN, BOOKING_AGENT, REPORT_AGENT, READER)
DESK = (ADMIN, BOOKING_AGENT)
WEEK = timedelta(days=7)
WEEKS = 12


@require_safe
@staff_only(*EVERYBODY)
def page(request: HttpRequest) -> HttpResponse:
    """Show the commune's figures of the last month beside its peers' median and quartiles."""
    commune = commune_of(request)
    today = planning.local_day(timezone.now())
    month = letters.last_closed(today)
    peers = list(Benchmark.objects.filter(commune=commune, month=month))
    wishes = Preferences.objects.filter(commune=commune).first() or Preferences(commune=commune)
    context = {
        "month": letters.month_name(month),
        "rows": compared(commune, month=month, is_own=True),
        "size": max((each.size for each in peers), default=0),
        "dropped": _dropped(peers),
        "practices": _practices(peers),
        "curve": _curve(commune, today),
        "letters": MonthlyReport.objects.filter(commune=commune)[:MONTHS],
        "form": PreferencesForm(
            initial={"is_mailed": wishes.is_mailed, "is_named": wishes.is_named}
        ),
        **_estimated(commune, month),
    }
    return render(request, "adoption/own/figures.html", context)


@require_POST
@staff_only(ADMIN)
def prefer(request: HttpRequest) -> HttpResponse:
    """Keep what the commune wants of letters and of its name."""
    form = PreferencesForm(request.POST)
    if form.is_valid():
        actions.prefer(commune=commune_of(request), **form.cleaned_data)
    return redirect("adoption:own")


@require_safe
@staff_only(*EVERYBODY)
def letter(request: HttpRequest, written: str) -> HttpResponse:
    """Show a letter as it was written."""
    report = _letter(request, written)
    context = {"report": report, "facts": report.facts}
    return render(request, "adoption/own/letter.html", context)


@require_safe
@staff_only(*EVERYBODY)
def letter_pdf(request: HttpRequest, written: str) -> HttpResponse:
    """Give a letter on one page of paper."""
    report = _letter(request, written)
    name = f"chiffres-{report.commune.slug}-{report.month:%Y-%m}.pdf"
    return download(letter_sheet.draw(report, now=report.written_at), name, is_shown=True)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*DESK)
def calls(request: HttpRequest) -> HttpResponse:
    """Count a call with one tap, and show the weeks beside each other."""
    now = timezone.now()
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        if reason in Tally.Call.values:
            tallies.call_taken(
                reason=Tally.Call(reason), now=now, count=-1 if "less" in request.POST else 1
            )
        return redirect("adoption:calls")
    today = planning.local_day(now)
    first = today - timedelta(days=today.weekday()) - (WEEKS - 1) * WEEK
    found = tallies.calls(first=first, last=today)
    of_today = found.get(today, Counter())
    context = {
        "reasons": [(reason.value, reason.label, of_today[reason.value]) for reason in Tally.Call],
        "total": of_today.total(),
        "weeks": _weeks(found, first),
    }
    return render(request, "adoption/own/calls.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def dts(request: HttpRequest) -> HttpResponse:
    """Show where the commune is with its subsidy, simulate, and enter its months."""
    commune = Commune.objects.get(pk=commune_of(request).pk)
    forms, is_done = entered(request, commune, now=timezone.now())
    if is_done:
        return redirect("adoption:own_dts")
    simulated = simulation(request, commune)
    context = {
        **forms,
        **simulated,
        "found": subsidy.standing(commune, year=timezone.localdate().year),
    }
    is_wrong = bool(simulated["simulation_form"].errors)
    status = 422 if is_wrong else status_of(forms)
    return render(request, "adoption/own/dts.html", context, status=status)


def _letter(request: HttpRequest, written: str) -> MonthlyReport:
    return get_object_or_404(
        MonthlyReport.objects.select_related("commune"),
        commune=commune_of(request),
        month=month_of(written),
    )


def _weeks(found: Any, first: date) -> list[tuple[str, int]]:
    """Add calls up by week, from the first week that has any."""
    sums = {first + n * WEEK: 0 for n in range(WEEKS)}
    for day, counts in found.items():
        sums[day - timedelta(days=day.weekday())] += sum(counts.values())
    return [
        (_("semaine du %(day)s") % {"day": f"{day:%d/%m}"}, count)
        for day, count in sums.items()
        if count
    ]


def _dropped(peers: list[Benchmark]) -> str:
    names = {name for each in peers for name in each.dropped.split(",") if name}
    return ", ".join(str(CRITERIA[name]) for name in CRITERIA if name in names)


def _practices(peers: list[Benchmark]) -> list[str]:
    return sorted({str(PRACTICES[each.practice]) for each in peers if each.practice})


def _curve(commune: Commune, today: date) -> list[tuple[str, float]]:
    last = today.replace(day=1)
    rows = reading.totals_by_month(
        [commune.pk], ["online_share"], first=reading.month_before(last, MONTHS - 1), last=last
    )
    return points("online_share", ((month, pair) for (_code, month), pair in sorted(rows.items())))


def _estimated(commune: Commune, month: date) -> dict[str, Any]:
    """Say what online bookings are thought to have spared, and by which hypotheses."""
    rows = reading.by_month(
        [commune.pk], ["online_share", "online_changes"], first=month, last=month
    )
    parameters = reading.parameters(commune.association)
    bookings, changes = (
        rows.get((commune.pk, code, month), (0, 0))[0]
        for code in ("online_share", "online_changes")
    )
    minutes = minutes_saved(bookings=bookings, parameters=parameters)
    return {
        "calls_avoided": calls_avoided(bookings=bookings, changes=changes, parameters=parameters),
        "hours_saved": minutes // 60,
        "bookings": bookings,
        "changes": changes,
        "parameters": parameters,
    }
