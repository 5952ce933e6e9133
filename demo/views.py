"""The outbox of the current site, in demo mode only: what would have been sent is read here."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from messaging.shown import about, channel_of, channel_tabs, html_of, line
from messaging.views import sealed
from parvis.models import OutgoingEmail
from parvis.outbox import files, paragraphs
from tenants.hosts import absolute_url
from tenants.models import Commune


PER_PAGE = 30
EMAILS = "courriels"
SHOWN = "33314"


@require_safe
def town_hall(request: HttpRequest) -> HttpResponse:
    """Show the existing site of a town hall, with Pauillac's widget in it."""
    commune = get_object_or_404(Commune, insee_code=SHOWN)
    origin = absolute_url(commune, "")
    answer = render(request, "demo/town_hall.html", {"shown": commune, "origin": origin})
    answer.csp = {  # type: ignore[attr-defined]
        "script-src": f"'self' {origin}",
        "frame-src": origin,
        "connect-src": f"'self' {origin}",
    }
    return answer


@require_safe
def outbox(request: HttpRequest, slug: str = EMAILS) -> HttpResponse:
    """List the messages of this site on one channel, newest first."""
    channel = channel_of(slug)
    rows = channel.model.objects.order_by("-written_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    address = reverse("demo:channel", args=["canal"]).replace("canal", "{}")
    context = {
        "page_obj": page,
        "lines": [line(row, channel) for row in page],
        "tabs": channel_tabs(channel, address),
    }
    return render(request, "demo/outbox.html", context)


@require_safe
def message(request: HttpRequest, number: int, slug: str = EMAILS) -> HttpResponse:
    """Show one message as its reader would have received it."""
    row = get_object_or_404(channel_of(slug).model, pk=number)
    context = {"slug": slug, **about(row), "paragraphs": paragraphs(row.words)}
    if isinstance(row, OutgoingEmail):
        context |= {"files": files(row), "html_url": reverse("demo:html", args=[row.pk])}
    answer = render(request, "demo/message.html", context)
    answer.csp = {"frame-src": "'self'"}  # type: ignore[attr-defined]
    return answer


@require_safe
def html(request: HttpRequest, number: int) -> HttpResponse:
    """Send the HTML twin of an e-mail, for the frame of its page."""
    return sealed(html_of(get_object_or_404(OutgoingEmail, pk=number)))
