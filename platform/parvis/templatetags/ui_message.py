"""Messages on pages: a letter in its frame, small sums of money."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.templatetags.ui_money import euros


register = template.Library()


@register.simple_tag
def sealed_frame(*, src: str, title: str) -> SafeString:
    """Show a document that runs nothing and leads nowhere, in a frame of its own."""
    return format_html(
        '<iframe class="sealed-frame" src="{}" title="{}" sandbox="" loading="lazy"></iframe>',
        src,
        title,
    )


@register.filter
def milli(amount: int) -> str:
    """Write thousandths of a euro as an amount: "12,35 €"."""
    return euros(Decimal(amount) / 1000)
