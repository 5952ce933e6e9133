"""What a public page says of itself to those who show links to it, and to search engines.

Only pages of a site that is real and open carry them. The block of data is no script: browsers
run nothing of it, and the policy about scripts does not concern it.
"""

import json
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _

from booking.models import Service
from booking.words import service_name
from parvis.theme import DEFAULT_BRAND, palette
from parvis.typo import town_hall
from tenants.directory import weekly_hours
from tenants.hosts import moved_url, normalise
from tenants.models import Commune
from website import pictures, schema


register = template.Library()
DESCRIPTION_MOST = 200
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
# As Django's json_script: nothing in the data can end the element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def share_card(
    context: Context, description: str = "", *, service: Service | None = None
) -> SafeString:
    """Write the canonical address, description, Open Graph and Twitter cards; no query.

    The title is that of the page, which the layout has written already. Of a service the line of
    the commune describes it, where there is one in the language of the page.
    """
    request = context.get("request")
    if request is None or not _is_shown(request):
        return SafeString("")
    commune = request.commune
    colour = commune.brand_colour if commune else DEFAULT_BRAND
    words = {
        "title": context.get("whole_title", ""),
        "description": _cut(description or (_line(service) if service else "") or _usual()),
        "url": _address(request, request.path),
        "image": _address(request, f"/partage.png?v={palette(colour).version}"),
        "site": town_hall(commune.name, _language()) if commune else "Parvis",
        "locale": LOCALES[_language()],
        "wide": pictures.WIDE,
        "tall": pictures.TALL,
    }
    return format_html(
        '<link rel="canonical" href="{url}">'
        '<meta name="description" content="{description}">'
        '<meta property="og:type" content="website">'
        '<meta property="og:site_name" content="{site}">'
        '<meta property="og:title" content="{title}">'
        '<meta property="og:description" content="{description}">'
        '<meta property="og:url" content="{url}">'
        '<meta property="og:locale" content="{locale}">'
        '<meta property="og:image" content="{image}">'
        '<meta property="og:image:width" content="{wide}">'
        '<meta property="og:image:height" content="{tall}">'
        '<meta name="twitter:card" content="summary_large_image">',
        **words,
    )


@register.simple_tag(takes_context=True)
def office_card(context: Context) -> SafeString:
    """Describe the town hall whose site this is."""
    request = context.get("request")
    if request is None or not _is_shown(request) or request.commune is None:
        return SafeString("")
    hours = weekly_hours(request.commune.hours or ())
    return _data(schema.office(_office(request), hours))


@register.simple_tag(takes_context=True)
def service_card(context: Context, service: Service) -> SafeString:
    """Describe one service of the town hall."""
    request = context.get("request")
    if request is None or not _is_shown(request) or request.commune is None:
        return SafeString("")
    return _data(
        schema.service(
            _office(request),
            name=service_name(service),
            text=_line(service),
            url=_address(request, request.path),
        )
    )


def _office(request: HttpRequest) -> schema.Office:
    commune: Commune = request.commune  # type: ignore[attr-defined]
    return schema.Office(
        url=_address(request, "/"),
        name=town_hall(commune.name, "fr"),
        commune=commune.name,
        insee_code=commune.insee_code,
        address=commune.address,
        phone=commune.phone,
        email=commune.email,
        website=commune.website,
        image=_address(request, "/partage.png"),
    )


def _is_shown(request: HttpRequest) -> bool:
    """Tell whether search engines may show the site: the portal, a commune that is open."""
    commune = getattr(request, "commune", None)
    if commune is not None:
        return bool(commune.is_real_and_open)
    return getattr(request, "site_kind", "") == "portal"


def _address(request: HttpRequest, path: str) -> str:
    """Build a whole address on the name that was asked for, which the registry knows.

    Whoever asks by another name of the commune has been led to this one.
    """
    return moved_url(normalise(request.META.get("HTTP_HOST", "")), path)


def _line(service: Service) -> str:
    """Say in one line what a service is; "" in English where the commune wrote French only."""
    return service.text_en if _language() == "en" else service.text


def _usual() -> str:
    return _("Rendez-vous, pièces à apporter et signalements de la commune.")


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= DESCRIPTION_MOST else f"{words[: DESCRIPTION_MOST - 1]}…"


def _language() -> str:
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def _data(told: dict[str, Any]) -> SafeString:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))
