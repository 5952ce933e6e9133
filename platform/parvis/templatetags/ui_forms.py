"""Forms: errors on top, fields, choices as tiles, counters, filters."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.templatetags.ui_shapes import svg


register = template.Library()


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm | None) -> dict[str, Any]:
    """Sum up what to correct: focused on load, in the order of the fields, each line a link."""
    if form is None or not form.is_bound:
        return {}
    lines = [
        (target(form[name]), message)
        for name in form.fields
        for message in form.errors.get(name, ())
    ]
    return {"lines": lines, "refusals": form.non_field_errors()}


def target(field: BoundField) -> str:
    """Return the id that a link to a field must lead to: the first box of a group."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_block_tag(takes_context=True)
def post(
    context: Context, content: str, *, action: str = "", multipart: bool = False, key: str = ""
) -> SafeString:
    """Hold a form sent by POST, with its token; errors are ours, all at once (``novalidate``).

    ``key`` becomes the form's id.
    """
    where = format_html(' action="{}"', action) if action else ""
    kind = SafeString(' enctype="multipart/form-data"' if multipart else "")
    name = format_html(' id="{}"', key) if key else ""
    token = csrf_field(context)
    return format_html(
        '<form class="form stack stack--l" method="post"{}{}{} novalidate>{}{}</form>',
        where,
        kind,
        name,
        token,
        content,
    )


def csrf_field(context: Context) -> SafeString:
    """Return the hidden token, or nothing on a page rendered without a request."""
    token = context.get("csrf_token")
    if not token or token == "NOTPROVIDED":  # noqa: S105 - Django's own word for "none"
        return SafeString("")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Show one field: label, hint, error, input."""
    return bound.as_field_group()


@register.simple_tag
def fields(form: BaseForm, *names: str) -> SafeString:
    """Show some fields of a form, all of them when none is named."""
    chosen = [form[name] for name in names] if names else form.visible_fields()
    hidden = [] if names else form.hidden_fields()
    parts = [str(one) for one in hidden] + [str(one.as_field_group()) for one in chosen]
    return format_html('<div class="fields">{}</div>', SafeString("".join(parts)))


@register.inclusion_tag("ui/choices.html")
def choices(
    field: BoundField, *, icons: Mapping[Any, str] | None = None, columns: int = 1
) -> dict[str, Any]:
    """Show radios or boxes as tiles; ``icons`` maps a value to the name of an icon."""
    known = {str(value): name for value, name in (icons or {}).items()}
    options = [(option, known.get(str(option.data["value"]), "")) for option in field]
    return {"field": field, "options": options, "columns": columns}


@register.inclusion_tag("ui/counter.html")
def counter(field: BoundField) -> dict[str, Any]:
    """Put "–" and "+" around a number; without script it stays a number input."""
    return {"field": field}


@register.simple_block_tag
def fieldset(content: str, legend: str) -> SafeString:
    """Group fields that answer one question."""
    return format_html(
        '<fieldset class="fieldset"><legend class="fieldset__legend">{}</legend>'
        '<div class="fields">{}</div></fieldset>',
        legend,
        content,
    )


@register.simple_block_tag(takes_context=True)
def filters(
    context: Context, content: str, *, clear: str = "", label: str = "", is_private: bool = False
) -> SafeString:
    """Hold the filters of a list: sent by GET, so that a filtered list has an address.

    ``is_private`` filters are sent by POST: an address typed in them stays out of histories.
    """
    erase = (
        format_html('<a class="button button--quiet" href="{}">{}</a>', clear, _("Tout effacer"))
        if clear
        else ""
    )
    return format_html(
        '<form class="filters" method="{}" role="search" aria-label="{}">{}{}'
        '<div class="filters__actions"><button class="button button--secondary" type="submit">'
        "{}{}</button>{}</div></form>",
        "post" if is_private else "get",
        label or _("Filtrer la liste"),
        csrf_field(context) if is_private else "",
        content,
        svg("list-filter", size=20),
        _("Filtrer"),
        erase,
    )


@register.inclusion_tag("ui/search.html")
def search(
    label: str, *, action: str = "", name: str = "q", value: str = "", placeholder: str = ""
) -> dict[str, str]:
    """Ask for one word: a commune, a name, a reference."""
    return {
        "label": label,
        "action": action,
        "name": name,
        "value": value,
        "placeholder": placeholder,
    }
