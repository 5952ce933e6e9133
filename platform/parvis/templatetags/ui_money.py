"""Amounts of money in words of the page."""

from decimal import Decimal

from django import template

from parvis import charts
from parvis.templatetags.ui_words import language


register = template.Library()


@register.filter
def euros(amount: Decimal) -> str:
    """Write "8 685,00 €", "€8,685.00" in English."""
    whole, _point, cents = f"{amount:,.2f}".partition(".")
    if language().startswith("en"):
        return f"€{whole}.{cents}"
    return f"{whole.replace(',', charts.NBSP)},{cents}{charts.NBSP}€"
