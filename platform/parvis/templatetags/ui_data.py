"""Tables, figures, charts, tasks and the diary of a day."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Literal

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from parvis import charts
from parvis.pieces import DiaryColumn, DiaryEntry
from parvis.templatetags.ui_shapes import svg


register = template.Library()
Kind = Literal["", "main", "number", "date"]
ROW = timedelta(minutes=5)  # diary.css has one class per row


@register.simple_block_tag
def data_table(content: str, *, caption: str, caption_hidden: bool = False) -> SafeString:
    """Hold a table; where it is too wide, it scrolls alone and the keyboard can reach it."""
    key = f"table-{slugify(caption)}"
    return format_html(
        '<div class="table-frame" role="region" aria-labelledby="{}" tabindex="0">'
        '<table class="table"><caption id="{}"{}>{}</caption>{}</table></div>',
        key,
        key,
        SafeString(' class="unseen"' if caption_hidden else ""),
        caption,
        content,
    )


@register.simple_tag(takes_context=True)
def th(context: Context, label: str, *, sort: str = "", kind: Kind = "") -> SafeString:
    """Head a column; with ``sort``, a link that sorts by it, then the other way round."""
    if not sort:
        return format_html('<th scope="col"{}>{}</th>', _kind(kind), label)
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    query["sort"] = f"-{sort}" if current == sort else sort
    query.pop("page", None)
    order = {sort: "ascending", f"-{sort}": "descending"}.get(current, "")
    drawing = {"ascending": "arrow-up", "descending": "arrow-down"}.get(order, "arrow-up-down")
    return format_html(
        '<th scope="col"{}{}><a class="table__sort" href="?{}">{}{}</a></th>',
        _kind(kind),
        format_html(' aria-sort="{}"', order) if order else "",
        query.urlencode(),
        label,
        svg(drawing, size=16),
    )


@register.simple_tag
def td(value: Any, *, kind: Kind = "", href: str = "") -> SafeString:
    """Show a cell; ``main`` heads its row, ``href`` makes it a link."""
    shown = format_html('<a href="{}">{}</a>', href, value) if href else value
    if kind == "main":
        return format_html('<th scope="row">{}</th>', shown)
    return format_html("<td{}>{}</td>", _kind(kind), shown)


def _kind(kind: str) -> SafeString:
    return format_html(' data-kind="{}"', kind) if kind else SafeString("")


@register.simple_block_tag
def figures(content: str) -> SafeString:
    """Hold ``figure`` tags side by side."""
    return format_html('<ul class="figures">{}</ul>', content)


@register.inclusion_tag("ui/figure.html")
def figure(
    value: Any, *, label: str, text: str = "", href: str = "", icon: str = ""
) -> dict[str, Any]:
    """Show one number and what it counts; ``href`` leads to its definition or its list."""
    return {"value": value, "label": label, "text": text, "href": href, "icon": icon}


@register.simple_tag
def bars(rows: Sequence[charts.Point], *, label: str, unit: str = "") -> SafeString:
    """Compare figures: ``rows`` are ``(label, value)``."""
    return charts.bars(rows, label=label, unit=unit)


@register.simple_tag
def line(points: Sequence[charts.Point], *, label: str, unit: str = "") -> SafeString:
    """Follow a figure over time: ``points`` are ``(label, value)``."""
    return charts.line(points, label=label, unit=unit)


@register.simple_tag
def spark(values: Sequence[float], *, label: str) -> SafeString:
    """Follow a figure in a table cell."""
    return charts.spark(values, label=label)


@register.simple_tag
def waffle(
    *, value: int, total: int, label: str, considering: int = 0, labels: Sequence[str] = ()
) -> SafeString:
    """Show how many of ``total`` are there and how many think about it, one square each."""
    done, doing, todo = labels or (_("en service"), _("en réflexion"), _("à contacter"))
    parts = [(value, done)]
    parts += [(considering, doing)] if considering else [(0, doing)]
    parts.append((max(0, total - value - considering), todo))
    return charts.waffle(parts=parts, label=label)


@register.inclusion_tag("ui/progress.html")
def progress(*, value: int, total: int, label: str = "", words: str = "") -> dict[str, Any]:
    """Show how far one is: "6 étapes sur 10", or ``words`` instead, and a bar."""
    share = 0 if total <= 0 else min(100, max(0, round(100 * value / total)))
    return {"value": value, "total": total, "label": label, "words": words, "share": share}


@register.simple_block_tag
def task_list(content: str) -> SafeString:
    """Hold ``task`` tags, numbered."""
    return format_html('<ol class="tasks">{}</ol>', content)


@register.inclusion_tag("ui/task.html")
def task(
    label: str,
    *,
    href: str = "",
    state: Literal["done", "current", "todo", "blocked"] = "todo",
    text: str = "",
) -> dict[str, str]:
    """Show one thing to do, its state in words too."""
    said, drawing, tone = {
        "done": (_("Fait"), "check", "success"),
        "current": (_("En cours"), "pencil-line", "brand"),
        "todo": (_("À faire"), "circle-dashed", "neutral"),
        "blocked": (_("À corriger"), "octagon-alert", "danger"),
    }[state]
    return {
        "label": label,
        "href": href,
        "state": state,
        "text": text,
        "said": said,
        "icon": drawing,
        "tone": tone,
    }


@register.inclusion_tag("ui/diary.html")
def diary(
    columns: Sequence[DiaryColumn],
    *,
    opens: time,
    closes: time,
    now: datetime | None = None,
    label: str = "",
) -> dict[str, Any]:
    """Draw the counters of one day side by side; give the page a list twin (``data_table``).

    The grid starts at the hour of ``opens`` and ends at ``closes``, both local; one row is
    five minutes. ``now`` draws a line when it falls inside.
    """
    first = time(opens.hour)
    last = _row(closes, first)
    hours = [(time(hour), _row(time(hour), first)) for hour in range(first.hour, closes.hour + 1)]
    placed = [
        (column, [(entry, *_place(entry, first)) for entry in column.entries])
        for column in columns
    ]
    at = _row(localtime(now).time(), first) if now else 0
    return {
        "columns": placed,
        "hours": [(hour, row) for hour, row in hours if row <= last],
        "rows": last - 1,
        "now": at if 1 <= at <= last else 0,
        "label": label or _("Grille de la journée"),
    }


def _place(entry: DiaryEntry, first: time) -> tuple[int, int]:
    """Return the first row of an entry and how many it takes."""
    start = _row(localtime(entry.start).time(), first)
    length = -(-(entry.end - entry.start) // ROW)
    return max(1, start), min(288, max(1, length))


def _row(moment: time, first: time) -> int:
    """Return the row (from 1) of a local time."""
    minutes = (moment.hour - first.hour) * 60 + moment.minute - first.minute
    return minutes // 5 + 1
