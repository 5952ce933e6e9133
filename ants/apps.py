"""What the State's platform of appointments reads from Parvis."""

from django.apps import AppConfig


class AntsConfig(AppConfig):
    """What the State's platform of appointments reads from Parvis."""

    name = "ants"
    verbose_name = "France Titres"
