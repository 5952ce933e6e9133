"""The process of live pages, and a page that listens to it without a browser."""

import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parvis.home import SOURCE
from parvis.live_server import TICK
from parvis.processes import spawn, stop, wait_until
from parvis.servers import LOOPBACK, free_port


@contextmanager
def live_process(
    environment: Mapping[str, str], port: int = 0, log: Path | None = None
) -> Iterator[int]:
    """Run the process for as long as the block lasts; yield its port."""
    port = port or free_port()
    command = [sys.executable, "-m", "parvis", "live", "--port", str(port)]
    paths = {"PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE / 'platform'}"}
    known = {**os.environ, **paths, **environment}
    child = spawn(command, name="live", environment=known, log=log)
    try:
        assert wait_until(lambda: status(port, "/") == 404, seconds=40), "live pages do not answer"
        time.sleep(0.1)  # what a page made at this instant may have missed is past
        yield port
    finally:
        stop(child)


def status(port: int, path: str, **headers: str) -> int:
    """Ask once and hang up; 0 when nobody answers."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


class Listener:
    """An open page: waits for ticks, and forgets those it waited for."""

    def __init__(self, port: int, path: str, **headers: str) -> None:
        lines = [f"GET {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        if "Host" not in headers:
            lines.append("Host: essai.localhost")
        self.socket = socket.create_connection((LOOPBACK, port), timeout=5)
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.head = b""
        while b"retry: " not in self.head:
            more = self.socket.recv(4096)
            assert more, self.head
            self.head += more
        self._unread = self.head.partition(b"retry: ")[2]

    def next(self, *, within: float) -> float | None:
        """Wait for a tick; return after how many seconds it came, None when none did."""
        started = time.monotonic()
        while TICK not in self._unread:
            self.socket.settimeout(max(started + within - time.monotonic(), 0.001))
            try:
                more = self.socket.recv(4096)
            except TimeoutError:
                return None
            if not more:
                return None
            self._unread += more
        self._unread = self._unread.partition(TICK)[2]
        return time.monotonic() - started

    def close(self) -> None:
        """Leave the page."""
        self.socket.close()
