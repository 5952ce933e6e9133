"""The databases of the journeys: the demo is loaded once, and each process has a copy of it."""

import os
from pathlib import Path

import psycopg

from tests import databases
from tests.conftest import WORKER
from tests.databases import copy, drop_database, migrated, run
from tests.geoportal import Geoportal


MODEL_PORT = 8000


def environment_of(name: str, home: Path, maps: Geoportal, port: int) -> dict[str, str]:
    """Name the database, the files and the servers of a demo; each process has its own cache."""
    return databases.environment_of(name) | {
        "REDIS_URL": os.environ["REDIS_URL"].rpartition("/")[0] + f"/{9 + WORKER}",
        "PARVIS_DEMO": "1",
        "PARVIS_TILES_URL": maps.tiles,
        "PARVIS_GEOCODER_URL": maps.geocoder,
        "PARVIS_PORT": str(port),
        "PARVIS_HOME": str(home),
    }


def load(home: Path, maps: Geoportal) -> None:
    """Make the database and the files that each process copies, called alike."""
    drop_database(os.environ["DATABASE_URL"], home.name)  # of a load that failed
    copy(os.environ["DATABASE_URL"], migrated(), home.name)
    unfinished = home.with_suffix(".part")
    environment = environment_of(home.name, unfinished, maps, MODEL_PORT)
    for steps in (
        ["migrate", "--verbosity=0"],
        ["collectstatic", "--noinput", "--verbosity=0"],
        ["demo_load", "--seed", "33"],
    ):
        run(environment, *steps)
    unfinished.rename(home)


def move(dsn: str, port: int) -> None:
    """Let the site that shows the widget be where this copy answers."""
    with psycopg.connect(dsn) as db:
        ports = (f":{MODEL_PORT}", f":{port}")
        db.execute(
            "UPDATE widgets_embeddingsite"
            " SET page = replace(page, %s, %s), origin = replace(origin, %s, %s)",
            [*ports, *ports],
        )
