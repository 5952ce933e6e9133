"""The sheet that a team takes along: a page to print, and the same as a PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from incidents import links, sheets
from incidents.models import Round
from incidents.secret_pages import private
from incidents.staff_pages import handles_reports
from parvis.exports import download
from tenants.hosts import absolute_url


@handles_reports
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet, ready to print; each code opens its stop."""
    tour = get_object_or_404(Round.objects.select_related("team"), pk=pk)
    commune = request.commune  # type: ignore[attr-defined]
    found = sheets.lines(tour, commune)
    stops = [line.stop for line in found]
    context = {
        "round": tour,
        "lines": [
            (line, links.photo_address(line.photo, "m") if line.photo else "") for line in found
        ],
        "sketch": sheets.sketch(stops, commune, width=1000),
        "numbers": [stop.position for stop in stops if stop.report.place is not None],
        "phone": absolute_url(commune, links.path_to_round(tour)),
    }
    return private(render(request, "incidents/rounds/sheet.html", context))


@handles_reports
@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the sheet as a PDF."""
    tour = get_object_or_404(Round.objects.select_related("team"), pk=pk)
    content = sheets.write(tour, request.commune, now=timezone.now())  # type: ignore[attr-defined]
    name = slugify(f"tournee-{tour.day}-{tour.title}")[:80]
    return private(download(content, f"{name}.pdf", is_shown=True))
