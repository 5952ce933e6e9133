"""Verify who did what: ``parvis audit_verify``, or ``--commune pauillac`` for one of them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import chain
from audit.chain import Verdict
from journal import anchoring
from tenants.models import Commune
from tenants.tasks import in_each


class Command(BaseCommand):
    """Walk every chain and name the first link that does not hold."""

    help = "Verify the chained record of every commune, or of one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read which commune."""
        parser.add_argument("--commune", default="", help="its host name, e.g. pauillac")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit with an error if one chain is broken."""
        communes = Commune.objects.with_schema().order_by("slug")
        if options["commune"]:
            communes = communes.filter(slug=options["commune"])
            if not communes.exists():
                raise CommandError(f"No commune is called {options['commune']}.")
        now = timezone.now()
        found = list(
            in_each(list(communes), lambda: (anchoring.verify(now=now), chain.taken_back()))
        )
        for commune, (verdict, restores) in found:
            back = "".join(f", put back to {instant:%Y-%m-%d %H:%M}" for instant, _end in restores)
            self.stdout.write(f"{commune.slug}: {_said(verdict)}{back}")
        broken = sum(not verdict.holds for _commune, (verdict, _restores) in found)
        self.stdout.write(f"{len(found) - broken} passed, {broken} failed")
        if broken:
            raise CommandError(f"{broken} record(s) were tampered with.")


def _said(verdict: Verdict) -> str:
    if verdict.holds:
        return (
            f"{verdict.entries} entries hold, {verdict.unsealed} wait for their seal,"
            f" head {verdict.head[:16]}"
        )
    return f"BROKEN at {verdict.position}: {verdict.fault}"
