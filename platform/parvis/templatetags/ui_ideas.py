"""Ideas and their voices."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from parvis.pieces import Tone
from parvis.templatetags.ui_shapes import badge


register = template.Library()


@register.simple_block_tag
def ideas(content: str) -> SafeString:
    """Hold ``idea_row`` tags. The page links ``css/pipeline.css``."""
    return format_html('<ul class="ideas">{}</ul>', content)


@register.simple_block_tag
def idea_facts(content: str) -> SafeString:
    """Set the small print of an idea on its own page."""
    return format_html('<p class="idea__facts">{}</p>', content)


@register.simple_tag
def voices(communes: int, raw: int) -> SafeString:
    """Show how many communes want it, each one voice, and how many people in all."""
    return format_html(
        '<p class="voices"><strong>{}</strong><span>{}</span><span>{}</span></p>',
        communes,
        ngettext("commune", "communes", communes),
        ngettext("%(n)s voix", "%(n)s voix", raw) % {"n": raw},
    )


@register.simple_block_tag
def idea_row(  # noqa: PLR0913 - what a row shows
    content: str, *, title: str, href: str, communes: int, raw: int, state: str, tone: Tone
) -> SafeString:
    """Show one idea of the board; all of it is the link, ``content`` is small print."""
    return format_html(
        '<li class="idea">{}<div><h2 class="idea__title"><a href="{}">{}</a></h2>'
        '<p class="idea__facts">{} {}</p></div></li>',
        voices(communes, raw),
        href,
        title,
        badge(state, tone=tone),
        content,
    )
