"""Calendars that leave a commune, and those that come in."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """Calendars that leave a commune, and those that come in."""

    name = "calendars"
    verbose_name = "Agendas"
