"""Erase what is over its time in a commune, or only say what that is."""

from argparse import ArgumentParser
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from privacy import nightly
from privacy.policy import RULES
from tenants.models import Commune
from tenants.tasks import in_each


class Command(BaseCommand):
    """What the nightly task does, for one commune or all, at once or for show."""

    help = "Erase what was kept long enough; --dry-run only says what that is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take which commune, and whether to touch anything."""
        parser.add_argument("--commune", default="", help="its short name, INSEE code or schema")
        parser.add_argument("--dry-run", action="store_true", help="erase nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print a line per commune and rule.

        Raises:
            CommandError: no such commune has a schema.
        """
        now, name = timezone.now(), options["commune"]
        communes = Commune.objects.with_schema().order_by("pk")
        if name:
            communes = communes.filter(Q(slug=name) | Q(insee_code=name) | Q(schema_name=name))
            if not communes:
                raise CommandError("No commune with a schema has this name.")
        work = partial(nightly.due if options["dry_run"] else _erased, now=now)
        for commune, counts in in_each(communes, work):
            for rule in RULES:
                if counts.get(rule):
                    self.stdout.write(f"{commune.slug}: {rule} {counts[rule]}")
        self.stdout.write("nothing was touched" if options["dry_run"] else "done")


def _erased(*, now: datetime) -> dict[str, int]:
    return dict(nightly.run(now=now).erased)
