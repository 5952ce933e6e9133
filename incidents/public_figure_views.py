"""The figures that everybody may read: what was promised, what was kept, what still waits."""

from datetime import date, timedelta
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents import calendar, metrics
from incidents.figure_views import paces, reason_rows
from incidents.figure_words import of, wait
from incidents.metrics import Figures, Line, Scope
from incidents.small_numbers import FEWEST, evened, folded, is_small
from parvis.periods import Period, Share
from parvis.pieces import Tab


KEPT_S = 300
PERIODS = {"3-mois": 91, "12-mois": 365}
USUAL = "12-mois"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Tell how reports are handled over some months; counted at most every five minutes."""
    now = timezone.now()
    name = request.GET.get("periode", USUAL)
    name = name if name in PERIODS else USUAL
    zone = calendar.zone()
    today = now.astimezone(zone).date()
    period = Period(today - timedelta(days=PERIODS[name] - 1), today, zone)
    known, lines = _counted(period)
    context = {
        "period": period,
        "figures": known,
        "tabs": _tabs(name),
        "subjects": _subjects(lines),
        "reasons": _reasons(known),
        "is_asked": known.received + known.open + known.resolved + known.rejected > 0,
        **{name: evened(points) for name, points in paces(known).items()},
        **_texts(known, today=today),
    }
    return render(request, "incidents/figures/public.html", context)


def _counted(period: Period) -> tuple[Figures, list[Line]]:
    key = f"reports:figures:{period.first}:{period.last}"
    found: tuple[Figures, list[Line]] | None = caches["default"].get(key)
    if found is None:
        now, scope = timezone.now(), Scope(period=period, is_public=True)
        found = (metrics.read(scope, now=now), metrics.lines(scope, by="category", now=now))
        caches["default"].set(key, found, KEPT_S)
    return found


def _tabs(current: str) -> list[Tab]:
    words = {"3-mois": _("3 mois"), "12-mois": _("12 mois")}
    return [
        Tab(label=label, href=f"?periode={name}", current=name == current)
        for name, label in words.items()
    ]


def _texts(known: Figures, *, today: date) -> dict[str, Any]:
    oldest = None
    if known.oldest is not None:
        oldest = (today - known.oldest.astimezone(calendar.zone()).date()).days
    return {
        "kept_ratio": _ratio(known.kept),
        "kept_text": _of(known.kept),
        "contested_ratio": _ratio(known.contested),
        "contested_text": _of(known.contested),
        "answer_words": _wait(known.answer.median, known.answered.part),
        "closing_words": _wait(known.closing.median, known.resolved),
        "oldest_days": oldest,
    }


def _subjects(lines: list[Line]) -> list[tuple[str, str, str, str, str]]:
    """Write what each subject received, resolved and took; small ones together at the end."""
    kept, others = folded(lines, size=lambda line: line.received)
    rows = [
        (
            line.name,
            _few(line.received),
            _few(line.resolved),
            _ratio_words(line.kept),
            _wait(line.closing, line.resolved),
        )
        for line in kept
    ]
    if others:
        rows.append((_("Autres sujets"), _few(others), "", "", ""))
    return rows


def _reasons(known: Figures) -> list[tuple[str, int]]:
    kept, others = folded(reason_rows(known), size=lambda row: row[1])
    if others >= FEWEST:
        kept.append((_("autres raisons"), others))
    return kept


def _few(count: int) -> str:
    return _("moins de 5") if is_small(count) else str(count)


def _of(share: Share) -> str:
    """Write both parts of a share, unless one of them is too small."""
    if not (is_small(share.part) or is_small(share.whole)):
        return of(share)
    if is_small(share.whole):
        return _("sur moins de 5")
    return _("moins de 5 sur %(whole)s") % {"whole": share.whole}


def _ratio(share: Share) -> float | None:
    """Give a ratio from which no small number can be found again."""
    return None if is_small(share.part) or is_small(share.whole) else share.ratio


def _ratio_words(share: Share) -> str:
    ratio = _ratio(share)
    return "–" if ratio is None else f"{ratio:.0%}".replace("%", "\u00a0%")


def _wait(seconds: float | None, count: int) -> str:
    return wait(seconds) if count >= FEWEST else "–"
