"""Say by hand that robots are at the forms of a commune, or that they are gone."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parvis import attack
from tenants.models import Commune


class Command(BaseCommand):
    """``parvis attack pauillac hold --hours 2``, then ``parvis attack pauillac hold --over``."""

    help = "Make the forms of a commune (or of all, *) ask for a proof, or end that."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read which commune, which form, and for how long."""
        parser.add_argument("commune", help="its label, or * for every commune")
        parser.add_argument("form", choices=[attack.HOLD, attack.REPORT])
        parser.add_argument("--hours", type=int, default=2, choices=range(1, 73), metavar="1-72")
        parser.add_argument("--over", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raise the state, or take it back."""
        schema, action = self._schema(options["commune"]), options["form"]
        if options["over"]:
            attack.lift(schema=schema, action=action)
            self.stdout.write("Nothing is asked any more.")
        else:
            attack.declare(schema=schema, action=action, lasts=timedelta(hours=options["hours"]))
            self.stdout.write(f"A proof is asked for {options['hours']} h.")

    def _schema(self, label: str) -> str:
        if label == attack.EVERYWHERE:
            return label
        known = Commune.objects.filter(slug=label).first()
        if known is None:
            raise CommandError(f"There is no commune called {label}.")
        return str(known.schema_name)
