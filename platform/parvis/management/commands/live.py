"""Serve live pages."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from parvis.servers import LOOPBACK
from parvis.supervisor import LIVE


class Command(BaseCommand):
    """Becomes the process of live pages: the web server of Parvis, with its ASGI application."""

    help = "Tell open pages what has changed; the edge leads /direct/ here."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say where to listen."""
        parser.add_argument("--host", default=LOOPBACK)
        parser.add_argument("--port", default=8001, type=int)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Start it in place of this process, without what it must not know."""
        where = ("--host", options["host"], "--port", str(options["port"]))
        program = Path(sys.executable).with_name(LIVE[0])
        known = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        os.execve(program, [*LIVE, *where, "parvis.live_server:application"], known)  # noqa: S606
