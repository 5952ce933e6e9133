"""The outbox of the current site, in demo mode only: what would have been sent is read here."""

import re
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from parvis.models import OutgoingEmail


LINK = re.compile(r"(https?://[^\s<>«»\"]*[^\s<>«»\".,;:!?)])")
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a message; ``href`` when they are an address to follow."""

    text: str
    href: str = ""


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
    context = {"email": email, "paragraphs": paragraphs(email.body), "files": _files(email)}
    return render(request, "demo/message.html", context)


def paragraphs(text: str) -> list[list[list[Piece]]]:
    """Cut a text into paragraphs, lines and pieces, so that its addresses can be followed."""
    return [
        [_pieces(line) for line in block.splitlines()]
        for block in re.split(r"\n\s*\n", text.strip())
    ]


def _pieces(line: str) -> list[Piece]:
    return [
        Piece(part, part if number % 2 else "")
        for number, part in enumerate(LINK.split(line))
        if part
    ]


def _files(email: OutgoingEmail) -> list[tuple[str, str]]:
    return [(name, kind) for name, _content, kind in email.attachments]
