"""The form of a citizen: photos, categories as tiles, a place, and what is already known."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from parvis.report_pieces import CategoryTile, KnownReport
from parvis.templatetags.ui_shapes import svg


register = template.Library()
SCRIPTS = (
    *("js/exif.js", "js/photo.js", "js/draft.js"),
    *("js/choose.js", "js/place.js", "js/address.js"),
)


@register.simple_tag
def report_files() -> SafeString:
    """Load what the form of a citizen needs, after ``map_files`` where it has a map."""
    return format_html(
        '<link rel="stylesheet" href="{}">{}',
        static("css/report.css"),
        format_html_join(
            "", '<script src="{}" defer></script>', ((static(name),) for name in SCRIPTS)
        ),
    )


@register.inclusion_tag("ui/photo_buttons.html")
def photo_buttons(
    field: BoundField, *, kept: Sequence[str] = (), refused: Sequence[str] = ()
) -> dict[str, Any]:
    """Offer the camera and the gallery; ``kept`` are photos the server has already."""
    return {"field": field, "kept": list(enumerate(kept, 1)), "refused": refused}


@register.inclusion_tag("ui/category_tiles.html")
def category_tiles(field: BoundField, *, tiles: Sequence[CategoryTile]) -> dict[str, Any]:
    """Show the most used categories as tiles, the others by group behind one more."""
    boxes = {str(option.data["value"]): option for option in field}
    chosen = str(field.value() or "")
    first = [(boxes[tile.code], tile) for tile in tiles if tile.is_first]
    others = sorted((tile for tile in tiles if not tile.is_first), key=lambda tile: tile.group)
    groups = [
        (name, [(boxes[tile.code], tile) for tile in part])
        for name, part in groupby(others, key=lambda tile: tile.group)
    ]
    return {
        "field": field,
        "first": first,
        "groups": groups,
        "tiles": tiles,
        "is_open": any(tile.code == chosen for tile in others),
    }


@register.inclusion_tag("ui/elsewhere.html")
def elsewhere(words: str, *, phone: str = "", url: str = "") -> dict[str, str]:
    """Say whom to ask instead of the town hall."""
    return {"words": words, "phone": phone, "url": url}


@register.inclusion_tag("ui/emergency.html")
def emergency(*, words: str = "") -> dict[str, str]:
    """Show whom to call when somebody is in danger."""
    return {"words": words}


@register.inclusion_tag("ui/danger_box.html")
def danger_box(field: BoundField) -> dict[str, Any]:
    """Ask whether somebody is in danger; with script, yes shows whom to call, and stops."""
    return {"field": field}


@register.simple_block_tag
def place_box(content: str, *, reverse: str, suggest: str) -> SafeString:
    """Hold the field of an address and a map; with script, a button finds where one is."""
    words = {
        "locating": _("Recherche de votre position…"),
        "gps": _("Position trouvée. Déplacez le repère si besoin."),
        "vague": _("Position approximative : déplacez le repère à l’endroit exact."),
        "photo": _("Emplacement lu dans la photo. Déplacez le repère si besoin."),
        "hand": _("Repère placé."),
        "address": _("Adresse trouvée. Déplacez le repère si besoin."),
        "denied": _(
            "Votre téléphone ne donne pas sa position à ce site. Touchez la carte ou écrivez "
            "l’adresse."
        ),
        "unavailable": _("Position introuvable ici. Touchez la carte ou écrivez l’adresse."),
        "slow": _("La position tarde trop. Touchez la carte ou écrivez l’adresse."),
        "unsupported": _("Cet appareil ne donne pas sa position. Écrivez l’adresse."),
        "pin": _("Emplacement du signalement"),
    }
    return format_html(
        '<fieldset class="field place" data-place data-reverse="{}" data-suggest="{}"{}>'
        '<legend class="field__label">{}</legend><div class="place__inner stack stack--s">'
        '<div class="place__buttons">'
        '<button class="button button--secondary" type="button" data-locate>{}<span>{}</span>'
        '</button></div><p class="place__said" role="status" data-said></p>{}'
        '<button class="button button--quiet place__centre" type="button" data-centre hidden>'
        "<span>{}</span></button>"
        '<p class="place__said" data-here role="status" hidden></p></div></fieldset>',
        reverse,
        suggest,
        format_html_join("", ' data-{}="{}"', words.items()),
        _("Où ?"),
        svg("locate-fixed", size=20),
        _("Ma position"),
        content,
        _("Placer le repère au centre de la carte"),
    )


@register.simple_tag
def enter_sends() -> SafeString:
    """Let "Enter" send a form that has other buttons above the one that sends; first in it."""
    return mark_safe(
        '<button type="submit" class="unseen" tabindex="-1" aria-hidden="true"></button>'
    )


@register.simple_block_tag
def send_bar(content: str) -> SafeString:
    """Keep the button that sends in sight."""
    return format_html('<div class="send-bar" data-send>{}</div>', content)


@register.inclusion_tag("ui/known_reports.html")
def known_reports(known: Sequence[KnownReport], *, title: str = "") -> dict[str, Any]:
    """Offer to join a report instead of writing another; inside a form."""
    return {"known": known, "title": title or _("Déjà signalé près d’ici ?")}


@register.simple_tag
def live_slot(name: str, *, source: str) -> SafeString:
    """Keep a place that a script fills from an address, and that is read aloud."""
    return format_html('<div data-{} data-source="{}" aria-live="polite"></div>', name, source)


@register.simple_tag
def remember_box() -> SafeString:
    """Offer to keep e-mail and telephone in this browser; shown where scripts run."""
    return format_html(
        '<div class="box" data-remember-row><input type="checkbox" id="remember"'
        ' data-remember><label for="remember">{}</label></div>',
        _("Retenir mes coordonnées sur cet appareil"),
    )


@register.simple_tag
def hidden(name: str, value: Any) -> SafeString:
    """Carry a value to the next page."""
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)
