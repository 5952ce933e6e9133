"""Load the demo: ``parvis demo_load --seed 33``."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo import seed


class Command(BaseCommand):
    """Write the Gironde association, its communes, weeks of appointments and accounts."""

    help = "Load the demo data; does nothing when they are there. As the owner of the database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the seed, and whether to start over."""
        parser.add_argument("--seed", type=int, default=33, help="the same seed, the same data")
        parser.add_argument("--reset", action="store_true", help="erase the demo first")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what is written and how long it took."""
        if not settings.DEMO:
            raise CommandError("The demo replaces data: set PARVIS_DEMO=1 to allow it.")
        if settings.SERVING:
            raise CommandError("The demo creates schemas: run as the owner (PARVIS_SERVING=0).")
        if seed.is_loaded() and not options["reset"]:
            self.stdout.write("The demo is already loaded (--reset starts over).")
            return
        started = time.perf_counter()
        seed.load(seed=options["seed"], now=timezone.now(), say=self.stdout.write)
        self.stdout.write(f"The demo is ready in {time.perf_counter() - started:.1f} s.")
