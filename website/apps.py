"""How a commune's pages are found, linked and printed."""

from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    """How a commune's pages are found, linked and printed."""

    name = "website"
    verbose_name = "Site de la commune"
