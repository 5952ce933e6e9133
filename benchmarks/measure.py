"""Time two ways of doing the same thing, alternating, and print ratios rather than promises."""

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection


Work = Callable[[], object]


@dataclass(slots=True)
class Sheet:
    """What the run found; ``failures`` decide the exit status.

    A commitment that is broken fails the run. An aim that is missed is said, and does not.
    """

    failures: list[str] = field(default_factory=list)

    def line(
        self, code: str, text: str, *, holds: bool | None = None, is_aim: bool = False
    ) -> None:
        """Print one result; ``holds`` says whether a commitment is kept, or an aim reached."""
        verdict = {True: "ok", False: "aim missed" if is_aim else "FAIL", None: ""}[holds]
        print(f"{code:<5} {text:<120} {verdict}", flush=True)
        if holds is False and not is_aim:
            self.failures.append(code)


def alternate(rounds: int, *works: Work, warm_up: int = 3) -> list[list[float]]:
    """Run each work in turn, ``rounds`` times; return the seconds of each, warm-up dropped."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(rounds + warm_up):
        for times, work in zip(taken, works, strict=True):
            started = time.perf_counter()
            work()
            if number >= warm_up:
                times.append(time.perf_counter() - started)
    return taken


def median(seconds: list[float]) -> float:
    """Return the median in milliseconds."""
    return statistics.median(seconds) * 1000


def at_best(seconds: list[float]) -> float:
    """Return the shortest in milliseconds: what others do on the machine matters least to it."""
    return min(seconds) * 1000


def percentile(seconds: list[float], share: float) -> float:
    """Return a percentile in milliseconds, the nearest rank."""
    ranked = sorted(seconds)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1000


def header() -> None:
    """Say on what the figures were taken."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    print(
        f"commit {commit or '-'} · PostgreSQL {server} (fsync {fsync}) · "
        f"Python {platform.python_version()} · {os.cpu_count()} cores · "
        f"load {os.getloadavg()[0]:.1f}\n"
    )
