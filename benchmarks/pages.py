"""Requests per second of a one-query page of a commune, beside the same page in plain Django.

Both sides run under the same server with one worker each and are asked in turn, round by round,
over connections that stay open.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from benchmarks.measure import Sheet
from benchmarks.world import bench_commune
from booking.models import Service


ROUNDS, SECONDS, CLIENTS = 7, 2.0, 2
NAMES = ("Carte d’identité", "Passeport", "Recensement", "PACS", "Mariage") * 2


def run(sheet: Sheet) -> None:
    """Print requests per second of both sides and their ratio."""
    with bench_commune("9b994") as commune, _plain_table():
        Service.objects.bulk_create(
            Service(slug=f"s{n}", name=name, minutes=[20]) for n, name in enumerate(NAMES)
        )
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO public.plain_service SELECT * FROM booking_service")
        host = f"{commune.slug}.localhost"
        with (
            _server("benchmarks.sites.parvis_side:application", PARVIS_SERVING="1") as ours,
            _server("benchmarks.sites.plain_side:application") as plain,
        ):
            assert _get(ours, host) == _get(plain, "localhost"), "the two pages differ"
            rates = {ours: [], plain: []}
            for number in range(ROUNDS + 1):
                for port, name in ((ours, host), (plain, "localhost")):
                    rate = _rate(port, name)
                    if number:
                        rates[port].append(rate)
        best, limit = sorted(rates[ours])[ROUNDS // 2], sorted(rates[plain])[ROUNDS // 2]
        sheet.line(
            "W1",
            f"one-query page, all middleware, as a commune’s role: {best:.0f} req/s;"
            f" plain Django {limit:.0f} req/s: {best / limit:.2f} (>= 0.85)",
            holds=best / limit >= 0.85,
        )


@contextmanager
def _plain_table() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS public.plain_service")
        cursor.execute("CREATE TABLE public.plain_service (LIKE booking_service)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE public.plain_service")


@contextmanager
def _server(target: str, **environment: str) -> Iterator[int]:
    """Serve ``target`` with one worker on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1",
            "--blocking-threads", "1", "--host", "127.0.0.1", "--port", str(port),
            "--no-access-log", "--log-level", "error", target,
        ],
        env={**os.environ, "PARVIS_PORT": str(port), **environment},
    )  # fmt: skip
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    for _attempt in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


def _request(host: str) -> bytes:
    return f"GET /page/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def _get(port: int, host: str) -> bytes:
    """Return the body of one answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        head, body = _exchange(wire, _request(host))
    assert b" 200 " in head.splitlines()[0], head + body[:300]
    return body


def _exchange(wire: socket.socket, request: bytes) -> tuple[bytes, bytes]:
    wire.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += wire.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.splitlines()
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += wire.recv(65536)
    return head, body


def _rate(port: int, host: str) -> float:
    """Ask for ``SECONDS`` over a few open connections; return requests per second."""
    counts = [0] * CLIENTS
    request, until = _request(host), time.perf_counter() + SECONDS

    def ask(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
            while time.perf_counter() < until:
                _exchange(wire, request)
                counts[number] += 1

    threads = [threading.Thread(target=ask, args=[n]) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS
