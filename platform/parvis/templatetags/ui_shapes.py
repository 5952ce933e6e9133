"""Icons, shields, outlines and badges."""

from collections.abc import Sequence

import segno
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from parvis.pieces import Tone
from parvis.typo import NBSP, reference_groups


register = template.Library()
TONE_ICONS: dict[str, str] = {
    "neutral": "info",
    "brand": "circle-dot",
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "danger": "octagon-alert",
}
Rings = Sequence[Sequence[Sequence[float]]]
SHAPE = 400  # side of the outline's drawing, in its own units


def svg(name: str, *, size: int = 24, label: str = "") -> SafeString:
    """Draw a Lucide icon, hidden from screen readers unless it stands alone with a ``label``.

    Raises:
        IconDoesNotExist: Lucide has no icon of that name.
    """
    spoken = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return SafeString(lucide(name, size=size, focusable="false", **spoken))


@register.simple_tag
def qr_code(text: str, *, label: str) -> SafeString:
    """Draw a QR code that a scanner at two hands' distance reads, on the screen and on paper."""
    code = segno.make(text, error="m")
    size = code.symbol_size(border=2)[0]
    path = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, line in enumerate(code.matrix_iter(border=2))
        for column, is_dark in enumerate(line)
        if is_dark
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{label}">'
        '<path d="{path}"/></svg>',
        size=size,
        label=label,
        path=path,
    )


@register.simple_tag
def icon(name: str, *, label: str = "", size: int = 24) -> SafeString:
    """Draw a Lucide icon; always beside a word, or with a ``label`` when alone."""
    return svg(name, size=size, label=label)


@register.simple_tag
def badge(label: str, *, tone: Tone = "neutral", icon: str = "") -> SafeString:
    """Show a state by icon, word and colour together."""
    return format_html(
        '<span class="badge badge--{}">{}{}</span>',
        tone,
        svg(icon or TONE_ICONS[tone], size=16),
        label,
    )


@register.simple_tag
def crest(name: str, *, size: str = "m") -> SafeString:
    """Draw the shield of a commune with its initial; decorative, its name is beside it."""
    letter = name.removeprefix("Le ").removeprefix("La ").removeprefix("Les ")[:1].upper()
    return format_html(
        '<svg class="crest crest--{}" viewBox="0 0 40 46" aria-hidden="true" focusable="false">'
        '<path class="crest__shield" d="M3 2h34v22c0 10-8 17-17 20C11 41 3 34 3 24z"/>'
        '<path class="crest__line" d="M6.500 5.500h27V24c0 8-6.200 13.500-13.500 16.200'
        'C12.700 37.500 6.500 32 6.500 24z"/>'
        '<text class="crest__letter" x="20" y="29" text-anchor="middle">{}</text></svg>',
        size,
        letter or "P",
    )


@register.simple_tag
def outline(rings: Rings, *, label: str = "") -> SafeString:
    """Draw the outline of a commune from its rings of ``(longitude, latitude)`` points."""
    points = [point for ring in rings for point in ring]
    if not points:
        return SafeString("")
    west, north = min(p[0] for p in points), max(p[1] for p in points)
    height = north - min(p[1] for p in points)
    flat = 0.7  # a degree of longitude is about 0.7 degree of latitude in France
    width = (max(p[0] for p in points) - west) * flat
    scale = SHAPE / (max(width, height) or 1)
    path = "".join(
        "M"
        + "L".join(
            f"{(p[0] - west) * flat * scale:.1f} {(north - p[1]) * scale:.1f}" for p in ring
        )
        + "Z"
        for ring in rings
    )
    spoken = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="outline" viewBox="0 0 {} {}" {} focusable="false">'
        '<path d="{}" fill-rule="evenodd"/></svg>',
        max(1, round(width * scale)),
        max(1, round(height * scale)),
        SafeString(spoken),
        path,
    )


@register.inclusion_tag("ui/reference.html")
def reference(value: str, *, label: str = "") -> dict[str, str]:
    """Set a reference large, in groups of four, with a button that copies it."""
    return {"value": value, "grouped": reference_groups(value).replace(NBSP, " "), "label": label}


@register.simple_tag
def codes(values: Sequence[str]) -> SafeString:
    """List codes to write down, such as recovery codes."""
    lines = format_html_join("", "<li><code>{}</code></li>", ((value,) for value in values))
    return format_html('<ul class="codes">{}</ul>', lines)
