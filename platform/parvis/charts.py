"""Small charts drawn by the server: SVG with a title, and the same figures as text.

Positions are SVG attributes and colours are classes of charts.css: no inline style, no script.
"""

import math
from collections.abc import Iterable, Sequence
from hashlib import sha256

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _


Point = tuple[str, float]
NBSP = "\N{NO-BREAK SPACE}"
SHORT, LONG = 12, 36  # squares in a row, for up to 60 things and beyond
MANY = 60
TICKS = 3
HEIGHT, WIDTH = 100, 300  # the line chart's own units; it stretches, its strokes do not
SQUARE, STEP = 20, 24


def bars(rows: Iterable[Point], *, label: str, unit: str = "") -> SafeString:
    """Draw horizontal bars inside the table of their figures."""
    rows = list(rows)
    most = _ceiling(max((value for _label, value in rows), default=0))
    lines = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="chart__cell"><svg class="chart__bar" '
        'viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="chart__track" width="100" height="10"/>'
        '<rect class="chart__fill" width="{}" height="10"/></svg></td>'
        '<td class="chart__value">{}</td></tr>',
        (
            (name, format(max(0.0, 100 * value / most), ".1f"), figure(value, unit))
            for name, value in rows
        ),
    )
    return format_html(
        '<table class="chart chart--bars"><caption>{}</caption><thead class="unseen"><tr>'
        '<th scope="col">{}</th><td></td><th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table>",
        label,
        _("Intitulé"),
        _("Valeur"),
        lines,
    )


def waffle(*, parts: Sequence[tuple[int, str]], label: str) -> SafeString:
    """Draw one square per thing, in up to three groups: done, under way, to do.

    Args:
        parts: how many and what they are, in that order.
        label: what the squares are.
    """
    groups = [(count, text, kind) for (count, text), kind in zip(parts, GROUPS, strict=False)]
    kinds = [kind for count, _text, kind in groups for _n in range(count)]
    columns = SHORT if len(kinds) <= MANY else LONG
    squares = format_html_join(
        "",
        '<rect class="chart__square chart__square--{}" x="{}" y="{}" width="{}" height="{}" '
        'rx="4"/>',
        (
            (kind, index % columns * STEP + 2, index // columns * STEP + 2, SQUARE, SQUARE)
            for index, kind in enumerate(kinds)
        ),
    )
    legend = format_html_join(
        "",
        '<li><svg class="chart__key" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<rect class="chart__square chart__square--{}" x="2" y="2" width="20" height="20" rx="4"/>'
        "</svg><strong>{}</strong> {}</li>",
        ((kind, count, text) for count, text, kind in groups),
    )
    said = ", ".join(f"{count} {text}" for count, text in parts)
    drawing = _drawing(
        squares,
        label=label,
        said=said,
        box=f"0 0 {columns * STEP} {max(1, -(-len(kinds) // columns)) * STEP}",
    )
    return format_html(
        '<figure class="chart chart--waffle">{}<ul class="chart__legend">{}</ul></figure>',
        drawing,
        legend,
    )


def line(points: Sequence[Point], *, label: str, unit: str = "") -> SafeString:
    """Draw a curve from zero to its highest value, its table folded under it."""
    top = _ceiling(max((value for _label, value in points), default=0))
    spots = _spots([value for _label, value in points], top)
    path = "L".join(spots)
    shape = format_html(
        '<path class="chart__grid" d="M0 {h}H{w}M0 {m}H{w}M0 0H{w}"/>'
        '<path class="chart__area" d="M0 {h}L{path}L{w} {h}Z"/>'
        '<path class="chart__line" d="M{path}"/><path class="chart__dots" d="{dots}"/>',
        h=HEIGHT,
        m=HEIGHT // 2,
        w=WIDTH,
        path=path,
        dots="".join(f"M{spot}h0" for spot in spots),
    )
    said = ", ".join(
        _("%(name)s : %(figure)s") % {"name": name, "figure": figure(value, unit)}
        for name, value in points
    )
    return format_html(
        '<figure class="chart chart--line"><figcaption>{}</figcaption>'
        '<div class="chart__frame"><div class="chart__scale" aria-hidden="true">'
        "<span>{}</span><span>{}</span><span>0</span></div>{}"
        '<div class="chart__axis" aria-hidden="true">{}</div></div>{}</figure>',
        label,
        figure(top, unit),
        figure(top / 2, unit),
        _drawing(shape, label=label, said=said, box=f"0 0 {WIDTH} {HEIGHT}", stretched=True),
        format_html_join("", "<span>{}</span>", ((name,) for name in _ends(points))),
        _table(points, unit=unit),
    )


def spark(values: Sequence[float], *, label: str) -> SafeString:
    """Draw a curve as tall as a line of text."""
    spots = _spots(list(values), max(values, default=0) or 1)
    return format_html(
        '<span class="chart chart--spark"><svg class="chart__drawing" viewBox="0 0 {} {}" '
        'preserveAspectRatio="none" role="img" aria-label="{}" focusable="false">'
        '<path class="chart__line" d="M{}"/></svg></span>',
        WIDTH,
        HEIGHT,
        label,
        "L".join(spots),
    )


def figure(value: float, unit: str = "") -> str:
    """Write a figure with at most one decimal: "1 234,5 %", "1,234.5%" in English."""
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    english = (get_language() or "fr").startswith("en")
    if not english:
        text = text.replace(",", "\u00a0").replace(".", ",")
    if not unit:
        return text
    return text + ("" if english and unit == "%" else "\u00a0") + unit


GROUPS = ("done", "doing", "todo")


def _ceiling(value: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten, so that the scale reads well."""
    if value <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value)


def _spots(values: Sequence[float], top: float) -> list[str]:
    gaps = max(1, len(values) - 1)
    return [
        f"{index * WIDTH / gaps:.1f} {HEIGHT - HEIGHT * value / top:.1f}"
        for index, value in enumerate(values)
    ] or ["0 0"]


def _ends(points: Sequence[Point]) -> list[str]:
    """Name the first point, the middle one and the last: more would not fit a phone."""
    if len(points) <= TICKS:
        return [name for name, _value in points]
    return [points[0][0], points[len(points) // 2][0], points[-1][0]]


def _drawing(
    shape: SafeString, *, label: str, said: str, box: str, stretched: bool = False
) -> SafeString:
    key = sha256(f"{label}{said}{shape}".encode()).hexdigest()[:8]
    return format_html(
        '<svg class="chart__drawing" viewBox="{box}"{ratio} role="img" focusable="false" '
        'aria-labelledby="chart-{key}-t chart-{key}-d"><title id="chart-{key}-t">{label}</title>'
        '<desc id="chart-{key}-d">{said}</desc>{shape}</svg>',
        box=box,
        ratio=SafeString(' preserveAspectRatio="none"' if stretched else ""),
        key=key,
        label=label,
        said=said,
        shape=shape,
    )


def _table(points: Iterable[Point], *, unit: str) -> SafeString:
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td data-kind="number">{}</td></tr>',
        ((name, figure(value, unit)) for name, value in points),
    )
    return format_html(
        '<details class="disclosure"><summary>{}</summary><table class="table"><thead><tr>'
        '<th scope="col">{}</th><th scope="col" data-kind="number">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></details>",
        _("Voir les chiffres"),
        _("Période"),
        _("Valeur"),
        rows,
    )
