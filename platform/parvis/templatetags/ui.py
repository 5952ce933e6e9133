"""Components as template tags: with the modules it gathers, the only Python that knows classes.

Literal arguments are safe strings for Django, so a tag never receives markup from a page: it
escapes variables and builds the markup itself.
"""

from typing import Any, Literal

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.live_pages import is_again
from parvis.pieces import Tab, Tone
from parvis.templatetags import (
    ui_booking,
    ui_data,
    ui_forms,
    ui_money,
    ui_reports,
    ui_shapes,
    ui_site,
    ui_week,
    ui_words,
)
from parvis.templatetags.ui_shapes import TONE_ICONS, svg


register = template.Library()
for part in (
    ui_booking,
    ui_data,
    ui_forms,
    ui_money,
    ui_reports,
    ui_shapes,
    ui_site,
    ui_week,
    ui_words,
):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)

Gap = Literal["s", "m", "l"]


# --- Layout -------------------------------------------------------------------------------


@register.simple_block_tag
def page(content: str, *, width: Literal["narrow", "wide", "full"] = "narrow") -> SafeString:
    """Hold a page in its column: 40 rem to read and fill in, 70 rem for lists, or everything."""
    return format_html('<div class="page page--{} stack stack--m">{}</div>', width, content)


@register.simple_block_tag
def stack(content: str, *, gap: Gap = "m") -> SafeString:
    """Give vertical rhythm; nothing else on a page sets a margin."""
    return format_html('<div class="stack stack--{}">{}</div>', gap, content)


@register.simple_block_tag
def grid(content: str, *, min: Gap = "m") -> SafeString:  # noqa: A002 - reads as CSS does
    """Lay parts side by side as long as each keeps its least width."""
    return format_html('<div class="grid grid--{}">{}</div>', min, content)


@register.simple_block_tag
def split(content: str, *, layout: Literal["aside", "half", "day"] = "aside") -> SafeString:
    """Part a page in ``pane`` columns; on a phone they follow each other."""
    return format_html('<div class="split split--{}">{}</div>', layout, content)


@register.simple_block_tag
def pane(content: str, *, title: str = "", level: int = 2) -> SafeString:
    """Hold one column of a ``split``."""
    head = _heading(title, level=level, name="pane__title")
    return format_html('<section class="pane stack stack--m">{}{}</section>', head, content)


@register.simple_block_tag
def section(content: str, *, title: str, level: int = 2) -> SafeString:
    """Hold a part of a page under its heading."""
    head = _heading(title, level=level, name="section__title")
    return format_html('<section class="section stack stack--m">{}{}</section>', head, content)


@register.simple_block_tag
def hero(content: str, *, title: str, lead: str = "", outline: Any = None) -> SafeString:
    """Open a home page: its question, on the outline of the commune (rings of points)."""
    shape = ui_shapes.outline(outline) if outline else ""
    said = format_html('<p class="lead">{}</p>', lead) if lead else ""
    return format_html(
        '<div class="hero"><div class="hero__shape" aria-hidden="true">{}</div>'
        '<div class="hero__inner stack stack--l"><div class="stack stack--s">'
        '<h1 class="hero__title">{}</h1>{}</div>{}</div></div>',
        shape,
        title,
        said,
        content,
    )


@register.simple_block_tag
def toolbar(content: str, *, title: str, subtitle: str = "") -> SafeString:
    """Head a staff page: its title, and what can be done at once."""
    below = format_html('<p class="toolbar__subtitle">{}</p>', subtitle) if subtitle else ""
    return format_html(
        '<div class="toolbar"><div class="toolbar__words"><h1>{}</h1>{}</div>'
        '<div class="toolbar__actions">{}</div></div>',
        title,
        below,
        content,
    )


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """Put buttons in a row."""
    return format_html('<div class="actions">{}</div>', content)


@register.simple_block_tag
def lead(content: str) -> SafeString:
    """Set the sentence that opens a page."""
    return format_html('<p class="lead">{}</p>', content)


@register.simple_block_tag
def muted(content: str) -> SafeString:
    """Set small text that may be skipped; never an instruction."""
    return format_html('<p class="muted">{}</p>', content)


@register.simple_block_tag
def screen_only(content: str) -> SafeString:
    """Leave something out of the printed page."""
    return format_html('<div class="screen-only stack stack--m">{}</div>', content)


