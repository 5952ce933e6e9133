"""Prepare a database before its first migration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from parvis.database import password_in, prepare
from parvis.home import Trouble


class Command(BaseCommand):
    """Extensions, roles and rights; run by the owner of the database, as often as wanted."""

    help = "Create the extensions and the roles that Parvis needs in DATABASE_URL."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prepare the database of ``DATABASE_URL``."""
        url = settings.APP_DATABASE_URL
        password = password_in(url) if url != settings.OWNER_DATABASE_URL else None
        try:
            prepare(settings.OWNER_DATABASE_URL, app_password=password)
        except Trouble as trouble:
            raise CommandError(str(trouble)) from trouble
