"""The outbox of the current site, in demo mode only: what would have been sent is read here."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from parvis.models import OutgoingEmail
from parvis.outbox import files, paragraphs


PER_PAGE = 30


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
