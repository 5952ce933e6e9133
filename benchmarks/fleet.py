"""Communes on a server of their own that archives, people who write in them, and what must hold.

Used twice: small, by the tests, with seeded faults that the checks must find; and at full size by
``make bench P=restore``.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from parvis import backups
from parvis.fingerprints import Prints, prints
from parvis.home import SOURCE
from parvis.servers import delete_data, servers


HIDDEN = ("DATABASE_URL", "REDIS_URL", "PARVIS_APP_DATABASE_URL", "PARVIS_BACKUPS")
OUTBOX = "parvis_outgoingemail"
# One commune is furnished by Django, the others get copies of its rows.
FURNISH = """
import sys
import django
django.setup()
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from benchmarks import world
from parvis.models import OutgoingEmail
from tenants.actions import open_commune
from tenants.models import Commune

count, visits, letters = map(int, sys.argv[1:])
now = timezone.now()
for number in range(count):
    commune, _made = Commune.objects.get_or_create(
        insee_code=f"9B{number:03d}", schema_name=f"c_9b{number:03d}", slug=f"essai-{number}",
        name=f"Essai {number}", phone="05 56 00 00 00")
    open_commune(commune=commune, now=now)
    if number % 20 == 0:
        connection.close()
connection.set_tenant(Commune.objects.get(insee_code="9B000"))
service = world.configure(counters=12)
world.fill(service, visits, first=now.date() + timedelta(days=10), days=300)
OutgoingEmail.objects.bulk_create(
    OutgoingEmail(key=f"old:{n}", subject="Rendez-vous", body="Bonjour. " * 200,
                  to=["citizen@example.org"], sent_at=now)
    for n in range(letters))
"""
COPY = """
DO $$ DECLARE line record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR line IN
        SELECT table_name AS name,
               string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS columns
        FROM information_schema.columns
        WHERE table_schema = '{source}' AND is_generated = 'NEVER'
          AND table_name <> 'django_migrations'
          AND table_name IN (SELECT relname FROM pg_class
                             WHERE relnamespace = '{source}'::regnamespace AND relkind = 'r')
        GROUP BY table_name
    LOOP
        EXECUTE format('DELETE FROM {target}.%I', line.name);
        EXECUTE format('INSERT INTO {target}.%I (%s) OVERRIDING SYSTEM VALUE'
                       ' SELECT %s FROM {source}.%I', line.name, line.columns, line.columns,
                       line.name);
    END LOOP;
    FOR line IN SELECT sequencename AS name, last_value AS last FROM pg_sequences
        WHERE schemaname = '{source}' AND last_value IS NOT NULL
    LOOP PERFORM setval(format('{target}.%I', line.name), line.last); END LOOP;
