"""The databases of the journeys: the demo is loaded once, and each process has a copy of it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from psycopg import sql

from tests.conftest import WORKER
from tests.geoportal import Geoportal


ROOT = Path(__file__).parents[2]
MODEL_PORT = 8000


def run(environment: dict[str, str], *arguments: str) -> None:
    """Run a management command to its end, bounded in time."""
    done = subprocess.run(
        [sys.executable, "-m", "parvis", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=420,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-4000:]}"


def environment_of(name: str, home: Path, maps: Geoportal, port: int) -> dict[str, str]:
    """Name the database, the files and the servers of a demo; each process has its own cache."""
    owner, app = (
        os.environ.get(each, os.environ["DATABASE_URL"]).partition("?")[0].rpartition("/")[0]
        for each in ("DATABASE_URL", "PARVIS_APP_DATABASE_URL")
    )
    return {
        **os.environ,
        "DATABASE_URL": f"{owner}/{name}",
        "PARVIS_APP_DATABASE_URL": f"{app}/{name}",
        "REDIS_URL": os.environ["REDIS_URL"].rpartition("/")[0] + f"/{9 + WORKER}",
        "PARVIS_DEMO": "1",
        "PARVIS_TILES_URL": maps.tiles,
        "PARVIS_GEOCODER_URL": maps.geocoder,
        "PARVIS_PORT": str(port),
        "PARVIS_HOME": str(home),
        "PARVIS_SECRET_KEY": "for journeys only, long enough to please everybody 0123456789",
        "PARVIS_FERNET_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "parvis.settings",
    }


def load(home: Path, maps: Geoportal) -> None:
    """Make the database and the files that each process copies, called alike."""
    drop_database(os.environ["DATABASE_URL"], home.name)  # of a load that failed
    copy(os.environ["DATABASE_URL"], "template1", home.name)
    unfinished = home.with_suffix(".part")
    environment = environment_of(home.name, unfinished, maps, MODEL_PORT)
    for steps in (
        ["migrate", "--verbosity=0"],
        ["collectstatic", "--noinput", "--verbosity=0"],
        ["demo_load", "--seed", "33"],
    ):
        run(environment, *steps)
    unfinished.rename(home)


def copy(dsn: str, model: str, name: str) -> None:
    """Make a database like another one."""
    with psycopg.connect(dsn, autocommit=True) as db:
        words = (sql.Identifier(name), sql.Identifier(model))
        db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*words))


def move(dsn: str, port: int) -> None:
    """Let the site that shows the widget be where this copy answers."""
    with psycopg.connect(dsn) as db:
        ports = (f":{MODEL_PORT}", f":{port}")
        db.execute(
            "UPDATE widgets_embeddingsite"
            " SET page = replace(page, %s, %s), origin = replace(origin, %s, %s)",
            [*ports, *ports],
        )


def drop_database(dsn: str, name: str) -> None:
    """Drop the database once the last connection of the server is gone, ten seconds at most."""
    with psycopg.connect(dsn, autocommit=True) as db:
        for attempt in range(50):
            try:
                db.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            except psycopg.errors.ObjectInUse:
                if attempt == 49:
                    raise
                time.sleep(0.2)
            else:
                return
