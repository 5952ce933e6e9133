"""What only the reception of a town hall shows: boxes to tick, tickets, the call screen."""

from collections.abc import Collection, Sequence
from typing import Any

from django import template

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
    """List documents with boxes sent as ``name``; ``ticked`` holds the keys already ticked."""
    lines = [(document, document.key in ticked) for document in documents]
    return {"lines": lines, "name": name, "detailed": detailed}
