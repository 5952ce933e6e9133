"""What Parvis tells the State of a commune's appointments for titles."""

from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """What Parvis tells the State of a commune's appointments for titles."""

    name = "coordination"
    verbose_name = "Coordination nationale"
