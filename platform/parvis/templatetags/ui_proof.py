"""The page between a form and its answer while robots are at it."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.template import Context

from parvis.templatetags.ui_forms import csrf_field


register = template.Library()


@register.inclusion_tag("ui/proof_form.html", takes_context=True)
def proof_form(
    context: Context, proof: Any, *, typed: Sequence[tuple[str, str]], action: str
) -> dict[str, Any]:
    """Send a form again with a proof: a sum done by the browser, or seconds waited."""
    return {"proof": proof, "typed": typed, "action": action, "token": csrf_field(context)}
