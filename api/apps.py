"""The public API of a commune."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The public API of a commune."""

    name = "api"
    verbose_name = "API"
