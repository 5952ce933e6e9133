"""What is used outdoors, on a phone, with gloves: large things to press, few words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.templatetags.ui_shapes import svg


register = template.Library()


@register.simple_block_tag
def touch(content: str) -> SafeString:
    """Make every button inside as wide as the page and at least 64 px tall."""
    return format_html('<div class="touch stack stack--m">{}</div>', content)


@register.simple_tag
def way(*, lat: float, lon: float, label: str) -> SafeString:
    """Lead there with the phone's own map."""
    return format_html(
        '<a class="way" href="geo:{lat},{lon}?q={lat},{lon}">{drawing}<span>{label}</span></a>',
        lat=f"{lat:.6f}",
        lon=f"{lon:.6f}",
        drawing=svg("navigation", size=28),
        label=label,
    )
