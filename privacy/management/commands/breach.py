"""List whom a breach touched in a commune or in all, with the notice that must be sent."""

import ipaddress
from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from audit import noting
from parvis.networks import PREFIX
from privacy import breach, breach_files
from tenants.models import Commune
from tenants.tasks import in_each


LOOKED_BACK = timedelta(days=365)


class Command(BaseCommand):
    """Search the record of each commune; write what was found for one that was touched."""

    help = "List the persons that an actor, a network or a time touched, with the notice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is looked for, and where to write."""
        parser.add_argument("--commune", default="", help="its short name, INSEE code or schema")
        parser.add_argument("--actor", default="", help="a name, an e-mail address or a number")
        parser.add_argument("--network", default="", help="an IP address or its network")
        parser.add_argument("--since", default="", help='"2026-11-28 10:00", local time')
        parser.add_argument("--until", default="", help="now by default")
        parser.add_argument("--known-at", default="", help="when it was found: delays run from it")
        parser.add_argument("--into", required=True, type=Path, help="a folder, made if missing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print a line per commune that was touched.

        Raises:
            CommandError: nothing is looked for, a word is no date or network, no such commune.
        """
        now = timezone.now()
        if not any(options[name] for name in ("actor", "network", "since")):
            raise CommandError("Say --actor, --network or --since.")
        search = breach.Search(
            since=_moment(options["since"], now - LOOKED_BACK),
            until=_moment(options["until"], now),
            actor=options["actor"].strip(),
            network=_network(options["network"].strip()),
        )
        known_at = _moment(options["known_at"], now)
        for commune, found in in_each(_communes(options["commune"]), lambda: _find(search)):
            if found.entries:
                folder = options["into"] / commune.slug
                breach_files.write(folder, commune.name, search, found, known_at)
                self.stdout.write(
                    f"{commune.slug}: {len(found.entries)} facts,"
                    f" {len(found.persons)} records of persons, in {folder}"
                )
        self.stdout.write("done")


def _find(search: breach.Search) -> breach_files.Found:
    """Search one commune, and note in its record that it was taken."""
    facts = list(breach.entries(search))
    if facts:
        noting.note(noting.Fact(noting.DOWNLOAD, "personnes.csv", detail={"path": "breach"}))
    return breach_files.Found(facts, breach.persons(facts))


def _communes(name: str) -> list[Commune]:
    communes = Commune.objects.with_schema().order_by("pk")
    if name:
        communes = communes.filter(Q(slug=name) | Q(insee_code=name) | Q(schema_name=name))
    if not communes:
        raise CommandError("No commune with a schema has this name.")
    return list(communes)


def _moment(words: str, usual: datetime) -> datetime:
    if not words:
        return usual
    try:
        moment = parse_datetime(words)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"Not a date and time: {words}")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _network(words: str) -> str:
    """Write an address as the record keeps it: its network."""
    if not words:
        return ""
    try:
        network = ipaddress.ip_network(words, strict=False)
    except ValueError as wrong:
        raise CommandError(f"Neither an address nor a network: {words}") from wrong
    kept = PREFIX[network.version]
    if network.prefixlen < kept:
        raise CommandError(f"The record keeps networks of /{kept}: {words}")
    return str(network.supernet(new_prefix=kept))
