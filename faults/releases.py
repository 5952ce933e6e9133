"""S12: a release that ends in the middle of the communes, while both versions serve."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from faults import bookings, coming, history, world
from faults.citizens import Browser, NoAnswer
from faults.coming import APP, COLUMN, DEAD
from faults.ground import Ground
from faults.outcome import Outcome, patience
from faults.world import World
from parvis.home import SOURCE
from parvis.servers import free_port
from tenants.catalogue import fingerprints
from tenants.models import Commune


NOW, NEXT = "N-1", "N"
PAGE = "/rendez-vous/"
PASS_S, CITIZEN_S = 1.0, 0.3  # between two visits of a commune, and between two citizens
PATIENCE_S = 8.0  # for a page; the release waits half a second for a lock, and pages behind it
READS_S = 12.0  # how long a reader keeps its lock, unless the release has given way before
REFUSED = "canceling statement due to lock timeout"


@dataclass(frozen=True, slots=True)
class Visit:
    """One page that was asked for."""

    version: str
    schema: str
    began: float
    ended: float
    status: str


@dataclass(slots=True)
class Visitors:
    """Those who read pages of every commune, at both versions of the product."""

    ports: dict[str, int]
    communes: list[Commune]
    seen: list[Visit] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def visiting(self) -> Iterator[None]:
        """Let them come until the end of the block."""
        threads = [
            threading.Thread(target=self._visit, args=(version, number))
            for number, version in enumerate(self.ports)
        ]
        for each in threads:
            each.start()
        try:
            yield
        finally:
            self._over.set()
            for each in threads:
                each.join()

    def served(self, since: float) -> set[str]:
        """Name the communes that both versions have served since a moment."""
        found = {version: set[str]() for version in self.ports}
        for each in list(self.seen):
            if each.began > since and each.status == "200":
                found[each.version].add(each.schema)
        return set.intersection(*found.values())

    def refused(self, since: float) -> bool:
        """Say whether a page has not been served since a moment."""
        return any(each.began > since and each.status != "200" for each in list(self.seen))

    def _visit(self, version: str, number: int) -> None:
        turn = 0
        while not self._over.is_set():
            turn += 1
            for commune in self.communes:
                if not self._over.is_set():
                    address = f"198.18.{100 + number}.{turn % 250 + 1}"
                    self._look(version, commune, address)
                    time.sleep(PASS_S / len(self.communes))

    def _look(self, version: str, commune: Commune, address: str) -> None:
        host = f"{commune.slug}.{settings.BASE_DOMAIN}"
        began = time.monotonic()
        try:
            status, _location, _page = Browser(self.ports[version], host, address).ask("GET", PAGE)
            told = str(status)
        except NoAnswer as fault:
            told = str(fault)
        self.seen.append(Visit(version, commune.schema_name, began, time.monotonic(), told))


@dataclass(slots=True)
class Release:
    """The release, as an operator runs it."""

    ground: Ground
    mutant: str
    schemas: list[str]
    at: str

    def run(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run ``parvis migrate`` of the release to come."""
        named = {"FAULTS_RELEASE": "1", "FAULTS_MUTANT": self.mutant, **environment}
        return subprocess.run(
            [sys.executable, "-P", "-m", "faults.commands", "migrate", *words],
            env={**os.environ, **self.ground.environment, **named, "PYTHONPATH": _path()},
            cwd=SOURCE,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def status(self, done: int, names: str = "") -> list[str]:
        """Compare what the operator is told with how many communes must be done."""
        wanted = f"{done} done, {len(self.schemas) - done} left"
        told = self.run("--status")
        is_over = done == len(self.schemas)
        broken = []
        if wanted not in told.stdout:
            broken.append(f"I1 lost: {wanted}, but the status says {told.stdout.strip()!r}")
        if (told.returncode == 0) is not is_over:
            broken.append(f"I1 the status ends with {told.returncode}")
        if names not in told.stdout:
            broken.append(f"I12 nothing was in the way of {names}")
        if (changed := self.changed()) != done:
            broken.append(f"I1 lost: {changed} communes have the column, not {done}")
        return broken

    def changed(self) -> int:
        """Count the communes that have what the release brings."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM information_schema.columns WHERE column_name = %s"
                " AND table_name = 'booking_appointment' AND table_schema = ANY(%s)",
                [COLUMN, self.schemas],
            )
            return int(cursor.fetchone()[0])


def release_interrupted(
    ground: Ground, *, communes: int, at: int, seed: int, mutant: str = ""
) -> Outcome:
    """S12: end a release in one commune, let it fail there, wait for a reader, go on, go back."""
    outcome = Outcome("S12", f"release interrupted at commune no. {at} of {communes}", communes)
    outcome.within_s = PATIENCE_S
    with ExitStack() as stack:
        fleet = [
            stack.enter_context(world.commune(f"9b{200 + number}"))
            for number in range(1, communes + 1)
        ]
        stack.callback(_forget)
        places = [_receiving(fleet[0]), _receiving(fleet[-1])]
        connection.set_schema_to_public()
        release = Release(
            ground, mutant, [each.schema_name for each in fleet], fleet[at - 1].schema_name
        )
        ports = stack.enter_context(_both_served(ground, mutant))
        visitors = Visitors(ports, random.Random(seed).sample(fleet, communes))
        folders = [_folder(ground, place) for place in places]
        # In the gap each version writes in a commune that is at the other one.
        orders = [
            bookings.order(place, port=port, folder=folder, seed=seed, number=1)
            | {"pause_s": CITIZEN_S}
            for place, folder, port in zip(places, folders, ports.values(), strict=True)
        ]
        with visitors.visiting(), bookings.crowd(orders):
            _wait(visitors, time.monotonic(), communes)
            visitors.seen.clear()  # both have begun only now
            outcome.broken += _live_through(release, visitors, outcome, at=at)
        for place, folder in zip(places, folders, strict=True):
            outcome.broken += _booked(place, folder, outcome)
        outcome.broken += _unserved(visitors, outcome)
    return outcome


def _live_through(release: Release, visitors: Visitors, outcome: Outcome, *, at: int) -> list[str]:
    """Release, be interrupted, fail, go on, do nothing, go back."""
    broken = _interrupt(release, at)
    since = time.monotonic()
    broken += release.status(at - 1)
    with _in_the_way(release):
        release.run()
        broken += release.status(at - 1, release.at)
    every = len(release.schemas)
    outcome.landed = _wait(visitors, since, every)
    broken += _go_on(release, outcome)
    _wait(visitors, time.monotonic(), every)
    broken += _go_back(release)
    _wait(visitors, time.monotonic(), every)
    return broken


def _interrupt(release: Release, at: int) -> list[str]:
    dead = release.run(FAULTS_DIES_AT=release.at)
    if dead.returncode != DEAD:
        return [f"I12 the release did not die at no. {at}: {dead.stderr[-300:]}"]
    return []


def _go_on(release: Release, outcome: Outcome) -> list[str]:
    """Run the release again beside a reader, then once more."""
    broken = []
    began = time.monotonic()
    with _reader(release) as gave_way:
        done = release.run()
    outcome.facts.append(f"gone on in {time.monotonic() - began:.0f} s")
    if done.returncode:
        broken.append(f"I11 the release does not go on: {done.stderr[-300:]}")
    if not gave_way:
        broken.append("I12 the release never met the reader")
    broken += release.status(len(release.schemas))
    again = release.run()
    if again.returncode or " 0 migrated" not in again.stdout:
        broken.append(f"I1 doubled: the next run says {(again.stdout + again.stderr)[-200:]!r}")
    if len(set(fingerprints(release.schemas).values())) != 1:
        broken.append("I1 the communes are not alike afterwards")
    return broken


def _go_back(release: Release) -> list[str]:
    back = release.run(APP, coming.before())
    if back.returncode:
        return [f"I11 the release cannot be taken back: {back.stderr[-300:]}"]
    left = release.changed()
    return [f"I11 {left} communes were not taken back"] if left else []


def _wait(visitors: Visitors, since: float, wanted: int) -> int:
    """Wait until both versions have served every commune; return how many they have served."""
    with suppress(TimeoutError), patience(30, "") as limit:
        while len(visitors.served(since)) < wanted and not visitors.refused(since):
            limit.wait()
    return len(visitors.served(since))


@contextmanager
def _in_the_way(release: Release) -> Iterator[None]:
    """Leave in one commune what somebody has made by hand."""
    table = f"{release.at}.booking_service"
    _tell(release, f"ALTER TABLE {table} ADD COLUMN {COLUMN} integer")
    try:
        yield
    finally:
        _tell(release, f"ALTER TABLE {table} DROP COLUMN {COLUMN}")


def _tell(release: Release, statement: str) -> None:
    with psycopg.connect(release.ground.environment["DATABASE_URL"]) as owner:
        owner.execute(statement)


@contextmanager
def _reader(release: Release) -> Iterator[list[float]]:
    """Read for long in the commune that comes next; note when the release has given way."""
    gave_way: list[float] = []
    log = release.ground.postgres.log
    began = time.monotonic()
    before = log.read_text().count(REFUSED)
    over = threading.Event()

    def read() -> None:
        with psycopg.connect(release.ground.environment["DATABASE_URL"]) as reader:
            reader.execute(f"SELECT count(*) FROM {release.at}.booking_service")
            while not over.is_set() and not gave_way:
                if log.read_text().count(REFUSED) > before + 1:
                    gave_way.append(time.monotonic() - began)
                if _waited(reader) > READS_S:
                    return
                time.sleep(0.1)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield gave_way
    finally:
        over.set()
        thread.join()


def _waited(reader: psycopg.Connection) -> float:
    """Tell how long somebody has waited for what this reader holds."""
    found = reader.execute(
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)"
        " FROM pg_locks WHERE locktype = 'relation' AND NOT granted"
    ).fetchone()
    return float(found[0]) if found else 0.0


def _booked(place: World, folder: Path, outcome: Outcome) -> list[str]:
    """Compare what the citizens of one commune were told with what it has."""
    connection.set_tenant(place.commune)
    told, rows = history.read(folder), world.booked()
    outcome.facts.append(f"{len(rows)} booked in {place.commune.schema_name}")
    lost = [f"I11 {each['why']}" for each in told if each["event"] == "unknown"]
    broken = bookings.wrong(told, rows) + lost
    connection.set_schema_to_public()
    return broken + ([] if rows else [f"I12 nobody booked in {place.commune.schema_name}"])


def _unserved(visitors: Visitors, outcome: Outcome) -> list[str]:
    """Name what was not answered as it should, and what had to wait."""
    counts = Counter(each.version for each in visitors.seen)
    longest = max(each.ended - each.began for each in visitors.seen)
    outcome.recovery_s = longest  # the longest that a page has waited
    outcome.facts += [f"{count} pages by {version}" for version, count in sorted(counts.items())]
    bad = Counter((each.version, each.status) for each in visitors.seen if each.status != "200")
    return [
        f"I11 {count} times {status} by version {version}"
        for (version, status), count in bad.items()
    ]


@contextmanager
def _both_served(ground: Ground, mutant: str) -> Iterator[dict[str, int]]:
    """Run the product as it is and as it is to come, side by side."""
    port = free_port()
    ground.start_web()
    try:
        ground.start_web(
            "next", port, FAULTS_RELEASE="1", FAULTS_MUTANT=mutant, PARVIS_PORT=str(port)
        )
        yield {NOW: ground.web_port, NEXT: port}
    finally:
        ground.end("next")
        ground.end("web")


def _receiving(commune: Commune) -> World:
    connection.set_tenant(commune)
    place = world.receiving(commune)
    connection.set_schema_to_public()
    return place


def _folder(ground: Ground, place: World) -> Path:
    folder = ground.folder / "releases" / place.commune.schema_name
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    return folder


def _forget() -> None:
    """Leave nothing of the release in the ledger of the public schema."""
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = %s", [coming.NAME])


def _path() -> str:
    return os.pathsep.join([str(SOURCE), str(SOURCE / "platform")])