# --- Press --------------------------------------------------------------------------------


@register.inclusion_tag("ui/button.html")
def button(  # noqa: PLR0913 - all optional
    label: str,
    *,
    href: str = "",
    variant: Literal["primary", "secondary", "quiet", "danger"] = "primary",
    icon: str = "",
    hint: str = "",
    name: str = "",
    value: str = "",
) -> dict[str, str]:
    """Draw a link when ``href`` is given, a submit button otherwise.

    One primary button per page. ``hint`` completes the label for screen readers:
    "Modifier" + "le nom". ``name`` and ``value`` are posted by a submit button.
    """
    return {
        "label": label,
        "href": href,
        "variant": variant,
        "icon": icon,
        "hint": hint,
        "name": name,
        "value": value,
    }


@register.inclusion_tag("ui/post_button.html", takes_context=True)
def post_button(  # noqa: PLR0913 - a button and its form
    context: Context,
    label: str,
    *,
    action: str,
    variant: Literal["primary", "secondary", "quiet", "danger"] = "secondary",
    icon: str = "",
    name: str = "",
    value: str = "",
    hint: str = "",
) -> dict[str, Any]:
    """Draw a button that is a POST form of its own; ``name`` and ``value`` are hidden fields."""
    return {
        "csrf_token": context.get("csrf_token"),
        "label": label,
        "action": action,
        "variant": variant,
        "icon": icon,
        "hint": hint,
        "name": name,
        "value": value,
    }


@register.simple_tag
def link(label: str, *, href: str, icon: str = "") -> SafeString:
    """Draw a link that stands alone, tall enough for a thumb."""
    drawing = svg(icon, size=20) if icon else ""
    return format_html('<a class="link" href="{}">{}<span>{}</span></a>', href, drawing, label)


@register.simple_tag
def back(*, href: str, label: str = "") -> SafeString:
    """Lead to the screen before; a link, since history may be empty."""
    return format_html(
        '<a class="back" href="{}">{}{}</a>',
        href,
        svg("chevron-left", size=20),
        label or _("Retour"),
    )


@register.simple_block_tag
def tiles(content: str) -> SafeString:
    """Hold ``tile`` tags."""
    return format_html('<ul class="tiles">{}</ul>', content)


@register.inclusion_tag("ui/tile.html")
def tile(label: str, *, href: str, icon: str, text: str = "") -> dict[str, str]:
    """Offer one of the things a home page is for."""
    return {"label": label, "href": href, "icon": icon, "text": text}


@register.simple_block_tag
def items(content: str) -> SafeString:
    """Hold ``item`` tags, parted by lines."""
    return format_html('<ul class="items">{}</ul>', content)


@register.inclusion_tag("ui/item.html")
def item(  # noqa: PLR0913 - all optional
    title: str,
    *,
    href: str = "",
    text: str = "",
    meta: str = "",
    icon: str = "",
    badge: str = "",
    tone: Tone = "neutral",
    current: bool = False,
) -> dict[str, Any]:
    """Show one row of a list: a service, a commune, somebody who waits. All of it is the link."""
    return {
        "title": title,
        "href": href,
        "text": text,
        "meta": meta,
        "icon": icon,
        "badge": badge,
        "tone": tone,
        "current": current,
    }


@register.simple_block_tag
def menu(content: str, label: str) -> SafeString:
    """Fold links or forms under a word; Escape and a press elsewhere close it."""
    return format_html(
        '<details class="menu" data-menu><summary class="menu__label">{}{}</summary>'
        '<div class="menu__content">{}</div></details>',
        label,
        svg("chevron-down", size=20),
        content,
    )


@register.simple_block_tag
def disclosure(content: str, title: str, *, open: bool = False) -> SafeString:  # noqa: A002
    """Fold what not everybody needs; printed unfolded."""
    return format_html(
        '<details class="disclosure"{}><summary>{}</summary>'
        '<div class="disclosure__content stack stack--s">{}</div></details>',
        SafeString(" open" if open else ""),
        title,
        content,
    )


@register.inclusion_tag("ui/tabs.html")
def tabs(tabs: list[Tab], *, label: str) -> dict[str, Any]:
    """Link the views of one page; ``label`` names the group."""
    return {"tabs": tabs, "label": label}


