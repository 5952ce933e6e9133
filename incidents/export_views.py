"""What leaves the list: tables, a map file, and work orders on paper."""

import logging
from collections.abc import Callable, Iterable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity import visits
from incidents import desk_pages, exports, found, paging, work_orders
from incidents.exports import Wanted
from incidents.models import Report
from incidents.staff_pages import handles_reports, reads_reports, report_or_404
from parvis.exports import download
from parvis.guard import current_schema


log = logging.getLogger(__name__)
WRITERS: Mapping[str, Callable[[Iterable[Report], Wanted], bytes]] = {
    "csv": exports.csv,
    "xlsx": exports.xlsx,
    "geojson": exports.geojson,
}


@reads_reports
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Send the reports of a filter; two queries, one more for a quarter.

    Who takes names and addresses is written in the log: a reading page writes nowhere else.
    """
    kind = request.GET.get("format", "csv")
    if kind not in WRITERS:
        raise Http404
    visits.count_export(request, now=timezone.now())
    asked = desk_pages.read(request, now=timezone.now())
    wanted = Wanted(
        words=request.GET.get("textes") == "1",
        people=request.GET.get("personnes") == "1" and asked.may_handle,
    )
    chosen = found.in_states(asked.reports, asked.wanted.states)
    try:
        rows = exports.read(paging.sorted_by(chosen, asked.wanted.sorting), wanted)
    except exports.TooMany as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('incidents:agent:list')}{asked.address()}")
    if wanted.people:
        by = asked.member.user_id
        log.warning("%s: account %s took who reported %s reports", current_schema(), by, len(rows))
    name = f"signalements-{timezone.localdate(asked.now):%Y-%m-%d}.{kind}"
    return download(WRITERS[kind](rows, wanted), name)


@handles_reports
@require_safe
def order(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the work order of one report."""
    return _orders(request, [report_or_404(reference)], f"bon-{reference}")


@handles_reports
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Send the work orders of the reports of ``choix``, one page for each, in that order."""
    typed = request.GET.get("choix", "").replace("\0", "").split(",")
    references = list(dict.fromkeys(typed))[: work_orders.MOST]
    known = Report.objects.filter(reference__in=references).select_related("category", "team")
    by_reference = {each.reference: each for each in known}
    chosen = [by_reference[each] for each in references if each in by_reference]
    if not chosen:
        messages.error(request, _("Cochez d’abord un ou plusieurs signalements."))
        return redirect("incidents:agent:list")
    return _orders(request, chosen, f"bons-{timezone.localdate():%Y-%m-%d}")


def _orders(request: HttpRequest, reports: list[Report], name: str) -> HttpResponse:
    commune = request.commune  # type: ignore[attr-defined]
    content = work_orders.write(reports, commune, now=timezone.now())
    return download(content, f"{name}.pdf", is_shown=True)
