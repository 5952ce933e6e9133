"""What layouts need to know of the site a page belongs to, without a query."""

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.templatetags.ui_words import language
from parvis.theme import palette
from parvis.typo import town_hall


register = template.Library()


@register.simple_tag(takes_context=True)
def site_name(context: Context) -> str:
    """Name the site, for the end of each title."""
    request = context.get("request")
    commune, association = _owners(request)
    if commune:
        return town_hall(commune.name, language())
    return str(association.short_name) if association else "Parvis"


@register.simple_block_tag(takes_context=True)
def whole_title(context: Context, content: str) -> str:
    """Write the words of a page's title, and remember them for what is told of it elsewhere."""
    context["whole_title"] = content
    return content


@register.simple_tag(takes_context=True)
def theme_link(context: Context) -> SafeString:
    """Link the colours of the commune or association; Parvis' own need no file."""
    colour = brand_colour(context.get("request"))
    if not colour:
        return SafeString("")
    return format_html('<link rel="stylesheet" href="/theme.css?v={}">', palette(colour).version)


def brand_colour(request: Any) -> str:
    """Return the colour of the site's owner, "" when nobody owns it."""
    commune, association = _owners(request)
    owner = commune or association
    return str(owner.brand_colour) if owner else ""


def _owners(request: Any) -> tuple[Any, Any]:
    """Return the commune and the association of a request that may have met no middleware."""
    return getattr(request, "commune", None), getattr(request, "association", None)
