"""Erase the reports, photos and people whose time has come, or only say which."""

from argparse import ArgumentParser
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from incidents import retention
from tenants.models import Commune
from tenants.tasks import in_each


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
        work = partial(_due if options["dry_run"] else retention.run, now=now)
        for commune, done in in_each(communes, work):
            if any(done.values()):
                counts = ", ".join(f"{way} {count}" for way, count in done.items())
                self.stdout.write(f"{commune.insee_code} {commune.name}: {counts}")
        self.stdout.write("nothing was touched" if options["dry_run"] else "done")


def _due(*, now: datetime) -> dict[str, int]:
    """Count what would be erased, without touching it."""
    return {
        str(way): sum(len(group.ids) for group in retention.due(way, now=now))
        for way in retention.WAYS
    }
