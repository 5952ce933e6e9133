"""A program of somebody else, beside the demo: it takes webhooks in, and believes none unchecked.

Strict, as a careful receiver is: what is not signed, is older than five minutes, is no JSON or is
not what its headers say is refused; a repeat is taken in once and said to be known. What it has
seen is in its log.
"""

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.utils.crypto import salted_hmac

from connect import events, signatures


PATH = "/avis"
MOST_BYTES = 100_000
SAID = {"id", "event", "at", "commune", "data"}
FORBIDDEN = {"name", "email", "phone", "text", "address", "note"}


def demo_secret() -> str:
    """Return the secret that the demo and its receiver share, the same each time it starts."""
    return (
        signatures.BRAND + salted_hmac("demo.receiver", "webhook", algorithm="sha256").hexdigest()
    )


class Receiver:
    """Listens on this machine; ``received`` holds what it believed, ``asked`` all it was sent."""

    def __init__(
        self,
        secret: str,
        *,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        say: Callable[[str], None] = lambda _words: None,
    ) -> None:
        self.secret, self.clock, self.say = secret, clock, say
        self.received: list[dict[str, Any]] = []
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.trouble: HTTPStatus | None = None
        self.wait_s = 0.0
        self._known: set[str] = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}{PATH}"

    def judge(self, path: str, told: dict[str, str], body: bytes) -> tuple[HTTPStatus, str]:
        """Take a delivery in, or say why not."""
        self.asked.append((told, body))
        if self.trouble is not None:
            return self.trouble, "out of order"
        if path != PATH:
            return HTTPStatus.NOT_FOUND, "nothing here"
        if told.get("content-type", "").partition(";")[0] != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not JSON"
        try:
            number = signatures.check(self.secret, told=told, body=body, now=self.clock())
        except signatures.Invalid as fault:
            return HTTPStatus.UNAUTHORIZED, str(fault)
        return self._take(number, told, body)

    def _take(self, number: str, told: dict[str, str], body: bytes) -> tuple[HTTPStatus, str]:
        try:
            said = json.loads(body)
        except ValueError:
            return HTTPStatus.BAD_REQUEST, "not JSON"
        if set(said) != SAID or said["event"] not in events.ALL:
            return HTTPStatus.UNPROCESSABLE_ENTITY, "not what was agreed"
        if said["event"] != told.get(signatures.EVENT.lower()) or FORBIDDEN & set(said["data"]):
            return HTTPStatus.UNPROCESSABLE_ENTITY, "more, or else, than was agreed"
        if number in self._known:
            return HTTPStatus.OK, f"{said['event']} known"
        self._known.add(number)
        self.received.append(said)
        return HTTPStatus.ACCEPTED, f"{said['event']} {said['data'].get('reference', '')}"


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            size = int(length) if length.isdecimal() else 0
            if not 0 < size <= MOST_BYTES:
                status, words = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "empty, or too long"
            else:
                told = {name.lower(): value for name, value in self.headers.items()}
                status, words = receiver.judge(self.path, told, self.rfile.read(size))
            time.sleep(receiver.wait_s)
            self.send_response(status)
            if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
                self.send_header("Location", receiver.url)
            self.send_header("Content-Length", "0")
            self.end_headers()
            receiver.say(f"{status.value} {words}")

        def log_message(self, *_words: object) -> None:
            """Say nothing: ``say`` does."""

    return Handler
