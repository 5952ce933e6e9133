"""The whole server as it was at an instant, in a folder and on a socket of its own, to read from.

A base backup is copied and the WAL is replayed up to the instant; there the copy pauses. It
never leaves recovery, so nobody can write in it; it archives nothing and listens on no port.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGINT

import psycopg
from psycopg.conninfo import make_conninfo

from parvis.backups import Backup, Store, refuse_small_disk
from parvis.home import Trouble
from parvis.processes import Child, spawn, stop, wait_until


PORT = 5432  # the number of a socket in a folder of its own, not of a network port
START_S = 30 * 60
# What the copy may not have less of than the server it was taken from.
AT_LEAST = {
    "max_connections": "max_connections setting",
    "max_worker_processes": "max_worker_processes setting",
    "max_wal_senders": "max_wal_senders setting",
    "max_prepared_transactions": "max_prepared_xacts setting",
    "max_locks_per_transaction": "max_locks_per_xact setting",
}
AS_IT_WAS = {
    "listen_addresses": "",
    "archive_mode": "off",
    "fsync": "off",
    "shared_preload_libraries": "",
    "ssl": "off",
    "hot_standby": "on",
    "recovery_target_action": "pause",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_min_messages": "warning",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


class OutOfReach(Trouble):
    """The copy did not come to the instant; the text is what PostgreSQL said."""


@dataclass(frozen=True, slots=True)
class Past:
    """The server as it was, while it runs."""

    store: Store
    folder: Path
    socket: Path

    def dsn(self, *, user: str, database: str) -> str:
        """Build the address of one of its databases."""
        return make_conninfo(host=str(self.socket), port=PORT, user=user, dbname=database)

    def last_change(self, *, user: str, database: str) -> datetime | None:
        """Tell when the last transaction was committed that the copy contains."""
        with psycopg.connect(self.dsn(user=user, database=database)) as connection:
            found = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
        return found[0].astimezone(UTC) if found and found[0] else None

    def dump(self, *, schema: str, user: str, database: str) -> Path:
        """Write one schema as SQL, tables, rows and rights; it goes with the copy."""
        into = self.folder / "own" / "dump.sql"
        self.store.run(
            "pg_dump",
            *("-n", schema, "-f", into, "-d", self.dsn(user=user, database=database)),
        )
        return into


def refuse_unfit(store: Store, backup: Backup) -> None:
    """Check that the copy has room, and that these programs can run it.

    Raises:
        DiskTooSmall: less is free than the copy, and the same again for what is loaded, need.
        Trouble: the programs are of another version.
    """
    refuse_small_disk(store.root, 2 * backup.data_bytes)
    _refuse_other_version(store, backup)


@contextmanager
def past(
    *, store: Store, backup: Backup, at: datetime, user: str, database: str, restore_command: str
) -> Iterator[Past]:
    """Run the server as it was at ``at`` for as long as the block lasts.

    ``user`` is a role that reads what is asked for; ``database`` is where it is asked.

    Raises:
        Trouble: the disk is too small, or the programs are of another version.
        OutOfReach: the WAL does not lead there.
    """
    refuse_unfit(store, backup)
    folder = store.folder(Path(tempfile.mkdtemp(prefix="scratch-", dir=store.root)))
    # A path of a socket holds 107 characters.
    socket = store.folder(Path(tempfile.mkdtemp(prefix="parvis-")))
    try:
        store.run("cp", "-a", "--reflink=auto", backup.data(store), folder / "data")
        child = _start(store, folder, socket, at, restore_command)
        try:
            copy = Past(store, folder, socket)
            _wait_until_there(child, copy, user, database)
            yield copy
        finally:
            stop(child, patience_s=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(socket, ignore_errors=True)


def _start(store: Store, folder: Path, socket: Path, at: datetime, restore_command: str) -> Child:
    data, own = folder / "data", folder / "own"
    store.folder(own)
    files = {
        own / "postgresql.conf": "",
        own / "hba.conf": "local all all trust\n",  # the folder of the socket is closed to others
        own / "ident.conf": "",
        data / "recovery.signal": "",
        data / "postgresql.auto.conf": "",
    }
    for path, text in files.items():
        path.write_text(text)
        path.chmod(0o644)
    settings = AS_IT_WAS | _at_least(store, data)
    settings |= {
        "config_file": str(own / "postgresql.conf"),
        "hba_file": str(own / "hba.conf"),
        "ident_file": str(own / "ident.conf"),
        "data_directory": str(data),
        "unix_socket_directories": str(socket),
        "port": str(PORT),
        "restore_command": restore_command,
        "recovery_target_time": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00"),
    }
    return spawn(
        [
            store.programs / "postgres",
            *("-D", data),
            *(word for item in settings.items() for word in ("-c", "=".join(item))),
        ],
        name="PostgreSQL",
        environment={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        log=folder / "log",
        identity=store.identity,
        farewell=SIGINT,
        cwd=data,
    )


def _wait_until_there(child: Child, copy: Past, user: str, database: str) -> None:
    """Wait until the copy pauses at its instant.

    Raises:
        OutOfReach: it ended before.
    """

    def paused() -> bool:
        if not child.is_running():
            raise OutOfReach(child.last_words())
        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(copy.dsn(user=user, database=database)) as connection,
        ):
            found = connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone()
            return found == ("paused",)
        return False

    if not wait_until(paused, seconds=START_S):
        raise OutOfReach(child.last_words())


def _at_least(store: Store, data: Path) -> dict[str, str]:
    """Read with which limits the server ran."""
    told = {}
    for line in store.run("pg_controldata", data).splitlines():
        name, _, value = line.partition(":")
        told[name.strip()] = value.strip()
    return {name: told[shown] for name, shown in AT_LEAST.items() if shown in told}


def _refuse_other_version(store: Store, backup: Backup) -> None:
    ours = store.run("postgres", "--version").split()[-1].partition(".")[0]
    theirs = str(backup.server // 10000)
    if ours != theirs:
        raise Trouble(
            f"The backup is of PostgreSQL {theirs} and these programs are of {ours}:"
            " set PARVIS_PG_BIN to the folder of the same version. Nothing was changed."
        )
