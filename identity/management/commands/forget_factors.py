"""Forget the second factors of somebody who lost them all."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from identity import factor_actions
from tenants.models import User


class Command(BaseCommand):
    """Whoever runs it has made sure of the person, as the README of identity says."""

    help = "Forget the second factors of an account whose person lost them all; she is told."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read whose, and who vouches for her."""
        parser.add_argument("--user", required=True, help="e-mail address of the account")
        parser.add_argument(
            "--vouched-by", required=True, help="e-mail address of the administrator who knows her"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse unless somebody else who manages one of her teams vouches for her."""
        user = User.objects.filter(email__iexact=options["user"], is_active=True).first()
        other = User.objects.filter(email__iexact=options["vouched_by"], is_active=True).first()
        if user is None or other is None:
            raise CommandError("No such account.")
        if not factor_actions.may_vouch(for_user=user, by=other):
            raise CommandError("Only another administrator of one of her teams vouches for her.")
        number = factor_actions.forget_factors(user=user)
        self.stdout.write(f"{number} second factor(s) forgotten; {user.email} is told.")
