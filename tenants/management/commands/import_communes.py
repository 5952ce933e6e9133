"""Copy the packaged communes of France into the database: ``parvis import_communes``."""

import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from tenants import directory
from tenants.official import OfficialCommune


STEP = 5_000  # communes between two signs of life


class Command(BaseCommand):
    """Make the table of official communes equal to the file; safe to repeat."""

    help = "Load the communes of France from the packaged file. No network; safe to repeat."

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say how far the load is, then what changed."""
        started = time.perf_counter()
        counts = OfficialCommune.objects.load(self._progress(verbose=options["verbosity"] > 0))
        if options["verbosity"] > 0:
            seconds = time.perf_counter() - started
            self.stdout.write(
                f"{counts.added} added, {counts.updated} updated, {counts.removed} removed"
                f" in {seconds:.1f} s"
            )

    def _progress(self, *, verbose: bool) -> Iterator[directory.CommuneRecord]:
        """Pass the records on, counting aloud."""
        for number, record in enumerate(directory.load_records(), start=1):
            if verbose and number % STEP == 0:
                self.stdout.write(f"{number} communes read…")
            yield record
