"""Ask and tell the Open311 server of another body, by the one door to foreign machines.

Contract: section "Parvis as a client". XML is what every server has. Only tasks, and the button
that tries a connection, call this.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from incidents.models import OpenServer
from parvis import encryption
from parvis.egress import Answer, Unreachable, fetch_foreign, post_foreign


FORM = "application/x-www-form-urlencoded; charset=utf-8"
PATIENCE_S = 10.0
Pairs = Sequence[tuple[str, str]]


def _get(url: str) -> Answer:
    return fetch_foreign(url, most_bytes=4_000_000, patience_s=PATIENCE_S)


def _post(url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
    return post_foreign(url, content, headers=headers, patience_s=PATIENCE_S)


@dataclass(frozen=True, slots=True)
class Door:
    """How other servers are reached: through ``parvis.egress``, unless a test stands one in."""

    get: Callable[[str], Answer] = _get
    post: Callable[[str, bytes, Mapping[str, str]], Answer] = _post


OUTSIDE = Door()


def ask(server: OpenServer, path: str, pairs: Pairs = (), *, door: Door = OUTSIDE) -> Answer:
    """GET an address below a server.

    Raises:
        Unreachable: it does not answer, or leads where nothing is asked.
    """
    query = urlencode([*pairs, *_who(server)])
    return door.get(f"{_base(server)}/{path}{'?' * bool(query)}{query}")


def tell(
    server: OpenServer,
    path: str,
    pairs: Pairs,
    *,
    files: Sequence[tuple[str, bytes]] = (),
    once: str = "",
    door: Door = OUTSIDE,
) -> Answer:
    """POST a form to an address below a server; ``once`` names it, for servers that look.

    Raises:
        Unreachable: it does not answer, or leads where nothing is asked.
    """
    said = [*_who(server), *pairs]
    content, kind = _multipart(said, files) if files else (urlencode(said).encode(), FORM)
    headers = {"Content-Type": kind, "Accept": "text/xml"}
    if once:
        headers["Idempotency-Key"] = once
    return door.post(f"{_base(server)}/{path}", content, headers)


def _base(server: OpenServer) -> str:
    return server.url.rstrip("/")


def _who(server: OpenServer) -> list[tuple[str, str]]:
    """Return the key and the place, where there are any."""
    known = {"jurisdiction_id": server.jurisdiction, "api_key": _key_of(server)}
    return [(name, each) for name, each in known.items() if each]


def _multipart(pairs: Pairs, files: Sequence[tuple[str, bytes]]) -> tuple[bytes, str]:
    """Write a form with files: JPEG alone, under the name that servers know."""
    border = f"parvis-{secrets.token_hex(16)}"
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    for name, content in files:
        head = (
            f'--{border}\r\nContent-Disposition: form-data; name="media[]"; filename="{name}"'
            "\r\nContent-Type: image/jpeg\r\n\r\n"
        )
        parts += [head.encode(), content, b"\r\n"]
    return b"".join(
        [*parts, f"--{border}--\r\n".encode()]
    ), f"multipart/form-data; boundary={border}"


def _key_of(server: OpenServer) -> str:
    try:
        return encryption.decrypt(server.key) if server.key else ""
    except encryption.Unreadable as fault:
        raise Unreachable("The key of this server cannot be read any more.") from fault
