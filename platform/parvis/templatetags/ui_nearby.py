"""Looking for a time in several communes: the form, the place of the telephone, what is found."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.templatetags.ui_shapes import svg


register = template.Library()


@register.simple_tag
def near_me_files() -> SafeString:
    """Load what the button of ``near_me`` needs; in the head of its page."""
    return format_html('<script src="{}" defer></script>', static("js/near-me.js"))


@register.simple_block_tag
def ask(content: str, *, label: str, button: str) -> SafeString:
    """Hold a form that is sent by GET, so that its answer has an address."""
    return format_html(
        '<form class="form stack stack--l" method="get" role="search" aria-label="{}" novalidate>'
        '{}<div class="actions"><button class="button button--primary" type="submit">{}{}'
        "</button></div></form>",
        label,
        content,
        svg("search", size=20),
        button,
    )


@register.simple_tag
def near_me() -> SafeString:
    """Offer the place of the telephone instead of a name; shown where scripts run."""
    words = {
        "locating": _("Recherche de votre position…"),
        "denied": _("La position est refusée par votre appareil : tapez le nom d’une commune."),
        "lost": _("Votre position est introuvable : tapez le nom d’une commune."),
    }
    data = format_html_join("", ' data-{}="{}"', words.items())
    return format_html(
        '<div class="stack stack--s"{}><button class="button button--secondary" type="button"'
        ' data-near-me hidden>{}{}</button><p class="muted" role="status"></p></div>',
        data,
        svg("locate-fixed", size=20),
        _("Autour de moi"),
    )


@register.simple_block_tag
def spot(content: str, *, key: Any, title: str) -> SafeString:
    """Hold what is free at one place, where the map leads to."""
    return format_html(
        '<section class="section stack stack--s" id="lieu-{}" tabindex="-1">'
        '<h3 class="section__title">{}</h3>{}</section>',
        key,
        title,
        content,
    )
