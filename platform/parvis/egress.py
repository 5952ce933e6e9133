"""The one door to servers of others: those that settings name, and nothing they redirect to.

Called from pages too, hence short: a server that does not answer costs each process two short
waits, then nothing until it is tried again.

``fetch`` and ``post`` go where settings say. ``fetch_foreign`` goes where somebody typed, hence
only to public addresses, by https, at the very address that was checked; tasks call it, and a
login by the provider that an association chose.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit


PATIENCE_S = 2.0
CHUNK = 16_384
AGENT = "Parvis"
ASKABLE = "%/:=&?~+!$,;'()*[]"
"""What stays as it is in an address; accents do not, which a request cannot hold."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address behind a gateway (RFC 6052)
NOBODYS = [ipaddress.ip_network(each) for each in ("::/96", "64:ff9b:1::/48", "fec0::/10")]
FOREIGN_MOST_BYTES, FOREIGN_PATIENCE_S = 1_000_000, 10.0


class Unreachable(Exception):
    """The server did not answer in time, or not as it should."""


class TooMuch(Unreachable):
    """The server says more than anybody wants to hear."""


class Unanswered(Unreachable):
    """The question left, the answer did not come: nobody knows what was done of it."""


class Forbidden(Unreachable):
    """The address leads where nobody outside has anything to ask."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    kind: str
    content: bytes
    retry_after: str = ""
    tag: str = ""
    modified: str = ""
    """What makes the next question a conditional one: its ``ETag``, its ``Last-Modified``."""


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
    connection = make(parts.netloc, timeout=patience_s)
    return _get(connection, parts, most_bytes, patience_s, headers or {})


def post(
    url: str,
    content: bytes,
    *,
    most_bytes: int,
    patience_s: float,
    headers: Mapping[str, str],
    method: str = "POST",
) -> Answer:
    """POST to an address; a redirect is an answer like another, and is not followed.

    ``method`` is another verb that changes something there.

    Raises:
        Unanswered: the connection was made, and no answer came in time, or one that is too long.
        Unreachable: nothing was sent.
    """
    parts = urlsplit(url)
    make = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}[parts.scheme]
    connection = make(parts.netloc, timeout=patience_s)
    try:
        connection.connect()
    except OSError as fault:
        connection.close()
        raise Unreachable(f"{parts.hostname} does not answer: {fault}") from fault
    try:
        return _ask(
            connection, parts, most_bytes, patience_s, headers, content=content, method=method
        )
    except Unreachable as fault:
        raise Unanswered(str(fault)) from fault


def _get(
    connection: http.client.HTTPConnection,
    parts: SplitResult,
    most_bytes: int,
    patience_s: float,
    headers: Mapping[str, str],
) -> Answer:
    return _ask(connection, parts, most_bytes, patience_s, headers)


def _ask(  # noqa: PLR0913 (a request)
    connection: http.client.HTTPConnection,
    parts: SplitResult,
    most_bytes: int,
    patience_s: float,
    headers: Mapping[str, str],
    *,
    content: bytes | None = None,
    method: str = "",
) -> Answer:
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    target = quote(target, safe=ASKABLE, errors="replace")
    until = time.monotonic() + patience_s
    connection.response_class = partial(_Bounded, until=until)  # type: ignore[assignment]
    try:
        verb = method or ("GET" if content is None else "POST")
        connection.request(verb, target, content, {"User-Agent": AGENT, **headers})
        answer = connection.getresponse()
        said = b""
        while chunk := answer.read(CHUNK):
            said += chunk
            if len(said) > most_bytes:
                raise TooMuch(f"{parts.hostname} says too much.")
    except (OSError, http.client.HTTPException) as fault:
        raise Unreachable(f"{parts.hostname} does not answer: {fault}") from fault
    finally:
        connection.close()
    return Answer(
        status=answer.status,
        kind=(answer.getheader("Content-Type") or "").partition(";")[0].strip().lower(),
        content=said,
        retry_after=answer.getheader("Retry-After") or "",
        tag=answer.getheader("ETag") or "",
        modified=answer.getheader("Last-Modified") or "",
    )


class _Until(io.RawIOBase):
    """Reads of a socket until a moment: by itself, a socket only times each byte."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, until: float) -> None:
        self._sock, self._raw, self._until_s = sock, raw, until

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what has come.

        Raises:
            TimeoutError: the time is over, however little was missing.
        """
        left = self._until_s - time.monotonic()
        if left <= 0:
            raise TimeoutError("too slow")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _Bounded(http.client.HTTPResponse):
    """An answer that is whole at a moment, or none: whoever answers a letter at a time is left."""

    def __init__(self, sock: socket.socket, *args: Any, until: float, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Until(sock, self.fp.detach(), until))


def is_public(address: str) -> bool:
    """Tell whether an IP address is somebody's on the internet, and neither ours nor nobody's."""
    found = ipaddress.ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if found in NAT64:
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if any(found in each for each in NOBODYS) or found.is_multicast:
        return False
    return found.is_global and (inner is None or inner.is_global)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far ``fetch_foreign`` goes; tests stand a server of their own in for the internet."""

    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] = frozenset({443, 8443})
    allows: Callable[[str], bool] = is_public
    look_up: Callable[..., list[tuple[object, ...]]] = socket.getaddrinfo  # type: ignore[assignment]
    context: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)


