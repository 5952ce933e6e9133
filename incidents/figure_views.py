"""The figures of reports for the team: charts with their tables, and tables to take away."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from identity.members import ADMIN
from incidents import calendar, metrics
from incidents.figure_forms import ScopeForm
from incidents.figure_words import in_days, of, wait
from incidents.metrics import Figures, Line
from incidents.models import Report
from incidents.models.reports import REASON_WORDS
from incidents.staff_pages import current_member, reads_reports
from incidents.workflow import Reason
from parvis.exports import decimal, download, to_csv, to_xlsx
from parvis.typo import jour_mois


PRESETS = ((30, gettext_lazy("30 jours")), (90, gettext_lazy("90 jours")),
           (365, gettext_lazy("12 mois")))  # fmt: skip
LINES = {
    "category": (gettext_lazy("Par sujet"), gettext_lazy("Sujet")),
    "team": (gettext_lazy("Par équipe"), gettext_lazy("Équipe")),
    "zone": (gettext_lazy("Par zone"), gettext_lazy("Zone")),
}
HEADER = (
    gettext_lazy("Reçus"),
    gettext_lazy("Ouverts"),
    gettext_lazy("Résolus"),
    gettext_lazy("Non retenus"),
    gettext_lazy("En retard"),
    gettext_lazy("Sans réponse depuis 7 jours"),
    gettext_lazy("Promesses tenues"),
    gettext_lazy("Promesses échues"),
    gettext_lazy("Première réponse, médiane en jours"),
    gettext_lazy("Résolution, médiane en jours"),
)
Cell = str | int | float | None


@require_safe
@reads_reports
def page(request: HttpRequest) -> HttpResponse:
    """Show the figures of a scope; one that makes no sense is told and not counted."""
    now = timezone.now()
    zone = calendar.zone()
    today = now.astimezone(zone).date()
    form = ScopeForm(request.GET, today=today)
    context: dict[str, Any] = {"form": form, "presets": _presets(today)}
    if not form.is_valid():
        return render(request, "incidents/figures/page.html", context, status=422)
    scope = form.scope(zone)
    known = metrics.read(scope, now=now)
    form.data = form.asked
    context |= {
        "period": scope.period,
        "figures": known,
        "is_admin": current_member(request).role == ADMIN,
        "tables": [
            (title, head, _lines(metrics.lines(scope, by=by, now=now)), _address(by, "csv", form))
            for by, (title, head) in LINES.items()
        ],
        "summary_csv": _address("resume", "csv", form),
        "summary_xlsx": _address("resume", "xlsx", form),
        **_charts(known),
        **_texts(known),
    }
    return render(request, "incidents/figures/page.html", context)


@require_safe
@reads_reports
def definitions(request: HttpRequest) -> HttpResponse:
    """Say what each figure counts."""
    return render(request, "incidents/figures/definitions.html", {"by_team": True})


@require_safe
@reads_reports
def table(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """Give figures as a table: the summary, or the lines of subjects, teams or zones."""
    now, zone = timezone.now(), calendar.zone()
    form = ScopeForm(request.GET, today=now.astimezone(zone).date())
    if kind not in {"csv", "xlsx"} or name not in {"resume", *LINES} or not form.is_valid():
        raise Http404
    scope = form.scope(zone)
    if name == "resume":
        header: Sequence[str | Promise] = (_("Chiffre"), _("Valeur"), _("Sur"))
        rows: Iterable[list[Cell]] = summary(metrics.read(scope, now=now))
    else:
        header = (LINES[name][1], *HEADER)
        rows = [_row(line) for line in metrics.lines(scope, by=name, now=now)]
    return _file(f"signalements-{name}-{scope.period.first}-{scope.period.last}", kind,
                 [str(each) for each in header], rows)  # fmt: skip


def summary(known: Figures) -> list[list[Cell]]:
    """List the figures of a scope, with what those that are shares are shares of."""
    rows: list[tuple[str, Cell, int | None]] = [
        (_("Reçus"), known.received, None),
        (_("Ouverts"), known.open, None),
        (_("Résolus"), known.resolved, None),
        (_("Non retenus"), known.rejected, None),
        (_("Annulés"), known.cancelled, None),
        (_("Réunis"), known.merged, None),
        (_("Rouverts"), known.reopened, None),
        (_("En retard"), known.overdue, None),
        (_("Sans réponse depuis 7 jours"), known.silent, None),
        (_("Promesses tenues"), known.kept.part, known.kept.whole),
        (_("Clôtures contestées"), known.contested.part, known.contested.whole),
        (_("Ont reçu une réponse"), known.answered.part, known.answered.whole),
        (_("Première réponse, médiane en jours"), in_days(known.answer.median), None),
        (_("Première réponse, 9 sur 10, en jours"), in_days(known.answer.late), None),
        (_("Résolution, médiane en jours"), in_days(known.closing.median), None),
        (_("Résolution, 9 sur 10, en jours"), in_days(known.closing.late), None),
        (_("Résolution sans les pauses, médiane en jours"), in_days(known.closing.run), None),
        (_("Félicitations"), known.compliments, None),
        (_("Satisfaction moyenne sur 5"), _rounded(known.satisfaction), None),
        (_("Avis donnés"), known.rated.part, known.rated.whole),
        (_("Habitants concernés"), known.concerned, None),
    ]
    return [list(row) for row in rows]


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 1)


def paces(known: Figures) -> dict[str, list[tuple[str, int]]]:
    """Give both curves their points."""
    language = get_language() or "fr"
    days = [(jour_mois(day, language), received, done) for day, received, done in known.pace]
    return {
        "pace_received": [(day, received) for day, received, _done in days],
        "pace_resolved": [(day, done) for day, _received, done in days],
    }


def reason_rows(known: Figures) -> list[tuple[str, int]]:
    """Name the reasons for which reports were not taken on."""
    return [(str(REASON_WORDS[Reason(key)]), n) for key, n in known.reasons if key]


def _charts(known: Figures) -> dict[str, Any]:
    channels = [(str(Report.Channel(key).label), n) for key, n in known.channels]
    return {"channels": channels, "reasons": reason_rows(known), **paces(known)}


def _texts(known: Figures) -> dict[str, Any]:
    """Say under each figure what it is made of."""
    said = {"n": known.rated.part}
    return {
        "kept_text": of(known.kept),
        "contested_text": of(known.contested),
        "answered_text": _("%(count)s ont reçu une réponse") % {"count": of(known.answered)},
        "satisfaction_text": _("sur 5, %(n)s avis") % said,
        "times": [
            (_("Première réponse"), *_waits(known.answer)),
            (_("Résolution"), *_waits(known.closing)),
        ],
        "answer_words": wait(known.answer.median),
        "closing_words": wait(known.closing.median),
    }


def _lines(lines: list[Line]) -> list[tuple[Line, str, str]]:
    return [(line, wait(line.answer), wait(line.closing)) for line in lines]


def _waits(times: metrics.Times) -> tuple[str, str, str, str]:
    return wait(times.median), wait(times.late), wait(times.run), wait(times.run_late)


def _presets(today: date) -> list[tuple[Promise, str]]:
    """Offer the usual periods, with their addresses."""
    return [
        (
            label,
            "?"
            + urlencode(
                {
                    "du": (today - timedelta(days=days - 1)).isoformat(),
                    "au": today.isoformat(),
                }
            ),
        )
        for days, label in PRESETS
    ]


def _address(name: str, kind: str, form: ScopeForm) -> str:
    address = reverse("incidents:agent:figure_table", args=[name, kind])
    return f"{address}?{urlencode(form.asked)}"


def _row(line: Line) -> list[Cell]:
    return [
        line.name,
        line.received,
        line.open,
        line.resolved,
        line.rejected,
        line.overdue,
        line.silent,
        line.kept.part,
        line.kept.whole,
        in_days(line.answer),
        in_days(line.closing),
    ]


def _file(name: str, kind: str, header: Sequence[str], rows: Iterable[list[Cell]]) -> HttpResponse:
    if kind == "xlsx":
        content = to_xlsx(_("Chiffres"), header, rows)
    else:
        content = to_csv(header, [[decimal(cell) for cell in row] for row in rows])
    return download(content, f"{name}.{kind}")
