"""Issue, list and revoke the tokens of France Titres; see ``ants/README.md``."""

from argparse import ArgumentParser
from datetime import datetime
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from ants import tokens
from ants.models import AntsToken
from parvis.errors import DomainError


class Command(BaseCommand):
    """Let the State's platform in, and end that."""

    help = "Issue, list and revoke the tokens by which the State's platform reads Parvis."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        what = parser.add_subparsers(dest="what", required=True)
        issue = what.add_parser("issue", help="add a token; two may be valid at once")
        issue.add_argument("label", help="what it is called in the list")
        issue.add_argument("--until", help="last day, YYYY-MM-DD")
        issue.add_argument(
            "--given", action="store_true", help="read the secret that France Titres gave"
        )
        what.add_parser("list", help="list the tokens, without their secrets")
        revoke = what.add_parser("revoke", help="end a token now")
        revoke.add_argument("number", type=int)

    def handle(self, **options: Any) -> None:
        """Do it, at this moment."""
        now = timezone.now()
        try:
            getattr(self, f"_{options['what']}")(options, now)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _issue(self, options: dict[str, Any], now: datetime) -> None:
        until = None
        if options["until"]:
            day = parse_date(options["until"])
            if day is None:
                raise CommandError("--until: YYYY-MM-DD")
            until = timezone.make_aware(datetime.combine(day, datetime.max.time()))
        given = getpass("Secret: ").strip() if options["given"] else ""
        if options["given"] and not given:
            raise CommandError("There is no secret in what was typed.")
        token, secret = tokens.issue(
            label=options["label"],
            now=now,
            until=until,
            secret=given,
        )
        self.stdout.write(f"Token {token.pk}: {token.label}")
        if not given:
            self.stdout.write(f"Secret, shown this once: {secret}")

    def _list(self, _options: dict[str, Any], now: datetime) -> None:
        valid = set(AntsToken.objects.valid(now).values_list("pk", flat=True))
        for token in AntsToken.objects.all():
            self.stdout.write(
                "  ".join(
                    (
                        f"{token.pk:3}",
                        token.direction.ljust(3),
                        ("valid" if token.pk in valid else "ended").ljust(5),
                        tokens.masked(token),
                        f"until {token.valid_until:%Y-%m-%d}" if token.valid_until else "no end",
                        f"used {token.last_used_at:%Y-%m-%d %H:%M}"
                        if token.last_used_at
                        else "never used",
                        token.label,
                    )
                )
            )

    def _revoke(self, options: dict[str, Any], now: datetime) -> None:
        token = tokens.revoke(pk=options["number"], now=now)
        self.stdout.write(f"Token {token.pk} is over: {token.label}")
