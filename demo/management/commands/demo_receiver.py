"""Take webhooks in at ``PARVIS_DEMO_RECEIVER``: ``parvis demo_receiver``."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from demo.receiver import Receiver, demo_secret


class Command(BaseCommand):
    """Listen until stopped, and write what comes."""

    help = "Receive the webhooks of the demo, and check each of them."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Serve."""
        port = urlsplit(settings.DEMO_RECEIVER).port or 0
        receiver = Receiver(demo_secret(), port=port, say=self._say)
        self._say(f"listening at {receiver.url}")
        receiver.server.serve_forever()

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
