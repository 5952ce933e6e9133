"""Who acts now: what the database writes down beside each change.

The connection sends it with the role and the search path (``parvis.postgresql``), in the
statement that it sends anyway: a form of a citizen costs no query more, one of the team at most
one. Reading says nothing, so that pages cost nothing.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


NAME_MOST = 80
NOBODY = ""
_acting: ContextVar[str] = ContextVar("acting", default=NOBODY)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, by what way, from where."""

    name: str = ""
    user_id: int | None = None
    channel: str = ""
    """``staff``, ``citizen``, ``task`` or ``command``."""
    origin: str = ""
    """Her network, never her address."""
    host: str = ""
    action: str = ""

    def as_setting(self, *, is_bulk: bool = False) -> str:
        """Write it as the triggers read it."""
        said: dict[str, object] = {
            "name": self.name[:NAME_MOST],
            "id": self.user_id,
            "channel": self.channel,
            "origin": self.origin[:50],
            "host": self.host[:253],
            "action": self.action[:100],
        }
        if is_bulk:
            said["bulk"] = True
        kept = {key: value for key, value in said.items() if value not in (None, "")}
        return json.dumps(kept).replace("\\u0000", "") if kept else NOBODY


def current() -> str:
    """Return what the connection has to say; empty while nobody is known."""
    return _acting.get()


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Name who acts for the length of a block."""
    token = _acting.set(actor.as_setting())
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def in_bulk(actor: Actor) -> Iterator[None]:
    """Let many rows pass unwritten: whoever calls writes one entry for them all."""
    token = _acting.set(actor.as_setting(is_bulk=True))
    try:
        yield
    finally:
        _acting.reset(token)


def name(actor: Actor) -> None:
    """Name who acts from now on, within a block of ``acting``."""
    _acting.set(actor.as_setting())
