"""Servers that are made to be killed: PostgreSQL, Valkey, a mail server, the web, the worker.

Everything is the product's own, in a folder of its own and on ports of its own, and what is
started again comes back at the same address. PostgreSQL keeps its promises here (``fsync`` and
``synchronous_commit`` are on): a test on servers that forget would find what is not there.
"""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from parvis import database
from parvis.home import SOURCE, Trouble, keep_secrets, open_home
from parvis.processes import Child, spawn, stop, wait_until
from parvis.servers import LOOPBACK, Postgres, find_postgres_tools, free_port, valkey
from parvis.supervisor import PARTS


START_S = 60
OWNERS = ("DATABASE_URL", "PARVIS_BACKUP_DATABASE_URL")
DOMAIN = "localhost"


@dataclass(slots=True)
class Ground:
    """What a scenario stands on, and what it may knock down."""

    folder: Path
    secrets: Mapping[str, str]
    postgres: Postgres
    web_port: int
    mail_port: int
    valkey_port: int
    environment: dict[str, str] = field(default_factory=dict)
    _parts: dict[str, ExitStack] = field(default_factory=dict)
    _children: dict[str, Child] = field(default_factory=dict)

    @property
    def mails(self) -> Path:
        """The folder of the mail server."""
        return self.folder / "mails"

    @property
    def armed(self) -> Path:
        """The folder of the fault points."""
        return self.folder / "armed"

    # --- PostgreSQL ---------------------------------------------------------------------------

    def start_database(self) -> None:
        """Start PostgreSQL, in a loop: what a killed one leaves behind keeps it from starting."""
        deadline = time.monotonic() + START_S
        while True:
            stack = ExitStack()
            try:
                stack.enter_context(self.postgres.running(self.secrets["superuser_password"]))
            except Trouble:
                stack.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                self._parts["database"] = stack
                return

    @contextmanager
    def archiving(self) -> Iterator[None]:
        """Let PostgreSQL archive its WAL, from a new start to the next one after the block."""
        plain = self.postgres
        self._start_as(replace(plain, backups=Path(self.environment["PARVIS_BACKUPS"])))
        try:
            yield
        finally:
            self._start_as(plain)

    def _start_as(self, postgres: Postgres) -> None:
        self.end("database")
        self.postgres = postgres
        self.start_database()

    def kill_database(self) -> None:
        """Kill the first process of PostgreSQL; the others notice by themselves."""
        lines = (self.postgres.data / "postmaster.pid").read_text().splitlines()
        os.kill(int(lines[0]), signal.SIGKILL)
        self._parts.pop("database").close()

    def lose_database(self) -> None:
        """Kill every process of PostgreSQL at once, as a machine that is gone."""
        crew = _at_home_in(self.postgres.data)
        self.kill_database()
        for pid in crew:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def has_database_ended(self) -> bool:
        """Say whether PostgreSQL has ended by itself."""
        return "database" in self._parts and not (self.postgres.data / "postmaster.pid").exists()

    def hand_over_to(self, postgres: Postgres, running: ExitStack) -> None:
        """Take another server, which runs already, for the database from now on."""
        self.postgres, self._parts["database"] = postgres, running

    # --- Valkey -------------------------------------------------------------------------------

    def start_valkey(self) -> None:
        """Start an empty Valkey at the address the product knows."""
        stack = ExitStack()
        url = stack.enter_context(
            valkey(self.folder, password=self.secrets["valkey_password"], port=self.valkey_port)
        )
        self.environment["REDIS_URL"] = url
        self._parts["valkey"] = stack

    def kill_valkey(self) -> None:
        """Kill Valkey; what it knew is lost."""
        for pid in _listeners("valkey-server", self.valkey_port):
            os.kill(pid, signal.SIGKILL)
        self._parts.pop("valkey").close()

    # --- Mail, web, worker --------------------------------------------------------------------

    def start_mail(self, *, anew: bool = True) -> None:
        """Start the mail server; ``anew`` is with nothing in it and no orders."""
        self.end("mail")
        self.mails.mkdir(exist_ok=True)
        for path in self.mails.iterdir() if anew else ():
            path.unlink()
        words = [sys.executable, "-m", "faults.sink", str(self.mail_port), str(self.mails)]
        self._spawn("mail", words, self.mail_port)

    def order(self, **orders: Any) -> None:
        """Tell the mail server what to do with the next mails."""
        partial = self.mails / "orders.partial"
        partial.write_text(json.dumps(orders))
        partial.replace(self.mails / "orders.json")

    def start_web(self, name: str = "web", port: int = 0, **environment: str) -> Child:
        """Start the product's web server, as the demo and a deployment do."""
        program, *arguments = PARTS["web"]
        words = [_program(program), *arguments[:-1], "faults.serve:application"]
        port = port or self.web_port
        return self._spawn(name, [*words, "--port", str(port)], port, environment)

    def start_wire(self) -> int:
        """Start a wire to the database that can be cut; return the port of its other end."""
        port = free_port()
        numbers = [str(port), str(self.postgres.port)]
        self._spawn(
            "wire", [sys.executable, "-m", "faults.wire", *numbers, str(self.folder)], port
        )
        return port

    def database_at(self, *ports: int) -> str:
        """Return the address by which the product reaches its database at these ports."""
        url = self.environment["PARVIS_APP_DATABASE_URL"]
        places = ",".join(f"{LOOPBACK}:{port}" for port in ports)
        return url.replace(f"{LOOPBACK}:{self.postgres.port}/", f"{places}/")

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Let the wire carry nothing until the end of the block."""
        (self.folder / "cut").touch()
        try:
            yield
        finally:
            (self.folder / "cut").unlink()

    def start_worker(self, **environment: str) -> Child:
        """Start the product's Celery worker, which waits for nobody to say so."""
        program, *arguments = PARTS["worker"]
        words = [_program(program), *arguments]
        words[words.index("parvis.worker")] = "faults.work"
        return self._spawn("worker", words, None, environment)

    def start_scheduler(self, **environment: str) -> Child:
        """Start the product's scheduler; its sweep comes every two seconds."""
        words = [_program("celery"), "-A", "faults.work", "beat", "--loglevel", "WARNING"]
        schedule = self.folder / "schedule"
        return self._spawn(
            "scheduler", [*words, "--schedule", str(schedule), "--pidfile="], None, environment
        )

    def end(self, name: str) -> None:
        """Stop a part, if it runs."""
        if (stack := self._parts.pop(name, None)) is not None:
            stack.close()

    def arm(self, point: str, number: int) -> None:
        """Arm one fault at one point of the product's code."""
        (self.armed / f"{point}.{number:03}.armed").touch()

    def landed(self, point: str) -> list[int]:
        """List the processes that died at a point."""
        found = self.armed.glob(f"{point}.*.landed")
        return [int(path.read_text()) for path in found if path.read_text()]

    def close(self) -> None:
        """Stop everything, last come first."""
        for name in reversed(list(self._parts)):
            self.end(name)

    def start_again(self) -> int:
        """Start what has ended by itself, as any process manager does; count it."""
        if self.has_database_ended():
            self._parts.pop("database").close()
            self.start_database()
        ended = [name for name, child in self._children.items() if not child.is_running()]
        for name in ended:
            child = self._children[name]
            self.end(name)
            self._keep(name, child.again())
        return len(ended)

    def _keep(self, name: str, child: Child) -> None:
        def leave() -> None:
            self._children.pop(name, None)
            stop(child)

        stack = ExitStack()
        stack.callback(leave)
        self._parts[name], self._children[name] = stack, child

    def _spawn(
        self,
        name: str,
        words: list[str],
        port: int | None,
        environment: Mapping[str, str] | None = None,
    ) -> Child:
        log = self.folder / f"{name}.log"
        inherited = {**os.environ, **self.environment, **(environment or {})}
        for owner in OWNERS:
            inherited.pop(owner, None)  # what serves has the restricted role alone
        child = spawn(words, name=name, environment=inherited, log=log, cwd=SOURCE)
        self._keep(name, child)
        if port and not wait_until(
            lambda: answers(port) or not child.is_running(), seconds=START_S
        ):
            raise Trouble(child.last_words())
        return child


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Run PostgreSQL, Valkey and the mail server for as long as the block lasts."""
    open_home(folder)
    secrets = keep_secrets(folder)
    postgres = Postgres.in_folder(folder, durable=True, archive=True)
    found = Ground(
        folder=folder,
        secrets=secrets,
        postgres=replace(postgres, backups=None),  # until a scenario says otherwise
        web_port=free_port(),
        mail_port=free_port(),
        valkey_port=free_port(),
    )
    found.armed.mkdir(exist_ok=True)
    try:
        found.start_valkey()
        found.start_database()
        owner = found.postgres.owner_url(dict(secrets))
        found.environment |= {
            "DATABASE_URL": owner,
            "PARVIS_APP_DATABASE_URL": database.as_role(
                owner, role=database.APP_ROLE, password=secrets["app_password"]
            ),
            "PARVIS_BACKUPS": str(postgres.backups),
            "PARVIS_BACKUP_DATABASE_URL": found.postgres.superuser_url(dict(secrets)),
            "PARVIS_SECRET_KEY": secrets["secret_key"],
            "PARVIS_FERNET_KEYS": secrets["fernet_key"],
            "PARVIS_HOME": str(folder),
            "PARVIS_PORT": str(found.web_port),
            "PARVIS_BASE_DOMAIN": DOMAIN,
            "PARVIS_TRUSTED_PROXIES": "1",
            "PARVIS_SMTP_HOST": LOOPBACK,
            "PARVIS_SMTP_PORT": str(found.mail_port),
            "PARVIS_TILES_URL": "",
            "PARVIS_GEOCODER_URL": "",
            "PARVIS_PG_BIN": str(find_postgres_tools()),
            "PARVIS_FAULT": str(found.armed),
        }
        database.prepare(owner, app_password=secrets["app_password"])
        found.start_mail()
        yield found
    finally:
        found.close()


def answers(port: int) -> bool:
    """Say whether somebody listens at a port."""
    with suppress(OSError):
        socket.create_connection((LOOPBACK, port), timeout=1).close()
        return True
    return False


def _program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _at_home_in(folder: Path) -> list[int]:
    """Find the processes that work in a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if place.readlink() == folder.resolve():
                found.append(int(place.parent.name))
    return found


def _listeners(name: str, port: int) -> list[int]:
    """Find our own children of this name which listen at a port."""
    found = []
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    for pid in children:
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_text()
            if name in command and f":{port}" in command:
                found.append(int(pid))
    return found
