"""Take webhooks in beside the demo: ``parvis demo_receiver --port 8002``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from demo.receiver import Receiver, demo_secret


class Command(BaseCommand):
    """Listen until stopped, and write what comes."""

    help = "Receive the webhooks of the demo, and check each of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Serve."""
        receiver = Receiver(demo_secret(), port=options["port"], say=self._say)
        self._say(f"listening at {receiver.url}")
        receiver.server.serve_forever()

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
