"""The association's pages behind the dashboard: health, letters, estimates, tables."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption import actions, following, health, letter_sheet, letters, reading
from adoption.definitions import DEFINITIONS
from adoption.forms import EstimateForm
from adoption.models import Benchmark, HealthScore, MonthlyReport, Preferences
from adoption.pages import MONTHS, month_of, points
from identity.access import staff_only
from onboarding.access import TEAM
from onboarding.models import Metric
from onboarding.stages import Module
from parvis.exports import download, to_csv, to_xlsx
from tenants.asked import association_of, member_commune
from tenants.models import Commune


MOST_ROWS = 200_000


@require_safe
@staff_only(*TEAM)
def scores(request: HttpRequest) -> HttpResponse:
    """List the health of the communes in service, the worst first."""
    found = list(
        HealthScore.objects.filter(commune__association=association_of(request))
        .order_by("commune_id", "-day")
        .distinct("commune_id")
        .select_related("commune")
    )
    found.sort(key=lambda each: (each.score is None, each.score, each.commune.slug))
    rows = [{"score": each, "tone": _tone(each.score), "said": _said(each)} for each in found]
    return render(request, "adoption/scores.html", {"rows": rows})


@require_safe
@staff_only(*TEAM)
def score(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Explain the health of one commune line by line, and compare its figures with its peers'."""
    commune = member_commune(request, insee_code)
    latest = HealthScore.objects.filter(commune=commune).order_by("-day").first()
    past = list(HealthScore.objects.filter(commune=commune).order_by("-day")[:90])
    month = reading.month_before(timezone.localdate())
    context = {
        "place": commune,
        "latest": latest,
        "tone": _tone(latest.score if latest else None),
        "lines": following.told(latest) if latest else [],
        "past": [(each.day.isoformat(), each.score) for each in reversed(past) if each.score],
        "compared": compared(commune, month=month, is_own=False),
        "month": letters.month_name(month),
        "curve": _curve(commune),
    }
    return render(request, "adoption/score.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def estimates(request: HttpRequest) -> HttpResponse:
    """Show and change the parameters of what is estimated."""
    association = association_of(request)
    known = reading.parameters(association)
    form = EstimateForm(request.POST or None, initial=EstimateForm.shown(known))
    if form.is_bound and form.is_valid():
        actions.set_estimate(association=association, parameters=form.parameters)
        return redirect("adoption:estimates")
    context = {"form": form, "parameters": known}
    return render(request, "adoption/estimates.html", context, status=422 if form.errors else 200)


@require_safe
@staff_only(*TEAM)
def letter_list(request: HttpRequest) -> HttpResponse:
    """List the letters of the last closed month, and those before."""
    month = letters.last_closed(timezone.localdate())
    association = association_of(request)
    found = MonthlyReport.objects.filter(commune__association=association).select_related(
        "commune"
    )
    context = {
        "month": letters.month_name(month),
        "letters": found.filter(month=month).order_by("commune__slug"),
        "others": found.exclude(month=month).order_by("-month", "commune__slug")[:200],
        "refused": set(
            Preferences.objects.filter(
                commune__association=association, is_mailed=False
            ).values_list("commune", flat=True)
        ),
    }
    return render(request, "adoption/letters.html", context)


@require_safe
@staff_only(*TEAM)
def letter(request: HttpRequest, insee_code: str, written: str) -> HttpResponse:
    """Show a letter as it was written, but for what published lists hide."""
    report = _letter(request, insee_code, written)
    context = {"report": report, "facts": letters.as_seen(report), "place": report.commune}
    return render(request, "adoption/letter.html", context)


@require_safe
@staff_only(*TEAM)
def letter_pdf(request: HttpRequest, insee_code: str, written: str) -> HttpResponse:
    """Give a letter on one page of paper, but for what published lists hide."""
    report = _letter(request, insee_code, written)
    report.facts = letters.as_seen(report)
    name = f"chiffres-{report.commune.slug}-{report.month:%Y-%m}.pdf"
    return download(letter_sheet.draw(report, now=report.written_at), name, is_shown=True)


@require_POST
@staff_only(*TEAM)
def send_letter(request: HttpRequest, insee_code: str, written: str) -> HttpResponse:
    """Send a letter now, once more if it was."""
    report = _letter(request, insee_code, written)
    letters.send(report=report, now=timezone.now(), again=True)
    return redirect(reverse("adoption:letter", args=[insee_code, report.month.isoformat()]))


@require_safe
@staff_only(*TEAM)
def table(request: HttpRequest, kind: str) -> HttpResponse:
    """Give every monthly figure to a spreadsheet: numerators and denominators, never ratios."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    header = [
        *(_("Commune"), _("Code INSEE"), _("Module"), _("Mesure"), _("Intitulé")),
        *(_("Mois"), _("Numérateur"), _("Dénominateur"), _("Version de la définition")),
    ]
    lines = _lines(request)
    content = to_xlsx(_("Mesures"), header, lines) if kind == "xlsx" else to_csv(header, lines)
    return download(content, f"mesures.{kind}")


def _lines(request: HttpRequest) -> list[tuple[str | int | None, ...]]:
    rows = list(
        Metric.objects.filter(
            commune__association=association_of(request),
            period_kind=Metric.Period.MONTH,
            code__in=DEFINITIONS,
        )
        .order_by("commune__slug", "code", "period")
        .values_list(
            "commune", "commune__name", "commune__insee_code", "module", "code", "period",
            "num", "den", "def_version",
        )[:MOST_ROWS]
    )  # fmt: skip
    hidden = reading.unseen_cells(
        {(pk, code, month): (num, den) for pk, _n, _i, _m, code, month, num, den, _v in rows}
    )
    return [
        (
            *(name, insee, str(Module(module).label), code, str(DEFINITIONS[code].name)),
            f"{month:%Y-%m}",
            *((None, None) if (pk, code, month) in hidden else (num, den)),
            version,
        )
        for pk, name, insee, module, code, month, num, den, version in rows
    ]


def compared(commune: Commune, *, month: date, is_own: bool) -> list[dict[str, Any]]:
    """Set the figures of one month beside the peers' median and quartiles; three queries.

    What others see of a commune is hidden where the published table hides it.
    """
    before = reading.month_before(month)
    codes = [code for code, each in DEFINITIONS.items() if each.is_high_good is not None]
    rows = (
        reading.by_month([commune.pk], codes, first=before, last=month)
        if is_own
        else reading.seen_of(commune, codes, first=before, last=month)
    )
    peers = {each.code: each for each in Benchmark.objects.filter(commune=commune, month=month)}
    return [
        comparison(DEFINITIONS[code], rows, peers.get(code), pk=commune.pk, months=(before, month))
        for code in codes
        if (commune.pk, code, month) in rows and (is_own or code in peers)
    ]


def comparison(
    definition: Any,
    rows: dict[tuple[int, str, date], tuple[int, int]],
    peer: Benchmark | None,
    *,
    pk: int,
    months: tuple[date, date],
) -> dict[str, Any]:
    """Say one figure of a commune beside its peers', and how far the nearest quartile is."""
    before, month = months
    value = definition.value(*rows.get((pk, definition.code, month), (0, 0)))
    earlier = definition.value(*rows.get((pk, definition.code, before), (0, 0)))
    return {
        "definition": definition,
        "value": definition.said(value),
        "before": "–" if earlier is None else definition.said(earlier),
        "peer": peer,
        "low": definition.said(peer.low) if peer else "–",
        "middle": definition.said(peer.middle) if peer else "–",
        "high": definition.said(peer.high) if peer else "–",
        "place": _place(definition, value, peer),
    }


def _place(definition: Any, value: float | None, peer: Benchmark | None) -> str:
    if value is None or peer is None:
        return ""
    good = peer.high if definition.is_high_good else peer.low
    bad = peer.low if definition.is_high_good else peer.high
    sign = 1 if definition.is_high_good else -1
    if sign * value >= sign * good:
        return _("parmi le meilleur quart")
    if sign * value <= sign * bad:
        gap = definition.said(abs(peer.middle - value))
        return _("à %(gap)s de la médiane") % {"gap": gap}
    return _("dans la moyenne")


def _letter(request: HttpRequest, insee_code: str, written: str) -> MonthlyReport:
    return get_object_or_404(
        MonthlyReport.objects.select_related("commune"),
        commune=member_commune(request, insee_code),
        month=month_of(written),
    )


def _curve(commune: Commune) -> list[tuple[str, float]]:
    last = timezone.localdate().replace(day=1)
    rows = reading.seen_of(
        commune, ["online_share"], first=reading.month_before(last, MONTHS - 1), last=last
    )
    return points(
        "online_share", ((month, pair) for (_pk, _code, month), pair in sorted(rows.items()))
    )


def _tone(points_: int | None) -> str:
    if points_ is None:
        return "neutral"
    if health.is_red(points_):
        return "danger"
    return "success" if points_ >= health.GREEN else "warning"


def _said(score: HealthScore) -> str:
    if score.score is None:
        return _("non noté")
    return _("%(score)s sur 100") % {"score": score.score}
