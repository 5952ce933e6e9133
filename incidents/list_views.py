"""The reports of the commune for its team: one filter, seen as a list, a board or a map."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incidents import board, desk_pages, filters, found, offered, paging, saved
from incidents.bulk_views import KINDS
from incidents.cards import cards, rows
from incidents.desk_pages import Asked
from incidents.filter_forms import SaveForm
from incidents.geo import read_box
from incidents.models import SavedFilter
from incidents.staff_pages import after, current_member, reads_reports
from incidents.states import LEGEND
from parvis.cards import Column
from parvis.errors import DomainError


@reads_reports
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show the reports of one filter; as many queries for one report as for a thousand."""
    asked = desk_pages.read(request, now=timezone.now())
    return SEEN[asked.view](request, asked)


def _list(request: HttpRequest, asked: Asked) -> HttpResponse:
    """List them page by page: three queries, one more for a quarter."""
    page = paging.page(
        found.in_states(asked.reports, asked.wanted.states),
        asked.wanted.sorting,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
    )
    around, _counted = desk_pages.shown(asked)
    context = around | {
        "cards": cards(page.reports, now=asked.now, may_handle=asked.may_handle),
        "before": asked.address(avant=page.before) if page.before else "",
        "after": asked.address(apres=page.after) if page.after else "",
        "is_deep": bool(page.before),
        "here": asked.address().removeprefix("?"),
        "kinds": [(name, each.label) for name, each in KINDS.items()],
    }
    return render(request, "incidents/staff/list.html", context)


def _board(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Deal them to the columns of the board: four queries, one more for a quarter."""
    dealt = board.parts(asked.reports, now=asked.now)
    around, counted = desk_pages.shown(asked, dealt)
    top = board.first(dealt, asked.wanted.order)
    columns = [
        Column(
            title=str(lane.title),
            cards=cards(top[name], now=asked.now, may_handle=asked.may_handle, with_moves=True),
            count=desk_pages.in_words(counted[name]),
            href=asked.address(asked.wanted.at(lane.state), view=filters.VIEWS[0]),
            state=str(lane.becomes or ""),
            is_folded=lane.is_folded,
        )
        for name, lane in board.LANES.items()
    ]
    return render(request, "incidents/staff/board.html", around | {"columns": columns})


def _map(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Show them on a map, with the most urgent of what it shows beside: three queries."""
    shown = found.in_states(asked.reports, asked.wanted.states)
    box = read_box(request.GET.get("boite", ""))
    beside = shown.within(box) if box else shown.filter(lat__isnull=False)
    page = paging.page(
        beside,
        asked.wanted.sorting,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
    )
    around, _counted = desk_pages.shown(asked)
    kept = {"boite": request.GET["boite"]} if box else {}
    is_warm = request.GET.get("chaleur") == "1"
    if is_warm:
        kept["chaleur"] = "1"
    query = asked.address(view=filters.VIEWS[0])
    context = around | {
        "rows": rows(page.reports, now=asked.now),
        "before": asked.address(avant=page.before, **kept) if page.before else "",
        "after": asked.address(apres=page.after, **kept) if page.after else "",
        "marks": f"{reverse('incidents:agent:marks')}{query}",
        "heat": f"{reverse('incidents:agent:heat')}{query}" if is_warm else "",
        "turn_heat": asked.address(**({} if is_warm else {"chaleur": "1"})),
        "legend": LEGEND,
        "is_boxed": box is not None,
        "whole": asked.address(),
    }
    return render(request, "incidents/staff/map.html", context)


SEEN = {"liste": _list, "tableau": _board, "carte": _map}


@reads_reports
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep a filter under a name, for oneself or for the team."""
    member, form = current_member(request), SaveForm(request.POST)
    if form.is_valid():
        query = _read_again(form.cleaned_data["query"], member.user_id)
        try:
            kept = saved.keep(
                name=form.cleaned_data["name"],
                query=query,
                is_shared=form.cleaned_data["is_shared"],
                by=member,
            )
        except DomainError as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Le filtre « %(name)s » est gardé.") % {"name": kept.name})
            return redirect(f"{reverse('incidents:agent:list')}?{query}")
    return render(request, "incidents/staff/save_filter.html", {"form": form}, status=422)


def _read_again(query: str, user_id: int) -> str:
    """Keep of an address what a filter is made of."""
    asked = QueryDict(query).dict()
    wanted = filters.read(asked, offered.read(user_id=user_id)).to_query()
    is_other = asked.get("vue", "") in filters.VIEWS[1:]
    return "&".join(filter(None, [wanted, f"vue={asked['vue']}" if is_other else ""]))


@reads_reports
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own filter."""
    own = get_object_or_404(SavedFilter, pk=pk, owner_id=current_member(request).user_id)
    return after(
        request,
        lambda: saved.forget(saved=own),
        to=reverse("incidents:agent:list"),
        done=_("Le filtre est supprimé."),
    )
