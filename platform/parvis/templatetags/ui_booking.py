"""What a booking needs: slots, the hold, answers to check, documents to bring, history."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

from django import template
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import ngettext

from parvis import typo as words
from parvis.pieces import Document, SlotDay, SlotOffer, TimelineEntry
from parvis.templatetags.ui_words import language


register = template.Library()


@register.inclusion_tag("ui/slots.html", takes_context=True)
def slots(
    context: Context,
    days: Sequence[SlotDay],
    *,
    action: str = "",
    next: str = "",  # noqa: A002 - the word of the page
    previous: str = "",
    level: int = 2,
) -> dict[str, Any]:
    """List days with one button per slot, in one POST form: a GET may not hold a slot.

    The pressed button posts ``slot=<value of the offer>``. ``next`` and ``previous`` are the
    addresses of the neighbouring days.
    """
    return {
        "csrf_token": context.get("csrf_token"),
        "days": [(day, _slot_buttons(day)) for day in days],
        "action": action,
        "next": next,
        "previous": previous,
        "level": level,
    }


def _slot_buttons(day: SlotDay) -> SafeString:
    """Write the buttons of a day; by hand, for a week may have hundreds."""
    said, spoken = language(), escape(words.date_longue(day.date, language()))
    return SafeString(
        "".join(
            f'<li><button class="slot" type="submit" name="slot" value="{escape(offer.value)}">'
            f"{escape(words.heure(localtime(offer.start), said))}"
            f'<span class="unseen">, {spoken}</span></button></li>'
            for offer in day.offers
        )
    )


@register.inclusion_tag("ui/first_free.html", takes_context=True)
def first_free(context: Context, offer: SlotOffer | None, *, action: str = "") -> dict[str, Any]:
    """Offer the soonest slot, the shortest path; nothing when there is none."""
    return {"csrf_token": context.get("csrf_token"), "offer": offer, "action": action}


@register.inclusion_tag("ui/hold.html", takes_context=True)
def hold(context: Context, *, until: datetime, now: datetime, action: str = "") -> dict[str, Any]:
    """Say until when the slot is kept and how long that is; with ``action``, offer more time."""
    minutes = max(0, ceil((until - now).total_seconds() / 60))
    left = ngettext("il reste %(n)s minute", "il reste %(n)s minutes", minutes) % {"n": minutes}
    return {
        "csrf_token": context.get("csrf_token"),
        "until": until,
        "expired": until <= now,
        "left": left,
        "action": action,
    }


@register.simple_block_tag
def large_type(content: str) -> SafeString:
    """Write in letters half as large again, on the screen and on paper."""
    return format_html('<div class="large-type">{}</div>', content)


@register.simple_block_tag
def summary(content: str) -> SafeString:
    """List answers to check; holds ``row`` tags."""
    return format_html('<dl class="summary">{}</dl>', content)


@register.inclusion_tag("ui/row.html")
def row(term: str, value: Any, *, change: str = "", hint: str = "") -> dict[str, Any]:
    """Show one answer; ``change`` is the address where it can be changed."""
    return {"term": term, "value": value, "change": change, "hint": hint or term.lower()}


@register.inclusion_tag("ui/checklist.html")
def checklist(documents: Sequence[Document], *, key: str = "pieces") -> dict[str, Any]:
    """List documents with boxes that the browser remembers under ``key`` and that print."""
    return {"documents": documents, "key": key}


@register.inclusion_tag("ui/timeline.html")
def timeline(entries: Sequence[TimelineEntry]) -> dict[str, Any]:
    """Tell what happened, soonest first, and what is still to come."""
    return {"entries": entries}
