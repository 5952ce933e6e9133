"""Erase the reports, photos and people whose time has come, or only say which."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_tenants.utils import schema_context

from incidents import retention
from tenants.models import Commune


class Command(BaseCommand):
    """What the nightly task does, for one commune or all, at once or for show."""

    help = "Erase what was kept long enough; --dry-run only says what that is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take which commune, and whether to touch anything."""
        parser.add_argument("--dry-run", action="store_true", help="erase nothing")
        parser.add_argument("--insee", default="", help="one commune only, by its code")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print one line per commune that has something to erase.

        Raises:
            CommandError: no such commune.
        """
        now = timezone.now()
        communes = Commune.objects.with_schema().order_by("pk")
        if options["insee"]:
            communes = communes.filter(insee_code=options["insee"])
            if not communes:
                raise CommandError("No open commune has this code.")
        for commune in communes:
            with schema_context(commune.schema_name):
                if options["dry_run"]:
                    done = {
                        str(way): sum(len(group.ids) for group in retention.due(way, now=now))
                        for way in retention.WAYS
                    }
                else:
                    done = retention.run(now=now)
            if any(done.values()):
                counts = ", ".join(f"{way} {count}" for way, count in done.items())
                self.stdout.write(f"{commune.insee_code} {commune.name}: {counts}")
        self.stdout.write("nothing was touched" if options["dry_run"] else "done")
