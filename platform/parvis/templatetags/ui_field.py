"""What is used outdoors, on a phone, with gloves: large things to press, few words."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from parvis.templatetags.ui_forms import csrf_field
from parvis.templatetags.ui_shapes import qr_code, svg


register = template.Library()


@register.simple_block_tag
def touch(content: str) -> SafeString:
    """Make every button inside as wide as the page and at least 64 px tall."""
    return format_html('<div class="touch stack stack--m">{}</div>', content)


@register.simple_tag
def way(*, lat: float, lon: float, label: str) -> SafeString:
    """Lead there with the phone's own map."""
    return format_html(
        '<a class="way" href="geo:{lat},{lon}?q={lat},{lon}">{drawing}<span>{label}</span></a>',
        lat=f"{lat:.6f}",
        lon=f"{lon:.6f}",
        drawing=svg("navigation", size=28),
        label=label,
    )


@register.simple_tag
def sketch(drawing: Any, *, label: str, numbers: Sequence[Any] = ()) -> SafeString:
    """Draw a map without pictures: lines, numbered points and a scale."""
    lines = format_html_join(
        "",
        '<polyline class="sketch__line" points="{}"/>',
        ((" ".join(f"{x},{y}" for x, y in line),) for line in drawing.lines),
    )
    way = " ".join(f"{x},{y}" for x, y in drawing.points)
    points = format_html_join(
        "",
        '<g class="sketch__point"><circle cx="{}" cy="{}" r="18"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>',
        (
            (x, y, x, f"{y + 8:.2f}", number)
            for (x, y), number in zip(drawing.points, numbers, strict=True)
        ),
    )
    bar = format_html(
        '<path class="sketch__scale" d="M20 {y}h{long}"/>'
        '<text x="20" y="{above}">{metres} m</text>',
        y=round(drawing.height - 20),
        above=round(drawing.height - 30),
        long=round(drawing.scale),
        metres=drawing.scale_m,
    )
    return format_html(
        '<svg class="sketch" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<polyline class="sketch__way" points="{}"/>{}{}</svg>',
        round(drawing.width),
        round(drawing.height),
        label,
        lines,
        way,
        points,
        bar,
    )


@register.simple_block_tag
def stop_card(content: str, *, number: int, title: str, key: int, level: int = 2) -> SafeString:
    """Hold one stop of a round: its number, large, and what it is about."""
    return format_html(
        '<article class="stop stack stack--m" id="arret-{key}" data-stop>'
        '<h{level} class="stop__title" tabindex="-1"><span class="stop__number">{number}</span>'
        "<span>{title}</span></h{level}>{content}</article>",
        key=key,
        level=level,
        number=number,
        title=title,
        content=content,
    )


@register.simple_block_tag
def sheet_stop(
    content: str, *, code: str, code_label: str, photo: str = "", alt: str = ""
) -> SafeString:
    """Hold one stop of a printed sheet beside its code; the end of a page never cuts it."""
    picture = format_html('<img src="{}" alt="{}">', photo, alt) if photo else ""
    return format_html(
        '<article class="sheet-stop">{}<div class="sheet-stop__words stack stack--s">{}</div>{}'
        "</article>",
        picture,
        content,
        qr_code(code, label=code_label),
    )


@register.simple_block_tag(takes_context=True)
def answer(context: Context, content: str, *, action: str) -> SafeString:
    """Hold the form of one answer; without network a script keeps it and sends it later."""
    return format_html(
        '<form class="form stack stack--m" method="post" action="{}" data-kept'
        ' enctype="multipart/form-data" novalidate>{}{}</form>',
        action,
        csrf_field(context),
        content,
    )


@register.simple_tag
def waiting(*, single: str, many: str, refused: str, full: str, overview: str) -> SafeString:
    """Say how many answers wait for the network ("#" in ``many``); a script counts them."""
    return format_html(
        '<div class="waiting" role="status" data-waiting data-one="{}" data-many="{}"'
        ' data-refused="{}" data-full="{}" data-off="{}" hidden></div>',
        single,
        many,
        refused,
        full,
        overview,
    )
