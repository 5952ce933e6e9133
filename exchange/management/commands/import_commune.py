"""Bring a commune in from another Parvis: ``parvis import_commune commune.zip``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.archive_arrival import arrive
from parvis.errors import DomainError
from tenants.hosts import absolute_url
from tenants.models import Association


class Command(BaseCommand):
    """Check the archive, create the commune, compare every table, write the certificate."""

    help = "Create a commune from the archive of another Parvis, and prove nothing was lost."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the file, and where the commune goes."""
        parser.add_argument("archive", type=Path, help="the ZIP that the other Parvis made")
        parser.add_argument("--association", default="", help="slug of its association")
        parser.add_argument("--as", dest="insee", default="", help="INSEE code, for a trial")
        parser.add_argument("--certificate", type=Path, help="where to write the comparison")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what was compared, and what to do next."""
        association = Association.objects.filter(slug=options["association"]).first()
        if options["association"] and association is None:
            raise CommandError(f"No association is called {options['association']}.")
        try:
            commune, proof = arrive(
                options["archive"],
                association=association,
                insee_code=options["insee"],
                tell=lambda name: self.stdout.write(name) if options["verbosity"] > 1 else None,
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["certificate"]:
            options["certificate"].write_text(proof.as_json(), encoding="utf-8")
        rows = sum(each["rows"] for each in proof.tables)
        self.stdout.write(
            f"{commune.name} ({commune.insee_code}): {len(proof.tables)} tables, {rows} rows,"
            f" {len(proof.sequences)} sequences, {proof.files} files; differences: 0.\n"
            f"Its team may log in at {absolute_url(commune, '/agent/')};"
            " citizens see it once it is opened."
        )
