"""Lines to copy as they are."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString


register = template.Library()


@register.simple_tag
def snippet(text: str, *, label: str) -> SafeString:
    """Show lines of code whole, as text; the keyboard can reach and scroll them."""
    return format_html(
        '<pre class="snippet" tabindex="0" role="region" aria-label="{}"><code>{}</code></pre>',
        label,
        escape(text),  # also what was made safe elsewhere: here it is to be read
    )
