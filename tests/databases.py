"""A database that has been migrated once, for all who need one of their own."""

import os
import subprocess
import sys
import time
from hashlib import sha256

import psycopg
from psycopg import sql

from parvis.home import SOURCE


MODEL = "tests_model_"
SECONDS = 420
LOCK = 0x7E575  # any number, the same in each process of the suite


def run(environment: dict[str, str], *arguments: str) -> None:
    """Run a management command to its end, bounded in time."""
    done = subprocess.run(
        [sys.executable, "-m", "parvis", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-4000:]}"


def migrated() -> str:
    """Name a database with every migration and nothing else, to be copied; made by the first.

    It stays as long as the servers do, for the next run: its name says which migrations.
    """
    name = f"{MODEL}{_digest()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as db:
        db.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        kept = {row[0] for row in db.execute("SELECT datname FROM pg_database")}
        if name not in kept:
            for other in (each for each in kept if each.startswith(MODEL)):
                drop_database(os.environ["DATABASE_URL"], other)
            _make(db, name)
    return name


def _digest() -> str:
    """Sum up what a migration may read: the migrations, and the apps that know of schemas."""
    files = [*SOURCE.glob("*/migrations/*.py"), *SOURCE.glob("platform/*/migrations/*.py")]
    files += [*SOURCE.glob("tenants/*.py"), *SOURCE.glob("audit/*.py")]
    return sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()[:16]


def _make(db: psycopg.Connection, name: str) -> None:
    unfinished = f"{name}_part"
    drop_database(os.environ["DATABASE_URL"], unfinished)
    db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
    run(environment_of(unfinished), "migrate", "--verbosity=0")
    words = (sql.Identifier(unfinished), sql.Identifier(name))
    db.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*words))


def environment_of(name: str) -> dict[str, str]:
    """Name a database of the suite's servers for a command."""
    owner, app = (
        os.environ.get(each, os.environ["DATABASE_URL"]).partition("?")[0].rpartition("/")[0]
        for each in ("DATABASE_URL", "PARVIS_APP_DATABASE_URL")
    )
    return {
        **os.environ,
        "DATABASE_URL": f"{owner}/{name}",
        "PARVIS_APP_DATABASE_URL": f"{app}/{name}",
        "PARVIS_SECRET_KEY": "for tests only, long enough to please everybody 0123456789",
        "PARVIS_FERNET_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "parvis.settings",
    }


def copy(dsn: str, model: str, name: str) -> None:
    """Make a database like another one."""
    with psycopg.connect(dsn, autocommit=True) as db:
        words = (sql.Identifier(name), sql.Identifier(model))
        db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*words))


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
