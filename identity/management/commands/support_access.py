"""Let somebody read in a commune for four hours at most, with a reason the commune is told."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from identity import support
from parvis.errors import DomainError
from tenants.hosts import absolute_url
from tenants.models import Commune, User
from tenants.tasks import in_each


class Command(BaseCommand):
    """Open the access, write to the administrators, say where to log in."""

    help = "Let somebody who helps read in a commune for a while."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read who, where, why and for how long."""
        parser.add_argument("--commune", required=True, help="its host name, e.g. pauillac")
        parser.add_argument("--user", required=True, help="e-mail address of the account")
        parser.add_argument("--reason", required=True, help="a sentence that the commune reads")
        parser.add_argument("--asked-by", default="", help="who asked, or the number of a ticket")
        parser.add_argument("--minutes", type=int, default=60, help="240 at most")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse with the sentence of the rule that forbids it."""
        commune = Commune.objects.with_schema().filter(slug=options["commune"]).first()
        user = User.objects.filter(email__iexact=options["user"], is_active=True).first()
        if commune is None or user is None:
            raise CommandError("No such commune, or no such account.")
        now = timezone.now()
        try:
            access = support.open_access(
                user=user,
                commune=commune,
                reason=options["reason"],
                asked_by=options["asked_by"],
                minutes=options["minutes"],
                now=now,
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        list(in_each([commune], lambda: support.tell(now=now)))
        self.stdout.write(
            f"{commune.name} is told. {user.email} may read until {access.ends_at:%H:%M} UTC:"
            f" {absolute_url(commune, '/connexion/')}"
        )
