"""The wizard of a commune: its own site, small, beside what is being typed."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString


register = template.Library()


@register.simple_tag
def site_preview(*, src: str, title: str) -> SafeString:
    """Show a page of this very site in a frame that is only looked at; on wide screens."""
    return format_html(
        '<iframe class="site-preview" src="{}" title="{}" loading="lazy" inert></iframe>',
        src,
        title,
    )