@register.simple_tag
def print_button(*, label: str = "", variant: str = "secondary") -> SafeString:
    """Print the page; shown where scripts run, the browser's own menu serves the others."""
    return format_html(
        '<button class="button button--{}" type="button" data-print hidden>{}{}</button>',
        variant,
        svg("printer", size=20),
        label or _("Imprimer"),
    )


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: Context, page_obj: "Page[Any]") -> dict[str, Any]:
    """Lead to the pages before and after, filters kept."""
    return {"page": page_obj, "request": context.get("request")}


# --- Say ----------------------------------------------------------------------------------


@register.simple_block_tag
def panel(content: str, *, title: str, tone: Tone = "neutral", level: int = 2) -> SafeString:
    """Box a result or what must not be missed; the icon doubles the colour."""
    drawing = "" if tone in {"neutral", "brand"} else svg(TONE_ICONS[tone], size=28)
    return format_html(
        '<section class="panel panel--{tone} stack stack--m"><h{level} class="panel__title">'
        "{drawing}<span>{title}</span></h{level}>{content}</section>",
        tone=tone,
        level=level,
        drawing=drawing,
        title=title,
        content=content,
    )


@register.simple_block_tag
def note(content: str, *, tone: Tone = "info", title: str = "") -> SafeString:
    """Set an aside that interrupts nobody; ``flash`` says what has just happened."""
    head = format_html('<p class="note__title">{}</p>', title) if title else ""
    return format_html(
        '<div class="note note--{}">{}<div class="note__content stack stack--s">{}{}</div></div>',
        tone,
        svg(TONE_ICONS[tone], size=24),
        head,
        content,
    )


@register.simple_block_tag
def flash(content: str, *, tone: Tone = "success") -> SafeString:
    """Say what has just happened; read aloud by screen readers."""
    return format_html(
        '<div class="flash flash--{}" role="status">{}<div>{}</div></div>',
        tone,
        svg(TONE_ICONS[tone], size=24),
        content,
    )


LEVELS: dict[str, Tone] = {
    "debug": "neutral",
    "info": "info",
    "success": "success",
    "warning": "warning",
    "error": "danger",
}


@register.inclusion_tag("ui/messages.html", takes_context=True)
def messages(context: Context) -> dict[str, Any]:
    """Show Django's messages, each once; they wait while an open page asks for itself."""
    request = context.get("request")
    is_seen = request is None or not is_again(request)
    waiting: list[Message] = list(context.get("messages") or ()) if is_seen else []
    return {"lines": [(LEVELS.get(line.level_tag, "info"), line.message) for line in waiting]}


@register.simple_tag
def steps(current: int, total: int, *, title: str = "") -> SafeString:
    """Say where one stands: a sentence for everybody, dots for the eye."""
    dots = format_html_join(
        "",
        '<span class="steps__dot{}"></span>',
        ((" steps__dot--done" if n <= current else "",) for n in range(1, total + 1)),
    )
    said = _("Étape %(current)s sur %(total)s") % {"current": current, "total": total}
    after = format_html(' <span class="steps__title">– {}</span>', title) if title else ""
    return format_html(
        '<p class="steps"><span class="steps__dots" aria-hidden="true">{}</span>'
        "<span>{}{}</span></p>",
        dots,
        said,
        after,
    )


@register.simple_block_tag
def band(content: str, *, tone: Tone = "warning") -> SafeString:
    """Warn on the whole width: demonstration, sandbox, maintenance, not yet open."""
    return format_html(
        '<div class="band band--{}"><div class="band__inner">{}<div>{}</div></div></div>',
        tone,
        svg(TONE_ICONS[tone], size=20),
        content,
    )


@register.inclusion_tag("ui/empty.html")
def empty(
    message: str, *, text: str = "", action: str = "", href: str = "", drawing: str = "bench"
) -> dict[str, str]:
    """Say why a list is empty and what to do next; ``drawing``: bench, lamp, bicycle, counter."""
    return {
        "message": message,
        "text": text,
        "action": action,
        "href": href,
        "drawing": f"ui/drawings/{drawing}.svg",
    }


@register.inclusion_tag("ui/contact.html")
def contact(commune: Any) -> dict[str, Any]:
    """Say how to reach the town hall: telephone, hours, address."""
    return {"commune": commune}


def _heading(title: str, *, level: int, name: str) -> SafeString:
    if not title:
        return SafeString("")
    return format_html(
        '<h{level} class="{name}">{title}</h{level}>', level=level, name=name, title=title
    )
