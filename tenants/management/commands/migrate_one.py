"""Migrate the current schema the ordinary way (used by ``parvis migrate``)."""

from django.core.management.commands.migrate import Command as MigrateCommand


class Command(MigrateCommand):
    """Django's own ``migrate``, in whatever schema the connection looks at."""

    help = "Migrate the current schema with Django's own command."