INTERNET = Reach()


def fetch_foreign(
    url: str,
    *,
    reach: Reach = INTERNET,
    most_bytes: int = FOREIGN_MOST_BYTES,
    patience_s: float = FOREIGN_PATIENCE_S,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """GET an address that somebody typed; a redirect is an answer, and is not followed.

    The name is looked up once and the connection made to an address that was checked: a name
    that answers differently the second time leads nowhere else.

    Raises:
        Forbidden: another scheme or port, a password, or an address that is not public.
        TooMuch: an answer that is too long.
        Unreachable: no answer in time.
    """
    connection, parts = _foreign(url, reach, patience_s)
    return _get(connection, parts, most_bytes, patience_s, headers or {})


def post_foreign(
    url: str,
    content: bytes,
    *,
    headers: Mapping[str, str],
    reach: Reach = INTERNET,
    patience_s: float = FOREIGN_PATIENCE_S,
) -> Answer:
    """POST to an address that came from outside, as ``fetch_foreign`` asks for one.

    Raises:
        Forbidden: another scheme or port, a password, or an address that is not public.
        Unreachable: no answer in time, or one that is too long.
    """
    connection, parts = _foreign(url, reach, patience_s)
    return _ask(connection, parts, FOREIGN_MOST_BYTES, patience_s, headers, content=content)


def _foreign(
    url: str, reach: Reach, patience_s: float
) -> tuple[http.client.HTTPConnection, SplitResult]:
    """Make ready to connect to an address that was checked."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError as fault:
        raise Forbidden(f"This is no address: {_shown(url)}") from fault
    host = parts.hostname or ""
    if parts.scheme not in reach.schemes or port not in reach.ports or not host or "@" in url:
        raise Forbidden(f"This address is not asked: {_shown(url)}")
    address = _checked(host, port, reach)
    secure = reach if parts.scheme == "https" else None
    return _Pinned(host, port, address, patience_s, secure), parts


def _shown(url: str) -> str:
    """Name an address without its parameters, which may hold a key."""
    return url.partition("?")[0][:80]


def _checked(host: str, port: int, reach: Reach) -> str:
    """Look a name up and return its first address, when all of them are allowed."""
    try:
        found = reach.look_up(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise Unreachable(f"{host} is not known: {fault}") from fault
    addresses = [str(each[4][0]).partition("%")[0] for each in found]  # type: ignore[index]
    if not addresses or not all(reach.allows(address) for address in addresses):
        raise Forbidden(f"{host} leads to this network, or to nobody.")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, under the name it is asked for."""

    def __init__(
        self, host: str, port: int, address: str, patience_s: float, secure: Reach | None
    ) -> None:
        super().__init__(host, port, timeout=patience_s)
        self._address, self._secure = address, secure

    def connect(self) -> None:
        """Connect to the address that was checked."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            self.sock = self._secure.context().wrap_socket(self.sock, server_hostname=self.host)


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
