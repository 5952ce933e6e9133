"""``parvis bounce``: read one notification of a mail server on the standard input."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from messaging.actions import note_bounce
from messaging.bounces import MOST_BYTES, read_bounce
from parvis.guard import PUBLIC
from tenants.models import Commune
from tenants.tasks import in_each


class Command(BaseCommand):
    """What a mail server pipes its notifications into, one at a time."""

    help = "Read a delivery status notification on stdin: a message refused for good is given up."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address it came to, where the mail server gives it."""
        parser.add_argument("--to", default="", help="the address the notification came to")

    def handle(self, *, to: str, **_options: Any) -> None:
        """Note it; what cannot be read, or is about nothing of ours, is let go."""
        found = read_bounce(sys.stdin.buffer.read(MOST_BYTES), recipient=to)
        if found is None:
            self.stdout.write("nothing of ours")
            return

        def work() -> bool:
            return note_bounce(
                pk=found.row,
                is_permanent=found.is_permanent,
                reason=found.reason,
                now=timezone.now(),
            )

        if found.schema == PUBLIC:
            done = work()
        else:
            communes = Commune.objects.with_schema().filter(schema_name=found.schema)
            done = any(noted for _commune, noted in in_each(communes, work))
        self.stdout.write("noted" if done else "nothing to note")
