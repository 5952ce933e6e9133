"""Free starts of all communes."""

from django.apps import AppConfig


class SlotsConfig(AppConfig):
    """The one table of appointments that every commune shares: no person is in it."""

    name = "slots"
    verbose_name = "Créneaux libres"
