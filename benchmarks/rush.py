"""Monday, 09:00: ten thousand citizens within a minute want the slots of the week just opened.

The product runs as in production: the same web server with the same settings, its own database
role, a proxy trusted to say who asks. The crowd (``crowd.py``) runs beside it on the same cores,
in processes of its own, so the figures are worse than those of a server that has its machine.
Static files are not asked for: browsers keep them.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from benchmarks.crowd import PATIENCE_S, TRIES
from benchmarks.measure import Sheet, median, percentile
from benchmarks.world import ZONE, bench_commune, configure, doubles
from booking import planning
from booking.models import Appointment, Service
from parvis.processes import Child, spawn, stop
from parvis.supervisor import PARTS


CITIZENS, SECONDS, GOING_ON, CROWDS = 10_000, 60, 600, 2
COUNTERS, OPEN_DAYS, STEP = 3, 5, 20
AIM_MS = 150
CROWD = "198.18.0.0/15"  # where those of ``benchmarks.crowd`` come from


def run(sheet: Sheet) -> None:
    """Print what everybody got and how long the page of slots took."""
    call_command("collectstatic", "--noinput", verbosity=0, skip_checks=True)
    with bench_commune("9b991") as commune:
        service = _open_week(timezone.localdate(timezone=ZONE))
        places = COUNTERS * len(_free(service))
        with _web_server() as (server, port):
            order = {
                "port": port,
                "host": f"{commune.slug}.{settings.BASE_DOMAIN}",
                "slots": f"/rendez-vous/{service.slug}/creneaux/?persons=1",
                "seconds": SECONDS,
                "citizens": CITIZENS // CROWDS,
                "going_on": GOING_ON // CROWDS,
            }
            alone = _warm_up(order)
            others = os.getloadavg()[0]
            seen = _rush(order)
        if any(status.startswith("5") for crowd in seen for status in crowd["statuses"]):
            print(server.last_words())
        _say(sheet, seen, alone=alone, places=places, left=len(_free(service)))
        if others > 0.5:
            print(f"      the machine was busy before the crowd came: load {others:.1f}")


def _open_week(today: date) -> Service:
    """Open one week of slots, some days from now: nobody can have them before."""
    first = today + timedelta(days=2)
    between = (first, first + timedelta(days=OPEN_DAYS - 1))
    service = configure(COUNTERS, weekdays=range(7), step=STEP, between=between)
    service.horizon_days = 60
    service.save(update_fields=["horizon_days"])
    return service


def _free(service: Service) -> list[datetime]:
    now = timezone.now()
    return planning.free(
        service=service, persons=1, first=now.date(), days=14, now=now, online=True
    ).starts()


@contextmanager
def _web_server() -> Iterator[tuple[Child, int]]:
    """Run the product's web server as the demo does, behind a trusted proxy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program, *arguments = PARTS["web"]
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    child = spawn(
        [Path(sys.executable).parent / program, *arguments, "--port", str(port)],
        name="web",
        environment=inherited
        | {"PARVIS_PORT": str(port), "PARVIS_TRUSTED_PROXIES": "1", "PARVIS_COMMUNE_CEILING": "0"}
        | {"PARVIS_OFFICE_NETWORKS": CROWD},  # people, all at once: they are asked for no proof
        log=settings.HOME / "rush.log",
    )
    try:
        _wait(child, port)
        yield child, port
    finally:
        stop(child)


def _wait(child: Child, port: int) -> None:
    for _attempt in range(300):
        assert child.is_running(), child.last_words()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    raise TimeoutError(port)


def _warm_up(order: dict[str, Any]) -> list[float]:
    """Let every thread of the server answer; return what one page takes when nobody waits."""
    before = {"seconds": 8, "citizens": 80, "going_on": 0}
    [seen] = _send([order | before | {"seed": 1}])
    assert not seen["faults"], seen["faults"]
    return list(seen["seconds"]["slots"][20:])


def _rush(order: dict[str, Any]) -> list[dict[str, Any]]:
    return _send([order | {"seed": 100 + number} for number in range(CROWDS)])


def _send(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run one crowd for each order, all from the same instant; return what they saw."""
    start = time.monotonic() + 1.5
    crowds = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crowd"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _order in orders
    ]
    for process, order in zip(crowds, orders, strict=True):
        assert process.stdin
        process.stdin.write(json.dumps(order | {"start": start}) + "\n")
        process.stdin.flush()
    limit = orders[0]["seconds"] + TRIES * PATIENCE_S
    return [json.loads(process.communicate(timeout=limit)[0]) for process in crowds]


def _say(
    sheet: Sheet, seen: list[dict[str, Any]], *, alone: list[float], places: int, left: int
) -> None:
    def seconds(what: str) -> list[float]:
        return [each for crowd in seen for each in crowd["seconds"].get(what, [])] or [0.0]

    late = [each for crowd in seen for each in crowd["late"]]
    statuses, ends = Counter[str](), Counter[str]()
    for crowd in seen:
        statuses.update(crowd["statuses"])
        ends.update(crowd["ends"])
    failed = sum(count for status, count in statuses.items() if status.startswith("5"))
    sold = Appointment.objects.filter(status=Appointment.Status.BOOKED).count()
    twice = doubles()
    answers = sum(count for status, count in statuses.items() if status.isdecimal())
    slots = seconds("slots")
    sheet.line(
        "M1",
        f"{CITIZENS:,} citizens in {SECONDS} s, {GOING_ON} of them go on, {places} places:"
        f" {sold} sold, {twice} twice, {left} starts left, {failed} answers 5xx,"
        f" {ends['gave up']} gave up",
        holds=(twice, failed, ends["gave up"], sold) == (0, 0, 0, min(places, ends["booked"])),
    )
    for fault in [fault for crowd in seen for fault in crowd["faults"]][:3]:
        print(f"      {fault}")
    sheet.line(
        "M2",
        f"page of slots p50 {median(slots):.0f} ms, p99 {percentile(slots, 0.99):.0f} ms (aim {AIM_MS});"
        f" when nobody waits {median(alone):.0f} ms; {answers / SECONDS:.0f} answers/s asked",
        holds=percentile(slots, 0.99) < AIM_MS,
        is_aim=True,
    )
    for what in ("hold", "details", "confirm", "form", "whole booking"):
        print(
            f"      {what:<14} p50 {median(seconds(what)):.0f} ms,"
            f" p99 {percentile(seconds(what), 0.99):.0f} ms, {len(seconds(what))} of them"
        )
    print(
        f"      the crowd’s own delay p50 {median(late):.1f} ms, p99 {percentile(late, 0.99):.1f} ms;"
        f" answers {dict(sorted(statuses.items()))}, ends {dict(sorted(ends.items()))}"
    )
