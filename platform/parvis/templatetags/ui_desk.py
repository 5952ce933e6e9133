"""The team's list and board of reports, and the chips of its filters."""

from collections.abc import Sequence

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from parvis.cards import Chip, Column, Mark, ReportCard
from parvis.templatetags.ui_forms import csrf_field
from parvis.templatetags.ui_shapes import TONE_ICONS, svg


register = template.Library()


@register.simple_tag
def chips(chips: Sequence[Chip], *, label: str) -> SafeString:
    """List parts of a filter; one that is set is pressed again to take it away."""
    if not chips:
        return SafeString("")
    lines = format_html_join(
        "",
        '<li><a class="chip{}" href="{}">{}{}{}</a></li>',
        (
            (
                " chip--on" if each.is_on else "",
                each.href,
                svg(each.icon, size=16) if each.icon else "",
                each.label,
                _taken_away() if each.is_on else "",
            )
            for each in chips
        ),
    )
    return format_html('<nav class="chips" aria-label="{}"><ul>{}</ul></nav>', label, lines)


def _taken_away() -> SafeString:
    return format_html('<span class="unseen">{}</span>{}', _(" : retirer"), svg("x", size=16))


@register.simple_block_tag
def desk_filters(content: str, *, hidden: Sequence[tuple[str, str]] = ()) -> SafeString:
    """Hold the filters of the desk, sent by GET; ``hidden`` is kept as it is."""
    kept = format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden)
    return format_html(
        '<form class="filters filters--desk" method="get" role="search" aria-label="{}">{}{}'
        '<div class="filters__actions"><button class="button button--secondary" type="submit">'
        "{}<span>{}</span></button></div></form>",
        _("Filtrer les signalements"),
        kept,
        content,
        svg("list-filter", size=20),
        _("Filtrer"),
    )


@register.simple_block_tag
def export_form(content: str, *, action: str, hidden: Sequence[tuple[str, str]]) -> SafeString:
    """Hold what is asked before a file is sent, by GET; ``hidden`` is the filter."""
    kept = format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden)
    return format_html(
        '<form class="form stack stack--m" method="get" action="{}">{}{}</form>',
        action,
        kept,
        content,
    )


@register.simple_tag
def desk_rows(cards: Sequence[ReportCard], *, label: str, form: str = "") -> SafeString:
    """List reports, one line each; with ``form``, each has a box that this form sends as ``r``."""
    lines = SafeString("".join(_row(each, form) for each in cards))
    return format_html('<ol class="desk-rows" aria-label="{}" data-rows>{}</ol>', label, lines)


def _row(card: ReportCard, form: str) -> SafeString:
    return format_html(
        '<li class="desk-row" data-row>{box}{picture}'
        '<span class="desk-row__words"><a class="desk-row__title" href="{href}">{title}</a>'
        '<span class="desk-row__place">{place}</span></span>'
        '<span class="desk-row__facts">{age}{concerned}</span>'
        '<span class="desk-row__who">{who}</span>'
        '<span class="desk-row__states">{state}{marks}</span></li>',
        box=_box(card, form),
        picture=_picture(card),
        href=card.href,
        title=card.title,
        place=card.place or _("sans adresse"),
        age=_age(card),
        concerned=_concerned(card),
        who=card.who,
        state=_mark(card.state),
        marks=SafeString("".join(_mark(each) for each in card.marks)),
    )


def _box(card: ReportCard, form: str) -> SafeString:
    if not form:
        return SafeString("")
    said = _("Choisir : %(title)s, %(place)s") % {"title": card.title, "place": card.place}
    return format_html(
        '<label class="desk-row__box"><input type="checkbox" name="r" value="{}" form="{}">'
        '<span class="unseen">{}</span></label>',
        card.key,
        form,
        said,
    )


def _picture(card: ReportCard) -> SafeString:
    if card.photo:
        return format_html(
            '<img class="desk-row__photo" src="{}" alt="" width="80" height="60" loading="lazy">',
            card.photo,
        )
    return format_html('<span class="desk-row__photo">{}</span>', svg(card.icon, size=24))


def _age(card: ReportCard) -> SafeString:
    if not card.late:
        return format_html('<span class="desk-row__age">{}</span>', card.age)
    return format_html(
        '<span class="desk-row__age desk-row__age--late">{}{}'
        '<span class="unseen">, {}</span></span>',
        svg("clock-alert", size=16),
        card.age,
        card.late,
    )


def _concerned(card: ReportCard) -> SafeString:
    if card.concerned <= 1:
        return SafeString("")
    said = ngettext("habitant concerné", "habitants concernés", card.concerned)
    return format_html(
        '<span class="desk-row__concerned">{}{}<span class="unseen"> {}</span></span>',
        svg("users", size=16),
        card.concerned,
        said,
    )


