"""Reports as everybody reads them: rows of a list, photos before and after."""

from collections.abc import Sequence
from typing import Any, Protocol

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.templatetags.ui_shapes import svg


register = template.Library()


class State(Protocol):
    """What a state looks like on a map."""

    shape: str
    tone: str
    word: str


@register.simple_block_tag
def report_rows(content: str) -> SafeString:
    """Hold ``report_row`` tags."""
    return format_html('<ul class="reports">{}</ul>', content)


@register.inclusion_tag("ui/report_row.html")
def report_row(row: dict[str, Any], *, number: int = 0) -> dict[str, Any]:
    """Show one report of a list: its photo, what and where it is, its state; all is the link.

    ``number`` is the one of its mark on the map beside the list, shown where scripts run.
    """
    return {**row, "number": number}


@register.simple_block_tag
def marked_list(content: str, marks: str) -> SafeString:
    """Hold a list that follows the map of the page; ``marks`` gives what the map draws.

    A page with ``js/points.js`` keeps both together; without script the list stays as it is.
    """
    return format_html(
        '<div class="stack stack--m" data-marks="{}" aria-live="off">{}</div>', marks, content
    )


@register.simple_tag
def map_legend(states: Sequence[State]) -> SafeString:
    """Name the shapes of the marks."""
    lines = format_html_join(
        "",
        '<li><span class="mark mark--{} mark--{}" aria-hidden="true"><span></span></span>{}</li>',
        ((each.shape, each.tone, each.word) for each in states),
    )
    return format_html('<ul class="legend">{}</ul>', lines)


@register.simple_tag
def photo_row(pictures: Any, *, title: str = "", level: int = 3) -> SafeString:
    """Show photos side by side, each a link to a larger one; nothing when there are none."""
    figures = format_html_join(
        "",
        '<figure class="photo"><a href="{}"><img src="{}" alt="{}" loading="lazy"></a>'
        "<figcaption>{}</figcaption></figure>",
        ((each.large, each.address, _photo_words(each.caption), each.caption)
         for each in pictures),
    )  # fmt: skip
    if not figures:
        return SafeString("")
    head = format_html('<h{0} class="photos__title">{1}</h{0}>', level, title) if title else ""
    return format_html(
        '<div class="photos stack stack--s">{}<div class="photos__row">{}</div></div>',
        head,
        figures,
    )


def _photo_words(caption: str) -> str:
    return _("Photo : %(caption)s") % {"caption": caption}


@register.simple_block_tag
def quotation(content: str) -> SafeString:
    """Set what somebody has said."""
    return format_html('<blockquote class="quotation">{}</blockquote>', content)


@register.simple_tag
def copy_button(label: str, *, text: str) -> SafeString:
    """Copy a text, such as an address to keep; shown where scripts run."""
    return format_html(
        '<button class="button button--secondary" type="button" data-copy="{}" data-done="{}"'
        " hidden>{}<span>{}</span></button>",
        text,
        _("Copié"),
        svg("copy", size=20),
        label,
    )


@register.simple_tag
def code_block(text: str) -> SafeString:
    """Show something to copy letter by letter."""
    return format_html('<pre class="code-block"><code>{}</code></pre>', text)
