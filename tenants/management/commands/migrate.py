"""Bring the public schema, then every commune, to the code's version."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from parvis.database import prepare
from tenants.models import Commune
from tenants.procedures import install_procedures, watch_public_tables
from tenants.provisioning import ensure_template
from tenants.releases import release
from tenants.roles import grant_shared_tables


def own_address() -> str:
    """Give the address of the database Django is connected to."""
    parts = connection.settings_dict
    return make_conninfo(
        dbname=parts["NAME"],
        user=parts["USER"] or None,
        password=parts["PASSWORD"] or None,
        host=parts["HOST"] or None,
        port=parts["PORT"] or None,
    )


class Command(MigrateCommand):
    """Public first, ordinary Django; then the communes, canary first."""

    help = "Migrate the public schema, then every commune that is behind."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with an error while one commune is behind; run again to go on."""
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        if not (options.get("plan") or options.get("check_unapplied")):
            prepare(own_address())
        super().handle(*args, **options)
        if options.get("app_label") or options.get("plan") or options.get("check_unapplied"):
            return
        grant_shared_tables()
        install_procedures()
        watch_public_tables()
        quiet = options["verbosity"] == 0
        outcome = release(now=timezone.now(), say=self._quiet if quiet else self.stdout.write)
        ensure_template()
        if outcome.failed:
            listed = ", ".join(sorted(outcome.failed)[:10])
            raise CommandError(
                f"{len(outcome.failed)} commune(s) not migrated: {listed}. Run again to go on."
            )
        if not quiet:
            total = Commune.objects.with_schema().count()
            self.stdout.write(f"{total} commune(s) up to date, {len(outcome.migrated)} migrated.")

    def _quiet(self, _line: str) -> None:
        """Say nothing."""
