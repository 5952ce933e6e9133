"""Take webhooks in: ``parvis demo_receiver --url http://127.0.0.1:8002/avis``."""

from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandParser

from demo.receiver import Receiver, demo_secret


class Command(BaseCommand):
    """Listen until stopped, and write what comes."""

    help = "Receive the webhooks of the demo, and check each of them."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address, of this machine."""
        parser.add_argument("--url", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Serve."""
        receiver = Receiver(demo_secret(), port=urlsplit(options["url"]).port or 0, say=self._say)
        self._say(f"listening at {receiver.url}")
        receiver.server.serve_forever()

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
