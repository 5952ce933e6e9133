"""A photo on which parts are covered: drawn by hand where scripts run."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString


register = template.Library()
GRID = (6, 4)


@register.simple_tag
def redaction(
    address: str,
    *,
    width: int,
    height: int,
    label: str,
    covered: Sequence[Sequence[float]] = (),
    suggested: Sequence[Sequence[float]] = (),
) -> SafeString:
    """Show a photo with its covered parts numbered; a page with ``js/redact.js`` draws on it."""
    boxes = [
        *_boxes(covered, width, height, "covered"),
        *_boxes(suggested, width, height, "plate"),
    ]
    lines = [f"M{width * n // GRID[0]} 0V{height}" for n in range(1, GRID[0])]
    lines += [f"M0 {height * n // GRID[1]}H{width}" for n in range(1, GRID[1])]
    return format_html(
        '<svg class="redaction" viewBox="0 0 {width} {height}" role="img" aria-label="{label}"'
        ' data-redaction><image href="{address}" width="{width}" height="{height}"/>'
        '<path class="redaction__grid" d="{grid}"/>{boxes}</svg>',
        width=width,
        height=height,
        label=label,
        address=address,
        grid="".join(lines),
        boxes=SafeString("".join(boxes)),
    )


def _boxes(
    rectangles: Sequence[Sequence[float]], width: int, height: int, kind: str
) -> list[SafeString]:
    size = max(width, height) // 30
    return [
        format_html(
            '<g class="redaction__{}"><rect x="{}" y="{}" width="{}" height="{}"/>'
            '<text x="{}" y="{}" font-size="{}">{}</text></g>',
            kind,
            *(round(x * width), round(y * height), round(w * width), round(h * height)),
            *(round(x * width) + size // 4, round(y * height) + size, size, number),
        )
        for number, (x, y, w, h) in enumerate(rectangles, 1)
    ]
