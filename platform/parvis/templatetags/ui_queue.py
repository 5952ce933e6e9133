"""What an application does: its links, the reports that wait for a network, notifications."""

from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.theme import palette


register = template.Library()
WORKER = "js/worker.js"
QUEUE_SCRIPTS = ("js/waiting.js", "js/queue.js", "js/queue-form.js", "js/queue-list.js")
CLOSED = ("configuring", "maintenance", "suspended", "incompatible")


@register.simple_tag(takes_context=True)
def app_links(context: Context) -> SafeString:
    """Link what a telephone needs to keep the site, on pages of citizens in a commune.

    The worker is for open sites: one that is being made ready would refuse what it keeps.
    """
    commune = getattr(context.get("request"), "commune", None)
    if commune is None or commune.state in CLOSED:
        return SafeString("")
    colours = palette(commune.brand_colour)
    return format_html(
        '<link rel="manifest" href="/manifest.webmanifest">'
        '<meta name="theme-color" content="{}">'
        '<link rel="apple-touch-icon" href="/icones/plein-180.png?v={}">'
        '<script src="{}" data-then="{}" defer></script>',
        colours.action,
        colours.version,
        static(WORKER),
        " ".join(static(name) for name in QUEUE_SCRIPTS),
    )


@register.inclusion_tag("ui/report_queue.html")
def report_queue(*, is_shell: bool = False) -> dict[str, Any]:
    """Show the reports that wait in this browser for a network; nothing without script."""
    return {"is_shell": is_shell}


@register.inclusion_tag("ui/push_box.html")
def push_box(secret: str, *, address: str, key: str) -> dict[str, Any]:
    """Offer to be told on this telephone; shown where the browser can, and told how on Apple's."""
    return {"secret": secret, "address": address, "key": key}
