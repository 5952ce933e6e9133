"""Base backups, the WAL between them and the files of communes, each with a date of expiry.

::

    <backups>/on              made by the first backup: from then on the server archives its WAL
    <backups>/wal/            the WAL, compressed, one file per segment
    <backups>/base/<stamp>/   the data folder of PostgreSQL, and ``parvis.json`` beside it
    <backups>/media/<stamp>/  the files of communes as they were; hard links where possible
    <backups>/restores/       what each restore did

Nothing here needs Django. Programs run as the account that runs PostgreSQL for root.
"""

import fcntl
import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from parvis.home import Trouble
from parvis.processes import Identity, as_user, wait_until


KEPT = timedelta(days=35)
SPARE_BYTES = 200_000_000
STAMP = "%Y%m%dT%H%M%S.%fZ"
COMMAND_S = 4 * 3600
ARCHIVE_S = 120


class DiskTooSmall(Trouble):
    """A copy has no room."""

    def __init__(self, place: Path, free: int, needed: int) -> None:
        self.place, self.free_mb, self.needed_mb = place, free // 1_000_000, needed // 1_000_000
        super().__init__(
            f"The disk of {place} has {self.free_mb} MB left and {self.needed_mb} are needed."
        )


@dataclass(frozen=True, slots=True)
class Store:
    """Where backups are, with which programs they are made, and as whom."""

    root: Path
    programs: Path
    identity: Identity | None = None

    @property
    def wal(self) -> Path:
        """The folder of the WAL."""
        return self.root / "wal"

    @property
    def restores(self) -> Path:
        """The folder of what restores did."""
        return self.root / "restores"

    @property
    def restore_command(self) -> str:
        """The command by which PostgreSQL fetches a segment of its WAL again."""
        return f"gzip -dc <{_quoted(self.wal)}/%f.gz >%p"

    def run(
        self, program: str, *arguments: str | Path, environment: Mapping[str, str] | None = None
    ) -> str:
        """Run a program of PostgreSQL, or one of the system, and return what it says.

        Raises:
            Trouble: it failed; the text is its own.
        """
        own = self.programs / program
        done = subprocess.run(
            [str(own) if own.exists() else program, *(str(word) for word in arguments)],
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **(environment or {})},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
            **as_user(self.identity),
        )
        if done.returncode:
            raise Trouble(f"{program}: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def folder(self, path: Path) -> Path:
        """Make a folder that the account of PostgreSQL can write."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.identity:
            os.chown(path, self.identity.user, self.identity.group)
        return path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the store: a backup and a restore at the same time would hinder one another.

        Raises:
            Trouble: another one goes on.
        """
        self.folder(self.root)
        with (self.root / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Trouble("Another backup or restore is at work: wait for its end.") from error
            yield


@dataclass(frozen=True, slots=True)
class Backup:
    """One base backup; every instant from ``at`` on can be reached from it."""

    stamp: str
    at: datetime
    lsn: str
    first_wal: str
    release: str
    server: int
    data_bytes: int
    media_files: int
    media_bytes: int
    seconds: float
    expires: datetime

    def data(self, store: Store) -> Path:
        """Locate its data folder."""
        return store.root / "base" / self.stamp / "data"

    def media(self, store: Store) -> Path:
        """Locate the files of communes as they were."""
        return store.root / "media" / self.stamp


def archiving(root: Path, *, durable: bool) -> dict[str, str]:
    """Return the settings with which a server archives its WAL here, once a backup exists.

    A segment appears whole or not at all. Offered a second time it is compared, never replaced.
    """
    place, on = f"{_quoted(root / 'wal')}/%f.gz", _quoted(root / "on")
    keep = f"gzip -1 <%p >{place}.part"
    if durable:
        keep += f" && sync {place}.part"
    return {
        "archive_mode": "on",
        "archive_timeout": "300",
        "archive_command": (
            f"if test ! -e {on}; then exit 0; "
            f"elif test -e {place}; then gzip -dc <{place} | cmp -s - %p; "
            f"else {keep} && mv {place}.part {place}; fi"
        ),
    }


def refuse_small_disk(place: Path, needed: int) -> None:
    """Check that so many bytes can be written, and some to spare.

    Raises:
        DiskTooSmall: they cannot.
    """
    free = shutil.disk_usage(place).free
    if free < needed + SPARE_BYTES:
        raise DiskTooSmall(place, free, needed + SPARE_BYTES)


def refuse_unready(connection: psycopg.Connection) -> None:
    """Check that the server archives what it writes.

    Raises:
        Trouble: it does not, or cannot.
    """
    found = connection.execute(
        "SELECT current_setting('archive_mode'),"
        " current_setting('archive_library') || current_setting('archive_command')"
    ).fetchone()
    mode, command = found or ("off", "")
    if mode == "off" or command in {"", "(disabled)"}:
        raise Trouble(
            "This PostgreSQL does not archive its WAL: without it a backup only leads back to the"
            " minute it was made. Set archive_mode = on and archive_command, restart it, and read"
            " docs/operations.md."
        )
    failing = connection.execute(
        "SELECT last_failed_wal FROM pg_stat_archiver"
        " WHERE last_failed_time > coalesce(last_archived_time, '-infinity')"
    ).fetchone()
    if failing:
        raise Trouble(
            f"PostgreSQL cannot archive its WAL (segment {failing[0]}): read its log, look at the"
            " space and the rights of the archive, then run this again."
        )


def take(*, store: Store, dsn: str, media: Path, release: str, durable: bool = True) -> Backup:
    """Copy the whole server while it works, check the copy, keep the files of communes.

    Raises:
        Trouble: the server does not archive, the disk is too small, or the copy is damaged.
    """
    started = time.monotonic()
    with psycopg.connect(dsn, connect_timeout=5, autocommit=True) as connection:
        refuse_unready(connection)
        refuse_small_disk(store.root, _size(connection))
        for name in ("wal", "base", "media", "restores"):
            store.folder(store.root / name)
        (store.root / "on").touch()
        stamp = datetime.now(UTC).strftime(STAMP)
        partial = store.folder(store.root / "base" / f".{stamp}")
        try:
            store.run(
                "pg_basebackup",
                *("-D", partial / "data", "--checkpoint=fast", "--wal-method=stream"),
                *("--no-password", "--no-sync"),
                environment=environment_of(dsn),
            )
            store.run("pg_verifybackup", "--quiet", partial / "data")
            at = _clock(connection)
            server = connection.info.server_version
        except Trouble:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    count, size = _keep_media(media, store.root / "media" / stamp)
    lsn, first_wal = _start_of(partial / "data")
    backup = Backup(
        stamp=stamp,
        at=at,
        lsn=lsn,
        first_wal=first_wal,
        release=release,
        server=server,
        data_bytes=_weight(partial / "data"),
        media_files=count,
        media_bytes=size,
        seconds=round(time.monotonic() - started, 2),
        expires=at + KEPT,
    )
    write_json(partial / "parvis.json", asdict(backup))
    if durable:
        os.sync()
    partial.rename(store.root / "base" / stamp)
    return backup


def ship(dsn: str) -> None:
    """Have everything archived that is written by now.

    Raises:
        Trouble: the archive does not receive it.
    """
    with psycopg.connect(dsn, connect_timeout=5, autocommit=True) as connection:
        refuse_unready(connection)
        # A segment in which nothing was written is never switched, nor archived.
        connection.execute("SELECT pg_logical_emit_message(false, 'parvis', 'archive')")
        found = connection.execute(
            "SELECT pg_walfile_name(pg_current_wal_insert_lsn()), pg_switch_wal()"
        ).fetchone()
        wanted = str(found[0]) if found else ""

        def is_there() -> bool:
            last = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
            return bool(last and last[0] and last[0][: len(wanted)] >= wanted)

        if not wait_until(is_there, seconds=ARCHIVE_S):
            refuse_unready(connection)
            raise Trouble(f"The archive has not received {wanted} within {ARCHIVE_S} s.")


def kept(store: Store) -> list[Backup]:
    """List the backups, oldest first."""
    found = []
    for path in sorted((store.root / "base").glob("[0-9]*/parvis.json")):
        facts = json.loads(path.read_text())
        facts["at"] = datetime.fromisoformat(facts["at"])
        facts["expires"] = datetime.fromisoformat(facts["expires"])
        found.append(Backup(**facts))
    return found


def expire(*, store: Store, now: datetime) -> list[Backup]:
    """Delete the backups whose time is over, but the newest, and the WAL that led on from them."""
    for partial in (store.root / "base").glob(".*"):
        shutil.rmtree(partial, ignore_errors=True)
    every = kept(store)
    over = [backup for backup in every[:-1] if backup.expires <= now]
    for backup in over:
        shutil.rmtree(store.root / "base" / backup.stamp)
        shutil.rmtree(backup.media(store), ignore_errors=True)
    left = [backup for backup in every if backup not in over]
    if left:
        _forget_wal(store.wal, before=left[0].first_wal)
    return over


def before(store: Store, at: datetime) -> Backup | None:
    """Find the last backup from which an instant can be reached."""
    return max(
        (backup for backup in kept(store) if backup.at <= at),
        key=lambda backup: backup.at,
        default=None,
    )


def environment_of(dsn: str) -> dict[str, str]:
    """Say an address in environment variables: an argument can be read by everybody."""
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
    }
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    return {names[name]: str(value) for name, value in parts.items() if name in names and value}


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write facts, readable by their owner alone, whole or not at all."""
    partial = path.with_suffix(".part")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=1, default=str, ensure_ascii=False)
    partial.replace(path)


def _quoted(path: Path) -> str:
    """Write a path for the shell of PostgreSQL, where a percent sign has a meaning."""
    return shlex.quote(str(path)).replace("%", "%%")


def _clock(connection: psycopg.Connection) -> datetime:
    found = connection.execute("SELECT clock_timestamp()").fetchone()
    return found[0].astimezone(UTC) if found else datetime.now(UTC)


def _size(connection: psycopg.Connection) -> int:
    found = connection.execute("SELECT sum(pg_database_size(oid)) FROM pg_database").fetchone()
    return int(found[0]) if found else 0


def _start_of(data: Path) -> tuple[str, str]:
    """Read where recovery begins: ``START WAL LOCATION: 0/3000028 (file 0000…)``."""
    line = (data / "backup_label").read_text().splitlines()[0]
    lsn, _, file = line.partition(": ")[2].partition(" (file ")
    return lsn, file.rstrip(")")


def _forget_wal(folder: Path, *, before: str) -> None:
    """Delete the segments that no backup needs; the first 8 letters of a name are no order."""
    for path in folder.glob("[0-9A-F]*.gz"):
        if path.name[8:24] < before[8:24]:
            path.unlink()


def _weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _keep_media(source: Path, target: Path) -> tuple[int, int]:
    """Link or copy every file of the communes; what disappears meanwhile is left out."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = size = 0
    for path in source.rglob("*") if source.exists() else ():
        if not path.is_file():
            continue
        copy = target / path.relative_to(source)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _link(path, copy)
        except FileNotFoundError:
            continue
        count, size = count + 1, size + copy.stat().st_size
    return count, size


def _link(path: Path, copy: Path) -> None:
    try:
        os.link(path, copy)
    except FileNotFoundError:
        raise
    except OSError:  # another disk
        shutil.copy2(path, copy)
