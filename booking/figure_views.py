"""The figures of the commune: one page with its charts and tables, and tables to take away."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from booking import figures, planning
from booking.checklists import named
from booking.figures import Figures
from booking.models import Appointment, Service
from booking.staff_pages import reads_the_day
from booking.words import service_name
from parvis.exports import download, to_csv, to_xlsx
from parvis.inputs import PeriodForm
from parvis.periods import Period, Share
from parvis.templatetags.ui_words import pourcent
from parvis.typo import jour_mois


Cell = str | int | None

HEADER = (
    gettext_lazy("Date"),
    gettext_lazy("Heure"),
    gettext_lazy("Démarche"),
    gettext_lazy("Lieu"),
    gettext_lazy("Personnes"),
    gettext_lazy("Minutes"),
    gettext_lazy("Pris"),
    gettext_lazy("Pris le"),
    gettext_lazy("État"),
    gettext_lazy("Dossier"),
)
PERSON_HEADER = (
    gettext_lazy("Personne"),
    gettext_lazy("Pré-demande"),
    gettext_lazy("Pièces demandées"),
    gettext_lazy("Pièces manquantes"),
)


class VisitsForm(PeriodForm):
    """From which day to which, for one service or all."""

    usual_days = 28
    demarche = forms.ModelChoiceField(
        label=gettext_lazy("Démarche"),
        queryset=Service.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("Toutes"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["demarche"].queryset = Service.objects.offered()  # type: ignore[attr-defined]


@require_safe
@reads_the_day
def page(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period; a period that makes no sense is told and not counted."""
    now = timezone.now()
    today = planning.local_day(now)
    form = VisitsForm(request.GET, today=today)
    if not form.is_valid():
        context: dict[str, Any] = {"form": form, "presets": _presets(today)}
        return render(request, "booking/figures/page.html", context, status=422)
    period, service = _asked(form)
    known = figures.read(period, service=service, now=now)
    shown = VisitsForm(
        initial={"du": period.first, "au": period.last, "demarche": service}, today=today
    )
    context = {
        "form": shown,
        "presets": _presets(today),
        "period": period,
        "figures": known,
        "taken": sum(known.channels.values()),
        "channels": _channels(known),
        "pace": [(jour_mois(day, get_language() or "fr"), n) for day, n in known.pace],
        "missing": _missing(known),
        "delay_words": _days(known.delay_days),
        "waits": _waits(service, now=now),
        **_texts(known),
        **_exports(_query(period, service)),
    }
    return render(request, "booking/figures/page.html", context)


@require_safe
@reads_the_day
def visits(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the visits of a period as a table, without names or addresses."""
    return _table(request, "visites", kind, HEADER, lambda found: map(_row, found))


@require_safe
@reads_the_day
def persons(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the persons of a period as a table, without names or addresses."""
    return _table(request, "personnes", kind, (*HEADER, *PERSON_HEADER), _person_rows)


def _table(
    request: HttpRequest,
    name: str,
    kind: str,
    header: Sequence[Promise],
    write: Callable[[list[Appointment]], Iterable[list[Cell]]],
) -> HttpResponse:
    form = VisitsForm(request.GET, today=planning.local_day(timezone.now()))
    if kind not in {"csv", "xlsx"} or not form.is_valid():
        raise Http404
    period, service = _asked(form)
    titles, rows = [str(title) for title in header], write(_visits(period, service))
    is_book = kind == "xlsx"
    content = to_xlsx(_("Rendez-vous"), titles, rows) if is_book else to_csv(titles, rows)
    return download(content, f"{name}-{period.first}-{period.last}.{kind}")


def _asked(form: VisitsForm) -> tuple[Period, Service | None]:
    known = form.cleaned_data
    return Period(known["du"], known["au"], planning.zone()), known["demarche"]


def _query(period: Period, service: Service | None) -> str:
    asked = {"du": period.first.isoformat(), "au": period.last.isoformat()}
    return urlencode(asked | ({"demarche": service.slug} if service else {}))


def _presets(today: date) -> list[tuple[str, str]]:
    """Offer the usual periods, with their addresses."""
    ends = {"au": today.isoformat()}
    return [
        (label, "?" + urlencode({"du": (today - timedelta(days=days - 1)).isoformat()} | ends))
        for label, days in ((_("4 semaines"), 28), (_("3 mois"), 91), (_("12 mois"), 365))
    ]


def _texts(known: Figures) -> dict[str, str]:
    """Say under each share what it is a share of."""
    return {
        "online_text": _of(known.online),
        "missed_text": _("%(part)s sur %(whole)s marqués ; %(unmarked)s sans marque")
        % {
            "part": known.missed.part,
            "whole": known.missed.whole,
            "unmarked": pourcent(known.unmarked.ratio),
        },
        "filled_text": _("%(part)s heures sur %(whole)s")
        % {"part": known.filled.part // 60, "whole": known.filled.whole // 60},
        "complete_text": _of(known.complete),
        "reused_text": _of(known.reused),
    }


def _of(share: Share) -> str:
    return _("%(part)s sur %(whole)s") % {"part": share.part, "whole": share.whole}


def _days(days: float | None) -> str:
    if days is None:
        return "–"
    return ngettext("%(n)s jour", "%(n)s jours", round(days)) % {"n": round(days)}


def _exports(query: str) -> dict[str, str]:
    """Give the addresses of the tables to take away."""
    return {
        f"{name}_{kind}": f"{reverse(f'booking:agent:figures_{name}', args=[kind])}?{query}"
        for name in ("visits", "persons")
        for kind in ("csv", "xlsx")
    }


def _channels(known: Figures) -> list[tuple[str, int]]:
    return [(str(Appointment.Channel(key).label), n) for key, n in known.channels.items()]


def _missing(known: Figures) -> list[tuple[str, int]]:
    documents = named(key for key, _n in known.missing)
    return [(each.title, n) for each, (_key, n) in zip(documents, known.missing, strict=True)]


def _waits(service: Service | None, *, now: datetime) -> list[figures.Soonest]:
    offered = [service] if service else list(Service.objects.offered_online())
    return figures.soonest([each for each in offered if each.is_online], now=now)


def _visits(period: Period, service: Service | None) -> list[Appointment]:
    found = Appointment.objects.kept().starting_between(period.begin, period.end)
    if service is not None:
        found = found.filter(service=service)
    return list(found.select_related("service", "site").prefetch_related("participants"))


def _row(visit: Appointment) -> list[Cell]:
    start = timezone.localtime(visit.start)
    return [
        start.date().isoformat(),
        f"{start:%H:%M}",
        service_name(visit.service),
        visit.site.name,
        visit.persons,
        int(visit.length.total_seconds() // 60),
        str(Appointment.Channel(visit.channel).label),
        timezone.localtime(visit.created_at).date().isoformat(),
        str(Appointment.Status(visit.status).label),
        str(Appointment.Outcome(visit.outcome).label),
    ]


def _person_rows(visits: list[Appointment]) -> Iterator[list[Cell]]:
    for visit in visits:
        for person in visit.coming:
            yield [
                *_row(visit),
                person.position,
                _("oui") if person.pre_application else _("non"),
                len(person.documents.get("documents", ())),
                len(person.missing),
            ]
