"""Run a management command: ``parvis migrate``, ``parvis create_commune``, ``parvis doctor``."""

import os
import sys

import psycopg
from django.conf import settings
from django.core.management import execute_from_command_line
from environs import EnvError

from parvis.acting import Actor, acting
from parvis.home import join_running


def main() -> None:
    """Run the command named on the command line, on the running installation if there is one."""
    join_running()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")
    try:
        settings.is_overridden("DEBUG")  # reads the settings now: what is wrong in them has a name
    except (EnvError, ValueError, psycopg.ProgrammingError) as error:
        sys.exit(f"parvis: the configuration cannot be read: {error}")
    with acting(Actor(channel="command", action=" ".join(sys.argv[1:2]))):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
