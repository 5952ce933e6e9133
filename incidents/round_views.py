"""The rounds of the teams: prepared from a filter or a selection, ordered, followed.

A page that has chosen reports leads here with ``?choix=REF,REF``; one that has a filter leads here
with the query of its list, as :mod:`incidents.filters` writes it.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import member_of
from incidents import access, filters, found, links, offered, rounds, teamwork
from incidents.geo import Place
from incidents.models import Category, Report, Round, Stop, Team
from incidents.round_forms import DEPOT, TOWN_HALL, ChooseForm, RoundForm
from incidents.staff_pages import after, current_member, handles_reports, reads_reports
from parvis.errors import DomainError
from parvis.typed import number
from parvis.typo import date_longue
from tenants import directory
from tenants.hosts import absolute_url


LISTED_MOST = 60
OFFERED_MOST = 150
TILE_PX = 256
MAP_WIDE_PX, MAP_HIGH_PX = 260, 170  # of the smallest map, less the marks at its edges


@reads_reports
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """List the rounds, those that are under way first; one query."""
    known = (
        Round.objects.select_related("team")
        .annotate(count=Count("stops"), left=Count("stops", filter=Q(stops__done_at__isnull=True)))
        .order_by("-day", "-pk")[:LISTED_MOST]
    )
    rows: list[dict[str, Any]] = [
        {"round": each, "done": each.count - each.left, "count": each.count} for each in known
    ]
    context = {
        "open": [row for row in rows if row["round"].closed_at is None],
        "closed": [row for row in rows if row["round"].closed_at is not None],
        "may_handle": access.may_handle(member_of(request)),
    }
    return render(request, "incidents/rounds/list.html", context)


@handles_reports
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Prepare a round: its team and day, and the reports that a filter lets through."""
    reports, wanted = _offered(request)
    if request.method != "POST":
        return _choose(
            request, RoundForm(offered=reports, initial=_usual(reports, request)), wanted
        )
    form = RoundForm(request.POST, offered=reports)
    if form.is_valid():
        known = form.cleaned_data
        try:
            made = teamwork.plan_round(
                reports=known["reports"],
                title=known["title"],
                day=known["day"],
                team=known["team"],
                by=current_member(request),
                start=_start(request, known),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La tournée est prête, dans l’ordre du trajet."))
            return redirect("incidents:agent:round", made.pk)
    return _choose(request, form, wanted, status=422)


@handles_reports
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add reports to a round."""
    tour = get_object_or_404(Round, pk=pk)
    reports, wanted = _offered(request)
    form = ChooseForm(request.POST if request.method == "POST" else None, offered=reports)
    if form.is_bound and form.is_valid():
        try:
            added = teamwork.add_to_round(tour=tour, reports=form.cleaned_data["reports"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("%(count)s arrêt ajouté.", "%(count)s arrêts ajoutés.", added)
            messages.success(request, words % {"count": added})
            return redirect("incidents:agent:round", pk)
    return _choose(request, form, wanted, tour=tour, status=422 if form.is_bound else 200)


@reads_reports
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a round: where its stops are, in which order, what became of them; three queries."""
    tour = get_object_or_404(Round.objects.select_related("team"), pk=pk)
    stops = list(tour.stops.select_related("report__category"))
    places = [place for stop in stops if (place := stop.report.place) is not None]
    done = sum(stop.done_at is not None for stop in stops)
    may_handle = access.may_handle(member_of(request))
    phone = absolute_url(request.commune, links.path_to_round(tour))  # type: ignore[attr-defined]
    context = {
        "round": tour,
        "stops": stops,
        "done": done,
        "count": len(stops),
        "points": [_point(stop) for stop in stops if stop.report.place],
        **_frame(places),
        "kilometres": _kilometres(places, tour.start),
        "may_handle": may_handle,
        "may_prepare": may_handle and tour.closed_at is None,
        "phone": phone if may_handle else "",
    }
    return render(request, "incidents/rounds/page.html", context)


@handles_reports
@require_POST
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Do one thing to a round, and come back to its page."""
    tour = get_object_or_404(Round, pk=pk)
    now = timezone.now()
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "ordre": (
            lambda: teamwork.propose_order(tour=tour),
            _("Les arrêts sont dans l’ordre du trajet."),
        ),
        "fin": (lambda: teamwork.close(tour=tour, now=now), _("La tournée est terminée.")),
        "reprise": (lambda: teamwork.reopen(tour=tour), _("La tournée reprend.")),
        "lien": (
            lambda: teamwork.renew_link(tour=tour),
            _("Le lien est changé : imprimez une nouvelle feuille."),
        ),
    }
    if what not in steps:
        raise Http404
    step, done = steps[what]
    return after(request, step, to=reverse("incidents:agent:round", args=[pk]), done=done)


@handles_reports
@require_POST
def act_on_stop(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Move a stop of a round, or take it out."""
    chosen = number(request.POST.get("stop", ""))
    stop = get_object_or_404(Stop.objects.select_related("round"), pk=chosen, round=pk)
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "monter": (lambda: teamwork.shift(stop=stop, by_ranks=-1), _("L’arrêt est plus tôt.")),
        "descendre": (lambda: teamwork.shift(stop=stop, by_ranks=1), _("L’arrêt est plus tard.")),
        "retrait": (
            lambda: teamwork.remove(stop=stop),
            _("L’arrêt n’est plus dans la tournée."),
        ),
    }
    if what not in steps:
        raise Http404
    step, done = steps[what]
    return after(request, step, to=reverse("incidents:agent:round", args=[pk]), done=done)


