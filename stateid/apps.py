"""Logging in by ProConnect, FranceConnect or an association's own provider."""

from django.apps import AppConfig


class StateidConfig(AppConfig):
    """Logging in by ProConnect, FranceConnect or an association's own provider."""

    name = "stateid"
    verbose_name = "Connexion unique"
