"""The communes an association follows: one address for each filter, as a table or a board."""

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity.access import staff_only
from onboarding.access import TEAM
from onboarding.dashboard import ORDER
from onboarding.followed import Followed, arranged, followed, tally
from onboarding.models import ExistingSolution
from onboarding.pages import team_of
from onboarding.pipeline_forms import PipelineFilter
from onboarding.stages import MOVES, Stage
from onboarding.switching import WindowState
from parvis.cards import Mark
from parvis.exports import download, to_csv, to_xlsx
from parvis.lanes import Lane, LaneCard
from parvis.pieces import Tab
from tenants.asked import association_of


PER_PAGE = 50
CARDS_MOST = 12
BOARD = "etapes"
FOLDED = frozenset({Stage.CHURNED, Stage.DECLINED})


@require_safe
@staff_only(*TEAM)
def communes(request: HttpRequest) -> HttpResponse:
    """List the members, filtered and sorted, or deal them to their stages."""
    form, rows, shown = _asked(request)
    is_board = request.GET.get("vue") == BOARD
    context = {
        "filter": form,
        "tally": tally(rows),
        "total": len(rows),
        "found": len(shown),
        "tabs": tabs(request, current=BOARD if is_board else "liste"),
        "query": request.GET.urlencode(),
    }
    if is_board:
        lanes = _lanes(request, shown)
        return render(request, "onboarding/board.html", {**context, "lanes": lanes})
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "onboarding/communes.html", {**context, "page_obj": page})


@require_safe
@staff_only(*TEAM)
def pipeline_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the filtered list to a spreadsheet."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    _form, _rows, shown = _asked(request)
    header = [
        _("Commune"),
        _("Code INSEE"),
        _("Habitants"),
        _("Stations biométriques"),
        _("Module"),
        _("Étape"),
        _("Depuis le"),
        _("Raison"),
        _("Préparation, sur 100"),
        _("Ce qui bloque l’ouverture"),
        _("Référent"),
        _("Obstacles"),
        _("Solution actuelle"),
        _("Cohabitation"),
        _("Fenêtre : ouvre le"),
        _("Fenêtre : ferme le"),
        _("Prochaine action"),
        _("Pour le"),
    ]
    lines = [_line(row) for row in shown]
    if kind == "xlsx":
        return download(to_xlsx(_("Communes"), header, lines), "parcours.xlsx")
    return download(to_csv(header, lines), "parcours.csv")


def _line(row: Followed) -> list[str | int | float | None]:
    window = row.solution.window if row.solution else None
    mode = row.solution.mode if row.solution else None
    return [
        row.commune.name,
        row.commune.insee_code,
        row.commune.population,
        row.commune.station_count,
        str(row.module.label),
        row.stage_said,
        row.since.isoformat() if row.since else "",
        row.reason_said,
        row.progress.score if row.progress else "",
        ", ".join(row.progress.blocking) if row.progress else "",
        row.referent,
        ", ".join(str(each.get_reason_code_display()) for each in row.obstacles),
        str(row.solution or ""),
        str(ExistingSolution.Mode(mode).label) if mode else "",
        window.opens.isoformat() if window else "",
        window.closes.isoformat() if window else "",
        _task_said(row),
        row.next_task.due.isoformat() if row.next_task else "",
    ]


def _task_said(row: Followed) -> str:
    if row.next_task is None:
        return ""
    return row.next_task.title or str(row.next_task.get_rule_display())


def _asked(request: HttpRequest) -> tuple[PipelineFilter, list[Followed], list[Followed]]:
    association = association_of(request)
    form = PipelineFilter(request.GET, team=list(team_of(association)))
    rows = followed(association, module=form.chosen_module, today=timezone.localdate())
    return form, rows, arranged(form.apply(rows), sort=request.GET.get("sort", ""))


def tabs(request: HttpRequest, *, current: str) -> list[Tab]:
    """Lead to the ways to look at the communes, filters kept."""
    query = request.GET.copy()
    query.pop("page", None)
    query.pop("vue", None)
    plain = f"?{query.urlencode()}" if query else ""
    query["vue"] = BOARD
    ways = [
        ("liste", _("Liste"), reverse("communes") + plain, "list"),
        (BOARD, _("Par étape"), f"{reverse('communes')}?{query.urlencode()}", "columns-3"),
        ("carte", _("Carte"), reverse("pipeline_map") + plain, "map"),
        ("fenetres", _("Fenêtres"), reverse("switch_windows"), "calendar-range"),
    ]
    return [Tab(label, href, key == current, icon) for key, label, href, icon in ways]


def _lanes(request: HttpRequest, shown: Sequence[Followed]) -> list[Lane]:
    by_stage: dict[Stage, list[Followed]] = {stage: [] for stage in Stage}
    for row in shown:
        if row.is_eligible:
            by_stage[row.stage].append(row)
    return [
        Lane(
            title=str(stage.label),
            count=len(rows),
            href=_list_of(request, stage),
            cards=[_card(row) for row in rows[:CARDS_MOST]],
            is_folded=stage in FOLDED or not rows,
        )
        for stage, rows in by_stage.items()
    ]


def _list_of(request: HttpRequest, stage: Stage) -> str:
    query = request.GET.copy()
    query.pop("vue", None)
    query["stage"] = stage
    return f"{reverse('communes')}?{query.urlencode()}"


def _card(row: Followed) -> LaneCard:
    move = reverse("commune_move", args=[row.commune.insee_code])
    return LaneCard(
        title=row.commune.name,
        href=reverse("commune_card", args=[row.commune.insee_code]),
        facts=[fact for fact in (_since(row), row.referent) if fact],
        marks=marks(row),
        move=move,
        moves=_moves(row.stage),
        hidden=[("module", row.module)],
    )


def _moves(stage: Stage) -> list[tuple[str, str]]:
    """List where a commune may go, onwards before back."""
    onwards = sorted(MOVES[stage], key=lambda to: (ORDER[to] < ORDER[stage], ORDER[to]))
    return [(to, str(to.label)) for to in onwards]


def _since(row: Followed) -> str:
    return "" if row.days is None else _("depuis %(days)s") % {"days": row.days_said}


def marks(row: Followed) -> list[Mark]:
    """Say in badges what is particular about a commune."""
    found = []
    if row.reason_said:
        found.append(Mark(label=row.reason_said, tone="neutral"))
    if row.is_connected:
        found.append(Mark(label=_("reliée"), tone="brand", icon="link"))
    if row.window == WindowState.OPEN:
        found.append(Mark(label=_("fenêtre ouverte"), tone="success", icon="door-open"))
    if row.window == WindowState.SOON:
        found.append(Mark(label=_("fenêtre proche"), tone="info", icon="calendar-range"))
    if row.is_late:
        found.append(Mark(label=_("en retard"), tone="danger", icon="clock-alert"))
    return found
