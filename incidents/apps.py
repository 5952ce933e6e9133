"""The application of reports."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Reports, suggestions and compliments of the citizens of one commune."""

    name = "incidents"
