"""What a room shows and signs: the code in huge figures, the frame for a signature."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.pieces import Tone
from parvis.templatetags.ui_shapes import badge, qr_code, svg


register = template.Library()
WIDE, TALL = 600, 200


@register.simple_tag
def room_code(*, address: str, pin: str, label: str) -> SafeString:
    """Show what the room scans and types, to be read from the last row."""
    return format_html(
        '<div class="room"><div class="room__code">{}</div>'
        '<p class="room__pin"><span class="room__label">{}</span> '
        "<strong>{} {}</strong></p></div>",
        qr_code(address, label=label),
        _("Code"),
        pin[:3],
        pin[3:],
    )


@register.simple_tag
def signature_pad(field: BoundField, *, label: str) -> SafeString:
    """Frame a signature drawn with a finger; hidden where no script runs, where one types."""
    return format_html(
        '<div class="pad" data-pad hidden><p class="pad__label" id="{key}-label">{label}</p>'
        '<svg class="pad__frame" viewBox="0 0 {wide} {tall}" role="img"'
        ' aria-labelledby="{key}-label"><path class="pad__line" d="{value}"/></svg>'
        '<button class="button button--quiet" type="button" data-pad-clear>{icon}'
        "<span>{clear}</span></button>{field}</div>",
        key=field.auto_id,
        label=label,
        wide=WIDE,
        tall=TALL,
        value=field.value() or "",
        icon=svg("eraser", size=20),
        clear=_("Effacer"),
        field=field,
    )


@register.simple_tag
def signed(drawing: str, *, label: str) -> SafeString:
    """Show a signature that was drawn."""
    return format_html(
        '<svg class="signed" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="pad__line" d="{}"/></svg>',
        WIDE,
        TALL,
        label,
        drawing,
    )


@register.simple_block_tag
def half_day(content: str, *, legend: str) -> SafeString:
    """Set the day, beginning and end of a half-day on one line."""
    return format_html(
        '<fieldset class="fieldset"><legend class="fieldset__legend">{}</legend>'
        '<div class="half-day">{}</div></fieldset>',
        legend,
        content,
    )


@register.simple_tag
def plain_text(text: str) -> SafeString:
    """Set plain text: "# " heads a part, "- " begins an item, an empty line parts paragraphs."""
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    shown = format_html_join("", "{}", ((_part(part),) for part in parts if part))
    return format_html('<div class="stack stack--m">{}</div>', shown)


def _part(part: str) -> SafeString:
    lines = part.split("\n")
    if lines[0].startswith("# "):
        rest = _part("\n".join(lines[1:])) if lines[1:] else SafeString("")
        return format_html("<h2>{}</h2>{}", lines[0][2:], rest)
    if all(line.startswith("- ") for line in lines):
        return _items([line[2:] for line in lines])
    return SafeString(linebreaks(part, autoescape=True))


def _items(lines: Sequence[str]) -> SafeString:
    return format_html(
        "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines))
    )


@register.simple_tag
def quiz_question(*, index: int, question: Any, is_marked: bool) -> SafeString:
    """Ask one question; after a try, say whether it was right, and why."""
    boxes = format_html_join(
        "",
        '<div class="choice"><input type="radio" name="q{}" value="{}" id="q{}-{}"{}>'
        '<label class="choice__label" for="q{}-{}"><span>{}</span></label></div>',
        (
            (
                *(index, place, index, place),
                SafeString(" checked" if place == question.chosen else ""),
                *(index, place, words),
            )
            for place, words in enumerate(question.choices)
        ),
    )
    said = _marked(question) if is_marked else SafeString("")
    return format_html(
        '<fieldset class="field choices choices--1"><legend class="field__label">{}</legend>{}'
        '<div class="choices__list">{}</div></fieldset>',
        question.ask,
        said,
        boxes,
    )


def _marked(question: Any) -> SafeString:
    tone: Tone = "success" if question.is_right else "warning"
    return format_html(
        "<p>{} {}</p>",
        badge(_("Juste") if question.is_right else _("À revoir"), tone=tone),
        "" if question.is_right else question.why,
    )
