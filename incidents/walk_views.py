"""Walk mode: many photos at once, sorted out line by line afterwards."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from incidents import links, walks
from incidents.capture_views import ADDRESSES_MOST, known_places
from incidents.models import Photo, Report
from incidents.staff_pages import current_member, handles_reports
from incidents.walk_forms import LineForm, WalkForm, offered
from parvis.errors import DomainError


LINES_MOST = 60


@handles_reports
@require_http_methods(["GET", "HEAD", "POST"])
def walk(request: HttpRequest) -> HttpResponse:
    """Bring photos home; those that cannot be kept are named, the others are."""
    form = WalkForm(request.POST or None, request.FILES or None, initial={"key": uuid4()})
    if form.is_bound and form.is_valid():
        known = form.cleaned_data
        kept, refused = known["photos"]
        added = walks.bring_home(
            pictures=kept,
            category=known["category"],
            key=known["key"],
            by=current_member(request),
            now=timezone.now(),
        )
        _tell(request, added, refused)
        return redirect("incidents:agent:walk")
    status = 422 if form.is_bound else 200
    return _page(request, form, _lines(request, {}), list(known_places()), status=status)


@handles_reports
@require_POST
def sort(request: HttpRequest) -> HttpResponse:
    """Keep the lines that say what and where; the others stay, as they were typed."""
    places = known_places()
    by, now = current_member(request), timezone.now()
    lines = _lines(request, request.POST)
    kinds = {each.pk: each for each in offered()}
    done, left = 0, []
    for report, photo, form in lines:
        if not form.is_bound or not form.is_valid() or form.cleaned_data["is_later"]:
            left.append((report, photo, form))
            continue
        known = form.cleaned_data
        try:
            walks.sort(
                report=report,
                category=kinds[known["category"]],
                place=report.place or places.get(known["address"]),
                address=known["address"],
                text=known["text"],
                by=by,
                now=now,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            left.append((report, photo, form))
        else:
            done += 1
    if done:
        words = ngettext(
            "%(count)s signalement enregistré.", "%(count)s signalements enregistrés.", done
        )
        messages.success(request, words % {"count": done})
    if not any(form.is_bound and form.errors for _report, _photo, form in left):
        return redirect("incidents:agent:walk")
    return _page(request, WalkForm(initial={"key": uuid4()}), left, list(places), status=422)


def _tell(request: HttpRequest, added: int, refused: list[tuple[str, str]]) -> None:
    words = ngettext(
        "%(count)s photo gardée : une ligne à trier.",
        "%(count)s photos gardées : autant de lignes à trier.",
        added,
    )
    if added:
        messages.success(request, words % {"count": added})
    for name, why in refused:
        messages.error(request, _("%(name)s : %(why)s") % {"name": name, "why": why})


def _lines(request: HttpRequest, sent: Any) -> list[tuple[Report, str, LineForm]]:
    """Pair each line with its photo and its form; three queries, however many."""
    reports = (
        walks.unsorted(current_member(request))
        .select_related("category")
        .prefetch_related("photos")
        .order_by("pk")[:LINES_MOST]
    )
    choices = [(each.pk, each.name) for each in offered()]
    found = []
    for report in reports:
        prefix = f"l{report.pk}"
        form = LineForm(
            sent if f"{prefix}-category" in sent else None,
            prefix=prefix,
            choices=choices,
            is_placed=report.place is not None,
            initial={"category": report.category_id, "address": report.address},
        )
        found.append((report, _thumbnail(report), form))
    return found


def _thumbnail(report: Report) -> str:
    ready = [each for each in report.photos.all() if each.state == Photo.State.READY]
    return links.photo_address(ready[0], "s") if ready else ""


def _page(
    request: HttpRequest,
    form: WalkForm,
    lines: list[tuple[Report, str, LineForm]],
    addresses: list[str],
    *,
    status: int,
) -> HttpResponse:
    context = {
        "form": form,
        "lines": lines,
        "addresses": addresses[:ADDRESSES_MOST],
    }
    return render(request, "incidents/staff/walk.html", context, status=status)
