"""Create a commune from its INSEE code: ``parvis create_commune --insee 33314``."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenants.actions import UnknownInseeCode, list_commune, open_commune
from tenants.hosts import absolute_url
from tenants.models import Association


class Command(BaseCommand):
    """Register the commune, create its schema and role, open its site."""

    help = "Create a commune from its INSEE code and open its site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the code, and the association the commune belongs to."""
        parser.add_argument("--insee", required=True, help="official code, e.g. 33314")
        parser.add_argument("--association", default="", help="slug of its association")
        parser.add_argument("--stations", type=int, default=0, help="biometric stations")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say where the commune answers and how long it took."""
        started = time.perf_counter()
        association = Association.objects.filter(slug=options["association"]).first()
        if options["association"] and association is None:
            raise CommandError(f"No association is called {options['association']}.")
        try:
            commune = list_commune(
                insee_code=options["insee"],
                association=association,
                station_count=options["stations"],
            )
        except UnknownInseeCode as refusal:
            raise CommandError(str(refusal)) from refusal
        open_commune(commune=commune, now=timezone.now())
        seconds = time.perf_counter() - started
        address = absolute_url(commune, "/")
        self.stdout.write(f"{commune.name} ({commune.insee_code}): {address} in {seconds:.2f} s")
