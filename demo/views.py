"""The outbox of the current site, in demo mode only: what would have been sent is read here."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from parvis.models import OutgoingEmail
from parvis.outbox import files, paragraphs
from tenants.hosts import absolute_url
from tenants.models import Commune


PER_PAGE = 30
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
def outbox(request: HttpRequest) -> HttpResponse:
    """List the messages of this site, newest first."""
    messages = OutgoingEmail.objects.order_by("-written_at", "-pk")
    page = Paginator(messages, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/outbox.html", {"page_obj": page})


@require_safe
def message(request: HttpRequest, number: int) -> HttpResponse:
    """Show one message as its reader would have received it."""
    email = get_object_or_404(OutgoingEmail, pk=number)
    context = {"email": email, "paragraphs": paragraphs(email.body), "files": files(email)}
    return render(request, "demo/message.html", context)
