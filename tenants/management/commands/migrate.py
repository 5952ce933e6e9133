"""Bring the public schema, then every commune, to the code's version."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from parvis.database import prepare
from tenants.going_back import NoWayBack, go_back
from tenants.models import Commune, MigrationStatus
from tenants.procedures import install_procedures, watch_public_tables
from tenants.provisioning import ensure_template
from tenants.releases import Outcome, left, release
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
    """Public first, ordinary Django; then the communes, canary first.

    ``parvis migrate --status`` tells how far the release is. ``parvis migrate booking 0011`` takes
    the later migrations of an app back, in every commune.
    """

    help = "Migrate the public schema, then every commune that is behind."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the question how far the communes are."""
        super().add_arguments(parser)
        parser.add_argument(
            "--status",
            action="store_true",
            help="say how many communes are done and how many are left; change nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with an error while one commune is behind; run again to go on."""
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        if options.get("status"):
            self._tell_status()
            return
        self._refuse_zero(options)
        if not (options.get("plan") or options.get("check_unapplied")):
            prepare(own_address())
        super().handle(*args, **options)
        if options.get("plan") or options.get("check_unapplied"):
            return
        if options.get("app_label"):
            self._go_back(options["app_label"], options.get("migration_name"))
            return
        grant_shared_tables()
        install_procedures()
        watch_public_tables()
        quiet = options["verbosity"] == 0
        outcome = release(now=timezone.now(), say=self._quiet if quiet else self.stdout.write)
        ensure_template()
        self._refuse_failures(outcome)
        if not quiet:
            total = Commune.objects.with_schema().count()
            self.stdout.write(f"{total} commune(s) up to date, {len(outcome.migrated)} migrated.")

    def _tell_status(self) -> None:
        done, names = left()
        self.stdout.write(f"{done} done, {len(names)} left")
        refused = MigrationStatus.objects.filter(
            schema_name__in=names, state=MigrationStatus.State.FAILED
        )
        for each in refused.order_by("schema_name"):
            first, _newline, _rest = each.error.partition("\n")
            self.stdout.write(f"  {each.schema_name}: {first}")
        if names:
            raise CommandError(f"Next: {names[0]}. Run `parvis migrate` to go on.")

    def _refuse_zero(self, options: dict[str, Any]) -> None:
        if options.get("migration_name") == "zero" and _is_of_communes(options["app_label"]):
            raise CommandError("That would delete the tables of every commune.")

    def _go_back(self, app: str, name: str | None) -> None:
        if not name or not _is_of_communes(app):
            return
        try:
            outcome = go_back(app=app, name=name, say=self.stdout.write)
        except NoWayBack as fault:
            raise CommandError(str(fault)) from fault
        self._refuse_failures(outcome)
        self.stdout.write(f"{len(outcome.migrated)} commune(s) taken back.")

    def _refuse_failures(self, outcome: Outcome) -> None:
        if outcome.failed:
            listed = ", ".join(sorted(outcome.failed)[:10])
            raise CommandError(
                f"{len(outcome.failed)} commune(s) not migrated: {listed}. Run again to go on."
            )

    def _quiet(self, _line: str) -> None:
        """Say nothing."""


def _is_of_communes(app: str) -> bool:
    """Tell whether the tables of an app are in the communes."""
    return app in {name.rpartition(".")[2] for name in settings.TENANT_APPS}
