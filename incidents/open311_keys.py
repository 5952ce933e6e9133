"""Who calls the Open311 server, by the key that came along (section 10 of the contract)."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from connect import keys
from connect.scopes import OWN_READ, REQUESTS_WRITE, UPDATES_READ, UPDATES_WRITE
from incidents.open311_errors import Refused


__all__ = [
    "OWN_READ",
    "REQUESTS_WRITE",
    "UPDATES_READ",
    "UPDATES_WRITE",
    "Client",
    "reader",
    "writer",
]


@dataclass(frozen=True, slots=True)
class Client:
    """A program that the commune gave a key: ``source`` relays citizens, ``handler`` repairs."""

    pk: int
    name: str
    is_handler: bool = False
    key: str = ""
    """The beginning of its key, by which limits are counted."""
    key_id: int = 0


def writer(text: str, *, scope: str, now: datetime) -> Client:
    """Return who writes (H23).

    Raises:
        Refused: 403, no key, an unknown or ended one, or one without this right.
    """
    try:
        key = keys.found(text, scope=scope, now=now)
    except keys.KeyRefused as refusal:
        raise Refused(403, str(refusal)) from refusal
    client = key.client
    return Client(client.pk, client.name, client.role == client.Role.HANDLER, key.prefix, key.pk)


def reader(request: HttpRequest, *, scope: str, now: datetime) -> int | None:
    """Return the client who may read its own beside what is public; None for everybody.

    A key is not needed. One that is wrong is refused, so that its owner learns of it; one that
    lacks the right reads what everybody reads.

    Raises:
        Refused: 403, the key is unknown, or its time is over.
    """
    text = request.GET.get("api_key", "").strip()
    if not text:
        return None
    try:
        return keys.found(text, scope=scope, now=now).client_id
    except keys.ScopeMissing:
        return None
    except keys.KeyRefused as refusal:
        raise Refused(403, str(refusal)) from refusal
