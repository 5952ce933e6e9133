"""The same question put to the package django-appointment: same data, same PostgreSQL, same run.

The package gets an environment of its own, made once and kept in the user's cache folder, and a
schema of its own beside ours. Its staff have our counters' hours, our break as an unavailability
of each day, our public holidays as days off, and our appointments. It is asked day by day and
member by member, as its own calendar page asks, through the function that page calls.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.measure import Sheet, alternate, median
from benchmarks.world import HOURS, VISIT, ZONE, Place, bench_commune, configure, fill
from booking import planning
from booking.models import Service


PEER = "django-appointment==3.12.0"
SCHEMA = "bench_peer"
COUNTERS, DAYS, APPOINTMENTS, STEP = 3, 60, 2_000, 10
ROUNDS = 5
INSTALL_S = 240


class Missing(Exception):
    """The peer cannot be installed here; the text says why."""


def run(sheet: Sheet) -> None:
    """Print how long each side takes for the same starts, and how many queries."""
    try:
        python = environment()
    except Missing as reason:
        sheet.line("P1", f"django-appointment: skipped, nothing was compared ({reason})")
        return
    first = _monday_to_come(timezone.localdate())
    with bench_commune("9b992"):
        service = configure(COUNTERS, step=STEP)
        drawn = fill(service, APPOINTMENTS, first=first, days=DAYS)
        with _peer(python, _world(first, drawn)) as peer:
            _compare(sheet, service, peer, first)


def environment() -> Path:
    """Return the Python that has the peer, installed now if it never was.

    Raises:
        Missing: there is no network, no space, or no such package.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "parvis-bench"
    folder = cache / PEER.replace("==", "-")
    wanted = [PEER, f"django=={version('django')}", f"psycopg[binary]=={version('psycopg')}"]
    stamp, python = folder / "installed", folder / "bin" / "python"
    if stamp.exists() and stamp.read_text() == " ".join(wanted):
        return python
    print(f"Installing {PEER} in an environment of its own, once…", flush=True)
    _quietly([sys.executable, "-m", "venv", "--clear", str(folder)])
    _quietly([str(python), "-m", "pip", "install", "--quiet", "--retries", "1", *wanted])
    stamp.write_text(" ".join(wanted))
    return python


def _quietly(command: list[str]) -> None:
    said = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    try:
        done = subprocess.run(
            command,
            env=_bare_environment() | said,
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_S,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Missing(str(fault)) from fault
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["no reason given"]
        raise Missing(f"pip install {PEER} failed: {words[-1]}")


def _bare_environment() -> dict[str, str]:
    """Give the peer nothing of ours: neither our modules nor our settings."""
    ours = ("PYTHON", "DJANGO", "PARVIS", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _monday_to_come(today: date) -> date:
    """Return a Monday that the peer's own clock has not reached: it offers nothing in the past."""
    return today + timedelta(days=14 - today.weekday())


def _world(first: date, drawn: list[Place]) -> dict[str, Any]:
    (opens, noon), (afternoon, closes) = HOURS
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return {
        "first": first.isoformat(),
        "days": DAYS,
        "staff": COUNTERS,
        "minutes": VISIT // timedelta(minutes=1),
        "step": STEP,
        "weekdays": list(range(5)),
        "opens": opens.isoformat(),
        "closes": closes.isoformat(),
        "pause": [noon.isoformat(), afternoon.isoformat()],
        "days_off": [str(d) for d in days if d in planning.current_plan(d.year).holidays],
        "appointments": [
            [unit, str(local.date()), str(local.time()), str((local + VISIT).time())]
            for unit, local in drawn
        ],
    }


class Peer:
    """A running peer: one line in, one line out."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, words: dict[str, Any]) -> dict[str, Any]:
        """Send one line and wait for the answer."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The peer ended by itself; its own words are above.")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def _peer(python: Path, world: dict[str, Any]) -> Iterator[Peer]:
    """Run the peer on the world given, in a schema that is dropped afterwards."""
    _run_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}")
    root = Path(__file__).parents[1]
    process = subprocess.Popen(
        [str(python), "-m", "benchmarks.sites.peer.answer"],
        cwd=root,
        env=_bare_environment()
        | {
            "PYTHONPATH": str(root),
            "PEER_DATABASE_URL": settings.OWNER_DATABASE_URL,
            "PEER_SCHEMA": SCHEMA,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        peer = Peer(process)
        assert peer.ask(world)["appointments"] == APPOINTMENTS
        yield peer
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=20)
        _run_sql(f"DROP SCHEMA {SCHEMA} CASCADE")


def _run_sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _compare(sheet: Sheet, service: Service, peer: Peer, first: date) -> None:
    now = datetime.combine(first, time.min, ZONE)
    question = {"first": str(first), "days": DAYS}

    def ours() -> list[datetime]:
        return planning.free(
            service=service, persons=1, first=first, days=DAYS, now=now, online=True
        ).starts()

    seconds: list[float] = []

    def theirs() -> list[datetime]:
        answer = peer.ask(question)
        seconds.append(answer["seconds"])  # its own clock: the talk between us does not count
        return [datetime.fromisoformat(start) for start in answer["starts"]]

    mine = [start.astimezone(ZONE).replace(tzinfo=None) for start in ours()]
    assert mine == theirs(), "the two answers differ"
    with CaptureQueriesContext(connection) as queries:
        ours()
    count = peer.ask(question | {"count": True})["queries"]
    seconds.clear()
    times, _talk = alternate(ROUNDS, ours, theirs, warm_up=1)
    taken, theirs_taken = median(times), median(seconds[1:])
    sheet.line(
        "P1",
        f"{DAYS} days, {COUNTERS} counters, {APPOINTMENTS} appointments, the same {len(mine)} starts:"
        f" {taken:.2f} ms, {len(queries)} queries; {PEER} {theirs_taken:.0f} ms, {count} queries:"
        f" {theirs_taken / taken:.0f} x faster (>= 200)",
        holds=theirs_taken / taken >= 200,
    )
