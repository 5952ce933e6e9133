"""The one door to servers of others: those that settings name, and nothing they redirect to.

Called from pages too, hence short: a server that does not answer costs each process two short
waits, then nothing until it is tried again.
"""

import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


PATIENCE_S = 2.0
CHUNK = 16_384
AGENT = "Parvis"


class Unreachable(Exception):
    """The server did not answer in time, or not as it should."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    kind: str
    content: bytes
    retry_after: str = ""


def fetch(
    url: str,
    *,
    most_bytes: int,
    patience_s: float = PATIENCE_S,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """GET an address; a redirect is an answer like another, and is not followed.

    Raises:
        Unreachable: no answer in time, or one that is too long.
    """
    parts = urlsplit(url)
    make = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}[parts.scheme]
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    until = time.monotonic() + patience_s
    connection = make(parts.netloc, timeout=patience_s)
    try:
        connection.request("GET", target, headers={"User-Agent": AGENT, **(headers or {})})
        answer = connection.getresponse()
        content = b""
        while chunk := answer.read(CHUNK):
            content += chunk
            if len(content) > most_bytes or time.monotonic() > until:
                raise Unreachable(f"{parts.hostname} says too much, or too slowly.")
    except (OSError, http.client.HTTPException) as fault:
        raise Unreachable(f"{parts.hostname} does not answer: {fault}") from fault
    finally:
        connection.close()
    return Answer(
        status=answer.status,
        kind=(answer.getheader("Content-Type") or "").partition(";")[0].strip().lower(),
        content=content,
        retry_after=answer.getheader("Retry-After") or "",
    )


class Breaker:
    """Stop asking a server that does not answer; one request tries again after each pause."""

    def __init__(
        self,
        *,
        failures: int = 2,
        pause_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._pause, self._clock = failures, pause_s, clock
        self._lock = threading.Lock()
        self._failures, self._until = 0, 0.0

    def allows(self) -> bool:
        """Tell whether to ask now."""
        with self._lock:
            if self._failures < self._most:
                return True
            now = self._clock()
            if now < self._until:
                return False
            self._until = now + self._pause
            return True

    def succeeded(self) -> None:
        """Note that the server answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Note that it did not."""
        with self._lock:
            self._failures += 1
            self._until = self._clock() + self._pause

    def rest(self, seconds: float) -> None:
        """Leave it alone for a time that it asked for."""
        with self._lock:
            self._failures = self._most
            self._until = self._clock() + seconds
