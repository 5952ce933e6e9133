"""Drawing a zone on a map."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.templatetags.ui_shapes import svg


register = template.Library()


@register.simple_tag
def last_corner_button() -> SafeString:
    """Take the last corner back; shown by ``js/map-zones.js`` once there is one."""
    return format_html(
        '<p><button class="button button--quiet" type="button" data-last-corner hidden>{}{}'
        "</button></p>",
        svg("undo-2", size=20),
        _("Retirer le dernier coin"),
    )
