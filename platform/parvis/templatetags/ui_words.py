"""Dates, hours and figures as people write them, in the language of the page."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django import template
from django.utils.translation import get_language

from parvis import charts, typo as words


register = template.Library()
register.filter("telephone", words.telephone)
register.filter("tel", words.tel)
register.filter("reference_groups", words.reference_groups)
register.filter("typo", words.typo)


@register.filter
def one_line(text: str) -> str:
    """Write an address of several lines in one."""
    return ", ".join(each.strip() for each in str(text).splitlines() if each.strip())


@register.filter(expects_localtime=True)
def date_longue(day: date | None) -> str:
    """Write "mardi 1er décembre 2026"."""
    return words.date_longue(day, language()) if day else ""


@register.filter(expects_localtime=True)
def date_pleine(day: date | None) -> str:
    """Write "1er décembre 2026"."""
    return words.date_pleine(day, language()) if day else ""


@register.filter(expects_localtime=True)
def date_courte(day: date | None) -> str:
    """Write "mar. 1er déc."."""
    return words.date_courte(day, language()) if day else ""


@register.filter(expects_localtime=True)
def heure(moment: time | datetime | None) -> str:
    """Write "9 h 05"."""
    return words.heure(moment, language()) if moment is not None else ""


@register.filter(expects_localtime=True)
def date_heure(moment: datetime | None) -> str:
    """Write "mardi 1er décembre 2026 à 9 h 05"."""
    return words.date_heure(moment, language()) if moment else ""


@register.filter
def pourcent(ratio: float | None) -> str:
    """Write a ratio (0 to 1) as "83 %", nothing as "–"."""
    return words.pourcent(ratio, language()) if ratio is not None else "–"


@register.filter
def nombre(value: float) -> str:
    """Write "78 090"."""
    return charts.figure(value)


@register.filter
def town_hall(name: str) -> str:
    """Write "Mairie de Pauillac"."""
    return words.town_hall(name, language())


@register.filter
def de(name: str) -> str:
    """Write "de Pauillac", "d’Arcachon", "du Bouscat"; the name alone in English."""
    return words.de(name) if language().startswith("fr") else name


@register.filter
def de_qui(name: str) -> str:
    """Write "d’Ana Lacoste", "de Jeanne Dupuy"; the name alone in English."""
    return words.de_qui(name, language())


@register.filter
def opening_hours(hours: Iterable[Sequence[Any]]) -> list[tuple[str, str]]:
    """Write the hours of a town hall: days, then periods."""
    return words.opening_hours(hours or (), language())


def language() -> str:
    """Return the language of the page."""
    return get_language() or "fr"
