"""Five hundred pages are open: how long after the commit does each hear that it changed?

The process of live pages runs as in production, the pages in a process of their own, the commits
in this one, all on the same cores. A browser adds at most 0.3 s, its share of not asking all at
once, and then asks for its page.
"""

import json
import os
import subprocess
import sys
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction

from benchmarks.measure import Sheet, median, percentile
from benchmarks.world import bench_commune
from booking.models import Service
from parvis import live, live_topics
from parvis.guard import current_schema
from parvis.processes import spawn, stop, wait_until
from parvis.servers import LOOPBACK, free_port
from parvis.supervisor import LIVE


PAGES, TOPICS, TICKS, APART_S = 500, 50, 200, 0.02
LATEST_MS = 3000


def run(sheet: Sheet) -> None:
    """Print how late the pages hear, and what the process that tells them weighs."""
    with bench_commune("9b996"), _live_process() as (port, pid):
        service = Service.objects.create(slug="s", name="s", minutes=[20])
        empty = _resident_mb(pid)
        with _pages(port) as pages:
            full = _resident_mb(pid)
            committed = _commit(service)
            time.sleep(1.5)
            heard = _end(pages)
    late = [when - max(_before(committed[topic], when)) for topic, when in heard]
    expected = TICKS * PAGES // TOPICS
    sheet.line(
        "V1",
        f"{PAGES} open pages on {TOPICS} topics, {TICKS} commits: heard after median"
        f" {median(late):.1f} ms, p95 {percentile(late, 0.95):.1f}, worst {max(late) * 1000:.0f}"
        f" (p95 <= {LATEST_MS}); {len(heard)} of {expected} ticks",
        holds=percentile(late, 0.95) <= LATEST_MS and len(heard) == expected,
    )
    sheet.line(
        "V2",
        f"memory of the process: {empty:.0f} MB, with {PAGES} pages {full:.0f} MB:"
        f" {(full - empty) * 1000 / PAGES:.0f} kB a page",
    )


def _commit(service: Service) -> dict[str, list[float]]:
    """Change something for one topic after the other; tell when each commit was done."""
    committed: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(TICKS):
        topic = f"day:{number % TOPICS}"
        with transaction.atomic():
            service.name = f"s{number}"
            service.save(update_fields=["name"])
            transaction.on_commit(lambda at=committed[topic]: at.append(time.monotonic()))
            live.touch(topic)
        time.sleep(APART_S)
    return committed


def _before(commits: list[float], when: float) -> list[float]:
    return commits[: bisect_right(commits, when)] or [0.0]


@contextmanager
def _live_process() -> Iterator[tuple[int, int]]:
    """Run the process, and yield its port and the number of the one that holds the streams."""
    port = free_port()
    program = Path(sys.executable).with_name(LIVE[0])
    where = ("--host", LOOPBACK, "--port", str(port), "parvis.live_server:application")
    child = spawn(
        [program, *LIVE[1:], *where],
        name="live",
        environment={**os.environ, "PARVIS_TRUSTED_PROXIES": "1"},
    )
    children = Path(f"/proc/{child.process.pid}/task/{child.process.pid}/children")
    try:
        assert wait_until(lambda: bool(children.read_text()), seconds=20)
        time.sleep(2)
        yield port, int(children.read_text().split()[0])
    finally:
        stop(child)


@contextmanager
def _pages(port: int) -> Iterator[subprocess.Popen[str]]:
    """Open the pages; the block begins once all are open."""
    schema = current_schema()
    topics = [f"day:{number % TOPICS}" for number in range(PAGES)]
    now = time.time()
    asked = [(topic, live_topics.address(schema, topic, since=now)) for topic in topics]
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.listeners", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        yield process


def _end(pages: subprocess.Popen[str]) -> list[tuple[str, float]]:
    said, _errors = pages.communicate(timeout=20)
    return [(topic, when) for topic, when in json.loads(said)]


def _resident_mb(pid: int) -> float:
    """Read how much memory a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000
