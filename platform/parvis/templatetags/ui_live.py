"""A page that follows what it shows."""

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.live_pages import watch


register = template.Library()


@register.simple_tag(takes_context=True)
def live(context: Context, *topics: str | list[str]) -> SafeString:
    """In ``head``: ask again when one of the topics changed, besides the regular polls.

    The page also links ``js/refresh.js``, or a script of its own that hears ``changed``.
    """
    named = [each for one in topics for each in ([one] if isinstance(one, str) else one)]
    return format_html(
        '<script src="{}" data-live-topic="{}" data-live-port="{}" defer></script>',
        static("js/live-pages.js"),
        watch(context["request"], *named),
        settings.LIVE_PORT or "",
    )