END $$
"""
# A row like another, whatever columns a release has added.
ANOTHER = """
INSERT INTO {schema}.{table}
SELECT (jsonb_populate_record(row, %(change)s::jsonb || jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('{schema}.{table}', 'id'))))).*
FROM {schema}.{table} AS row ORDER BY id LIMIT 1 RETURNING id
"""


@dataclass(slots=True)
class Fleet:
    """Communes on their own server."""

    folder: Path
    environment: dict[str, str]
    store: backups.Store
    schemas: list[str] = field(default_factory=list)
    program: str = "parvis"
    """The module whose commands are run."""

    @property
    def dsn(self) -> str:
        """The address of the owner."""
        return self.environment["DATABASE_URL"]

    @property
    def restored(self) -> str:
        """The commune that is put back."""
        return self.schemas[0]

    @property
    def others(self) -> list[str]:
        """Those that must notice nothing."""
        return self.schemas[1:]

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Python on this installation."""
        done = subprocess.run(
            [sys.executable, "-P", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return done

    def parvis(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of Parvis."""
        return self.run("-m", self.program, *arguments, check=check)

    def furnish(self, count: int, *, visits: int, letters: int) -> None:
        """Open communes and fill them all alike."""
        self.run("-c", FURNISH, str(count), str(visits), str(letters))
        self.schemas = [f"c_9b{number:03d}" for number in range(count)]
        with psycopg.connect(self.environment["PARVIS_BACKUP_DATABASE_URL"]) as connection:
            for target in self.others:
                connection.execute(COPY.format(source=self.restored, target=target))
                connection.commit()

    def tell(self, statement: str, **values: object) -> list[tuple]:
        """Run one statement as the owner and commit."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def clock(self) -> datetime:
        """Read the clock of the database."""
        return self.tell("SELECT clock_timestamp()")[0][0]

    def prints(self, *schemas: str) -> dict[str, Prints]:
        """Fingerprint whole schemas."""
        with psycopg.connect(self.dsn) as connection:
            return {schema: prints(connection, schema) for schema in schemas}

    def size(self) -> int:
        """Weigh the database."""
        return self.tell("SELECT pg_database_size(current_database())")[0][0]


@contextmanager
def fleet(*, durable: bool, like: str = "") -> Iterator[Fleet]:
    """Run an installation of its own, migrated, or with the public schema of another database."""
    folder = Path(mkdtemp(prefix="parvis-"))
    folder.chmod(0o711)
    hidden = {name: os.environ.pop(name) for name in HIDDEN if name in os.environ}
    try:
        with ExitStack() as stack:
            found = stack.enter_context(servers(folder, durable=durable, archive=True))
            os.environ.update(hidden)
            environment = {
                **os.environ,
                **found,
                "PARVIS_HOME": str(folder),
                "PYTHONPATH": os.pathsep.join([str(SOURCE), str(SOURCE / "platform")]),
                "DJANGO_SETTINGS_MODULE": "parvis.settings",
            }
            made = Fleet(folder, environment, _store(found))
            if like:
                copy_public(made, like)
            else:
                made.parvis("migrate", "--verbosity", "0")
            yield made
    finally:
        os.environ.update(hidden)
        delete_data(folder)


def copy_public(fleet: Fleet, like: str) -> None:
    """Copy the public schema, a third of a minute faster than migrating."""
    dump = fleet.store.run("pg_dump", "-n", "public", environment=backups.environment_of(like))
    (fleet.folder / "public.sql").write_text(dump)
    (fleet.folder / "public.sql").chmod(0o644)
    known = {name for (name,) in fleet.tell("SELECT rolname FROM pg_roles")}
    for role in sorted(set(re.findall(r" TO (t_\w+);", dump)) - known):
        fleet.tell(f"CREATE ROLE {role} NOLOGIN")
    fleet.store.run(
        *("psql", "-X", "-q", "-o", "/dev/null", "--set=ON_ERROR_STOP=1"),
        *("-c", "DROP SCHEMA public", "-f", fleet.folder / "public.sql"),
        environment=backups.environment_of(fleet.dsn),
    )
    # Its communes have no schema here.
    fleet.tell("UPDATE tenants_commune SET state = 'listed', opened_at = NULL")


def _store(environment: dict[str, str]) -> backups.Store:
    from tenants.keeping import open_store  # noqa: PLC0415 (Django may not be set up before)

    return replace(open_store(), root=Path(environment["PARVIS_BACKUPS"]))


@dataclass(slots=True)
class Writers:
    """People who write in every other commune meanwhile: what was acknowledged, and when."""

    fleet: Fleet
    written: Counter[str] = field(default_factory=Counter)
    acknowledged: list[tuple[str, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @contextmanager
    def writing(self, threads: int) -> Iterator[None]:
        """Write until the block is over."""
        for number in range(threads):
            thread = threading.Thread(
                target=self._write, args=(self.fleet.others[number::threads],)
            )
            self._threads.append(thread)
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()

    def landed(self, start: float, end: float) -> Counter[str]:
        """Count by commune what was acknowledged between two instants."""
        return Counter(schema for schema, at in self.acknowledged if start <= at <= end)

    def _write(self, schemas: list[str]) -> None:
        with psycopg.connect(self.fleet.dsn, autocommit=True) as connection:
            turn = 0
            while not self._over.is_set():
                turn += 1
                for schema in schemas:
                    change = f'{{"key": "meanwhile:{turn}"}}'
                    try:
                        connection.execute(
                            ANOTHER.format(schema=schema, table=OUTBOX), {"change": change}
                        )
                    except psycopg.Error as fault:
                        self.failures.append(f"{schema}: {fault}")
                        return
                    self.written[schema] += 1
                    self.acknowledged.append((schema, time.monotonic()))
                time.sleep(0.002)


def restore(fleet: Fleet, at: datetime, *arguments: str) -> tuple[str, tuple[float, float], float]:
    """Run ``parvis restore`` and return its words, when the swap went on, and how long it took."""
    started = time.monotonic()
    words, marks = [], []
    with subprocess.Popen(
        [
            *(sys.executable, "-u", "-P", "-m", fleet.program, "restore"),
            *("--commune", fleet.restored, "--at", at.isoformat(), *arguments),
        ],
        env=fleet.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            words.append(line)
            if line.startswith(("Relu", "La commune est ouverte")):
                marks.append(time.monotonic())
    if process.returncode or len(marks) != 2:
        raise RuntimeError("".join(words)[-3000:])
    return "".join(words), (marks[0], marks[1]), time.monotonic() - started
