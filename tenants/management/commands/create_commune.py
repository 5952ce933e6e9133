"""Create a commune: ``parvis create_commune --insee 33314``; or an intercommunality by SIREN."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenants.actions import (
    UnknownInseeCode,
    UnknownSiren,
    list_commune,
    list_epci,
    open_commune,
)
from tenants.hosts import absolute_url
from tenants.models import Association


class Command(BaseCommand):
    """Register the commune, create its schema and role, open its site."""

    help = "Create a commune from its INSEE code and open its site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the code, and the association the commune belongs to."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--insee", help="official code, e.g. 33314")
        which.add_argument("--siren", help="of an intercommunality, e.g. 200069995")
        parser.add_argument("--association", default="", help="slug of its association")
        parser.add_argument("--stations", type=int, default=0, help="biometric stations")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say where the commune answers and how long it took."""
        started = time.perf_counter()
        association = Association.objects.filter(slug=options["association"]).first()
        if options["association"] and association is None:
            raise CommandError(f"No association is called {options['association']}.")
        try:
            if options["siren"]:
                commune = list_epci(siren=options["siren"], association=association)
            else:
                commune = list_commune(
                    insee_code=options["insee"],
                    association=association,
                    station_count=options["stations"],
                )
        except (UnknownInseeCode, UnknownSiren) as refusal:
            raise CommandError(str(refusal)) from refusal
        open_commune(commune=commune, now=timezone.now())
        seconds = time.perf_counter() - started
        address = absolute_url(commune, "/")
        self.stdout.write(f"{commune.name} ({commune.insee_code}): {address} in {seconds:.2f} s")