def _mark(mark: Mark) -> SafeString:
    return format_html(
        '<span class="badge badge--{}">{}{}</span>',
        mark.tone,
        svg(mark.icon or TONE_ICONS[mark.tone], size=16),
        mark.label,
    )


@register.simple_tag
def heat_layer(address: str) -> SafeString:
    """Ask ``js/heat.js`` for a warm layer on the map of the page; nothing without an address."""
    if not address:
        return SafeString("")
    return format_html('<div data-heat="{}" hidden></div>', address)


@register.simple_tag
def board(columns: Sequence[Column]) -> SafeString:
    """Deal reports to columns that fold; each card leads to where it is moved."""
    return format_html(
        '<div class="board" data-board>{}</div>',
        SafeString("".join(_column(each) for each in columns)),
    )


def _column(column: Column) -> SafeString:
    cards = SafeString("".join(_card(each) for each in column.cards))
    return format_html(
        '<details class="lane" data-lane="{state}"{open}><summary class="lane__head">'
        '<h2 class="lane__title">{title}</h2> <span class="lane__count">{count}</span></summary>'
        '{cards}<p><a class="link" href="{href}">{all}<span class="unseen"> : {title}</span></a>'
        "</p></details>",
        state=column.state,
        open=SafeString("" if column.is_folded else " open"),
        title=column.title,
        count=column.count,
        cards=format_html('<ul class="cards">{}</ul>', cards) if cards else "",
        href=column.href,
        all=_("Tout voir"),
    )


def _card(card: ReportCard) -> SafeString:
    return format_html(
        '<li class="card" data-card><div class="card__face">{picture}'
        '<span class="desk-row__words"><a class="desk-row__title" href="{href}">{title}</a>'
        '<span class="desk-row__place">{place}</span></span></div>'
        '<p class="desk-row__facts">{age}{concerned}{state}{marks}</p>{who}{move}</li>',
        picture=_picture(card),
        href=card.href,
        title=card.title,
        place=card.place or _("sans adresse"),
        age=_age(card),
        concerned=_concerned(card),
        state=_mark(card.state),
        marks=SafeString("".join(_mark(each) for each in card.marks)),
        who=format_html('<p class="desk-row__who">{}</p>', card.who) if card.who else "",
        move=_move(card),
    )


def _move(card: ReportCard) -> SafeString:
    """Choose where a card goes: the page it leads to says who is told what."""
    if not card.move or not card.moves:
        return SafeString("")
    options = format_html_join("", '<option value="{}">{}</option>', card.moves)
    return format_html(
        '<form class="card__move" method="get" action="{}"><label><span>{}</span> '
        '<select name="vers">{}</select></label><button class="button button--secondary" '
        'type="submit">{}<span class="unseen">{} : {}, {}</span></button></form>',
        card.move,
        _("Passer à"),
        options,
        svg("arrow-right", size=20),
        _("Passer à"),
        card.title,
        card.place,
    )


@register.simple_tag(takes_context=True)
def with_chosen(
    context: Context, *, action: str, key: str, kinds: Sequence[tuple[str, str]], back: str = ""
) -> SafeString:
    """Offer what is done to the rows whose boxes are ticked; ``key`` is the form they name.

    ``back`` is the query of the list, to which one comes back.
    """
    options = format_html_join("", '<option value="{}">{}</option>', kinds)
    return format_html(
        '<form class="chosen" id="{key}" method="post" action="{action}" data-chosen>{token}'
        '<input type="hidden" name="back" value="{back}">'
        '<label class="chosen__all" hidden><input type="checkbox" data-all> {all}</label>'
        '<label class="chosen__kind"><span>{what}</span>'
        '<select name="what">{options}</select></label>'
        '<button class="button button--secondary" type="submit"><span>{go}</span></button>'
        '<span class="chosen__count" data-count></span></form>',
        key=key,
        action=action,
        token=csrf_field(context),
        back=back,
        all=_("Tout cocher"),
        what=_("Ceux qui sont cochés"),
        options=options,
        go=_("Continuer"),
    )


@register.simple_tag
def pages(*, before: str, after: str) -> SafeString:
    """Lead to the pages before and after; an empty address leads nowhere."""
    if not before and not after:
        return SafeString("")
    links = [
        (before, "prev", svg("chevron-left", size=20), _("Précédents"), ""),
        (after, "next", "", _("Suivants"), svg("chevron-right", size=20)),
    ]
    drawn = format_html_join(
        "",
        '<a class="link" href="{}" rel="{}">{}<span>{}</span>{}</a>',
        (each for each in links if each[0]),
    )
    return format_html('<nav class="pagination" aria-label="{}">{}</nav>', _("Pages"), drawn)
