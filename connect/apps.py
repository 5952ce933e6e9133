"""Who may use a commune's API, and who is told of what happens in it."""

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    """Who may use a commune's API, and who is told of what happens in it."""

    name = "connect"
    verbose_name = "Connexions"
