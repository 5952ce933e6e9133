"""Create an association: ``parvis create_association --name … --slug … --departments 33``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from identity.actions import invite_first_director
from parvis.errors import DomainError
from tenants.actions import create_association
from tenants.hosts import absolute_url


class Command(BaseCommand):
    """Register the association and invite its first director."""

    help = "Create an association and invite its first director by e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read how it is called, where it answers, and whom to invite."""
        parser.add_argument("--name", required=True, help="« Association des maires de … »")
        parser.add_argument("--short-name", default="", help="for the top of the pages")
        parser.add_argument("--slug", required=True, help="its host: <slug>.<base domain>")
        parser.add_argument("--departments", required=True, help="codes, e.g. 33 or 47,24")
        parser.add_argument("--director", required=True, help="e-mail of its first director")

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        """Say where the association answers and who was invited."""
        departments = [code.strip().upper() for code in options["departments"].split(",")]
        try:
            association = create_association(
                name=options["name"],
                short_name=options["short_name"] or options["name"][:40],
                slug=options["slug"],
                departments=departments,
            )
            invite_first_director(
                association=association, email=options["director"], now=timezone.now()
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{association.name}: {absolute_url(association, '/')}")
        self.stdout.write(f"Invitation: {options['director']}")
