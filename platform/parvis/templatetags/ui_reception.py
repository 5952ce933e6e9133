"""What only the reception of a town hall shows: boxes to tick, tickets, the call screen."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.pieces import Document


register = template.Library()


@register.inclusion_tag("ui/boxes.html")
def boxes(
    documents: Sequence[Document],
    *,
    name: str,
    ticked: Collection[str] = (),
    detailed: bool = True,
) -> dict[str, Any]:
    """List documents with boxes sent as ``name``; ``ticked`` holds the keys already ticked.

    Without details a tick says what is missing, and strikes nothing through.
    """
    lines = [(document, document.key in ticked) for document in documents]
    return {"lines": lines, "name": name, "detailed": detailed}


@register.simple_tag
def number_of_the_day(number: int) -> SafeString:
    """Write a number in huge figures, to read from afar or to print."""
    return format_html('<p class="ticket">{}</p>', number)


@register.inclusion_tag("ui/call_screen.html")
def call_screen(*, calls: Sequence[Any], now: datetime) -> dict[str, Any]:
    """Show the latest calls, each with ``number`` and ``called_to``; readable at five metres.

    The page links ``css/reception.css`` and ``js/hall.js``, and holds no name.
    """
    return {"calls": calls, "now": now}