def _offered(request: HttpRequest) -> tuple[list[Report], filters.Filter]:
    """Find the open reports to choose from: those named, or those that a filter lets through."""
    by = current_member(request)
    known = offered.read(user_id=by.user_id)
    query = {name: str(value) for name, value in request.GET.items() if name != "choix"}
    usual = {"etat": filters.OPEN_ONES, "porte": str(Category.Door.REPORT)}
    wanted = filters.read(usual | query, known)
    named = _named(request)
    reports = (
        Report.objects.filter(reference__in=named)
        if named
        else found.narrow(wanted, known=known, now=timezone.now(), user_id=by.user_id)
    )
    shown = reports.open().select_related("category").order_by("-priority", "due_at", "-pk")
    return list(shown[:OFFERED_MOST]), wanted


def _named(request: HttpRequest) -> list[str]:
    typed = request.GET.get("choix", "").replace("\0", "")
    return [word for word in typed.upper().split(",") if word][:OFFERED_MOST]


def _usual(reports: list[Report], request: HttpRequest) -> dict[str, Any]:
    """Propose today, the team that most of them are given to, and all those that were named."""
    day = timezone.localdate()
    teams = [each.team_id for each in reports if each.team_id]
    return {
        "title": _("Tournée du %(day)s") % {"day": date_longue(day)},
        "day": day,
        "team": max(set(teams), key=teams.count) if teams else None,
        "start": TOWN_HALL,
        "reports": [each.reference for each in reports] if _named(request) else [],
    }


def _start(request: HttpRequest, known: dict[str, Any]) -> Place | None:
    """Return where the team leaves from; a depot typed for the first time is kept."""
    if known["start"] == DEPOT:
        team: Team = known["team"]
        if known["depot"] is not None:
            teamwork.keep_depot(team=team, place=known["depot"])
        return Place(team.depot_lat or 0.0, team.depot_lon or 0.0)
    if known["start"] != TOWN_HALL:
        return None
    return _town_hall(request.commune.insee_code)  # type: ignore[attr-defined]


@lru_cache(maxsize=256)
def _town_hall(insee_code: str) -> Place | None:
    hall = directory.record(insee_code)
    if hall is None or hall.latitude is None or hall.longitude is None:
        return None
    return Place(hall.latitude, hall.longitude)


def _choose(
    request: HttpRequest,
    form: ChooseForm,
    wanted: filters.Filter,
    *,
    tour: Round | None = None,
    status: int = 200,
) -> HttpResponse:
    known = offered.read(user_id=current_member(request).user_id)
    context = {
        "form": form,
        "round": tour,
        "wanted": wanted,
        "teams": known.teams,
        "groups": known.groups,
        "zones": known.zones,
        "is_named": bool(_named(request)),
    }
    return render(request, "incidents/rounds/choose.html", context, status=status)


def _frame(places: list[Place]) -> dict[str, Any]:
    """Say where the map looks, and how near, so that every stop is on it, even on a phone."""
    if not places:
        return {"middle": None, "zoom": 0}
    lats, lons = [each.lat for each in places], [each.lon for each in places]
    middle = Place((max(lats) + min(lats)) / 2, (max(lons) + min(lons)) / 2)
    high = (max(lats) - min(lats)) / math.cos(math.radians(middle.lat)) / MAP_HIGH_PX
    degrees_a_pixel = max(high, (max(lons) - min(lons)) / MAP_WIDE_PX, 1e-9)
    zoom = math.floor(math.log2(360 / TILE_PX / degrees_a_pixel))
    return {"middle": middle, "zoom": max(10, min(17, zoom))}


def _point(stop: Stop) -> dict[str, Any]:
    """Put a stop on the map: its number; what leads to it is listed below."""
    report = stop.report
    label = f"{stop.position}. {report.category.name}"
    return {"lat": report.lat, "lon": report.lon, "label": label, "text": str(stop.position)}


def _kilometres(places: list[Place], start: Place | None) -> str:
    metres = rounds.length_m(range(len(places)), places, start=start)
    return f"{metres / 1000:.1f}".replace(".", ",") if metres else ""
