"""Communes on their way: the board by stage, the map of a department, the journal of one."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis import typo
from parvis.cards import Mark
from parvis.lanes import JournalEntry, Lane, LaneCard, MapArea, MapKey
from parvis.templatetags.ui_shapes import TONE_ICONS, svg
from parvis.templatetags.ui_words import language


register = template.Library()


@register.simple_tag
def lanes(lanes: Sequence[Lane]) -> SafeString:
    """Deal communes to columns that fold; each card says where it may go.

    The page links ``css/desk.css``.
    """
    return format_html('<div class="board">{}</div>', SafeString("".join(map(_lane, lanes))))


def _lane(lane: Lane) -> SafeString:
    cards = SafeString("".join(map(_card, lane.cards)))
    all_of_them = (
        format_html(
            '<p><a class="link" href="{}">{}<span class="unseen">{}{}</span></a></p>',
            lane.href,
            _("Tout voir"),
            _(" : "),
            lane.title,
        )
        if lane.count > len(lane.cards)
        else ""
    )
    return format_html(
        '<details class="lane"{open}><summary class="lane__head"><h2 class="lane__title">{title}'
        '</h2> <span class="lane__count">{count}</span></summary>{cards}{all}</details>',
        open=SafeString("" if lane.is_folded else " open"),
        title=lane.title,
        count=lane.count,
        cards=format_html('<ul class="cards">{}</ul>', cards) if cards else "",
        all=all_of_them,
    )


def _card(card: LaneCard) -> SafeString:
    facts = format_html_join("", "<span>{}</span>", ((fact,) for fact in card.facts))
    return format_html(
        '<li class="card"><div class="card__face"><span class="desk-row__words">'
        '<a class="desk-row__title" href="{href}">{title}</a></span></div>'
        '<p class="desk-row__facts">{facts}</p>{marks}{move}</li>',
        href=card.href,
        title=card.title,
        facts=facts,
        marks=format_html(
            '<p class="desk-row__states">{}</p>', SafeString("".join(map(_mark, card.marks)))
        )
        if card.marks
        else "",
        move=_move(card),
    )


def _mark(mark: Mark) -> SafeString:
    return format_html(
        '<span class="badge badge--{}">{}{}</span>',
        mark.tone,
        svg(mark.icon or TONE_ICONS[mark.tone], size=16),
        mark.label,
    )


def _move(card: LaneCard) -> SafeString:
    """Choose where a commune goes: the page it leads to asks for what the stage needs."""
    if not card.move or not card.moves:
        return SafeString("")
    return format_html(
        '<form class="card__move" method="get" action="{action}">{hidden}<label><span>{word}'
        '</span> <select name="vers">{options}</select></label><button class="button '
        'button--secondary" type="submit">{icon}<span class="unseen">{word}{colon}{title}'
        "</span></button></form>",
        action=card.move,
        hidden=format_html_join("", '<input type="hidden" name="{}" value="{}">', card.hidden),
        word=_("Passer à"),
        options=format_html_join("", '<option value="{}">{}</option>', card.moves),
        icon=svg("arrow-right", size=20),
        colon=_(" : "),
        title=card.title,
    )


@register.simple_tag
def department_map(
    areas: Sequence[MapArea], *, keys: Sequence[MapKey], width: int, height: int, label: str
) -> SafeString:
    """Draw a department, each commune in the colour of its stage, with the legend of colours.

    Give the page a table twin. The page links ``css/pipeline.css``.
    """
    legend = format_html_join(
        "",
        '<li><span class="area-key area-key--{}" aria-hidden="true"></span>{}{}{}</li>',
        ((key.look, key.label, _(" : "), key.count) for key in keys),
    )
    return format_html(
        '<figure class="area-map"><svg viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>'
        '<figcaption><ul class="area-keys">{}</ul></figcaption></figure>',
        width,
        height,
        label,
        SafeString("".join(map(_area, areas))),
        legend,
    )


def _area(area: MapArea) -> SafeString:
    if not area.href:
        return format_html(
            '<path class="area area--{}" d="{}" aria-hidden="true"/>', area.look, area.path
        )
    return format_html(
        '<a href="{href}" aria-label="{title}"><path class="area area--{look}" d="{path}">'
        "<title>{title}</title></path></a>",
        href=area.href,
        title=area.title,
        look=area.look,
        path=area.path,
    )


@register.simple_tag
def journal(entries: Sequence[JournalEntry]) -> SafeString:
    """Tell what happened, the latest first, each day in words."""
    lines = SafeString("".join(map(_entry, entries)))
    return format_html('<ol class="journal">{}</ol>', lines)


def _entry(entry: JournalEntry) -> SafeString:
    title = (
        format_html('<a href="{}">{}</a>', entry.href, entry.title) if entry.href else entry.title
    )
    day = typo.date_longue(entry.on, language())
    return format_html(
        '<li class="journal__entry">{icon}<div><p class="journal__title">{title}</p>{text}'
        '<p class="journal__when"><time datetime="{on}">{day}</time>{who}</p></div></li>',
        icon=svg(entry.icon, size=20),
        title=title,
        text=format_html('<p class="journal__text">{}</p>', entry.text) if entry.text else "",
        on=entry.on.isoformat(),
        day=day,
        who=format_html(", {}", entry.who) if entry.who else "",
    )
