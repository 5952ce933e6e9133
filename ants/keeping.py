"""Keep what the State's platform must be answered when PostgreSQL is down.

The worker writes it after each change: into Valkey, for all processes, and into a file, the last
good copy of this machine. A process believes what it has read for some seconds.
"""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.cache import caches


log = logging.getLogger(__name__)
BELIEVED_S = 5.0

_read: dict[str, tuple[float, bytes]] = {}


def keep(name: str, content: bytes) -> None:
    """Keep the newest content under a name, here and for everybody."""
    caches["shared"].set(_key(name), content, None)
    _write(name, content)
    _read[name] = (time.monotonic() + BELIEVED_S, content)


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """Return what is kept under a name; ``make`` it where nobody has kept anything.

    Raises:
        django.db.DatabaseError: nothing is kept anywhere, and the database is down.
    """
    known = _read.get(name)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    content = caches["shared"].get(_key(name))
    if content is None:
        content = _from_file(name)
    elif known is None or known[1] != content:
        _write(name, content)
    if content is None:
        content = make()
        _write(name, content)
    _read[name] = (time.monotonic() + BELIEVED_S, content)
    return bytes(content)


def forget() -> None:
    """Begin as a process that has just started."""
    _read.clear()


def _key(name: str) -> str:
    return f"ants:{name}"


def _path(name: str) -> Path:
    return Path(settings.HOME) / "ants" / f"{name}.json"


def _from_file(name: str) -> bytes | None:
    try:
        return _path(name).read_bytes()
    except OSError:
        return None


def _write(name: str, content: bytes) -> None:
    """Replace the file in one step; a full disk takes nothing from whoever reads."""
    path = _path(name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as fault:
        log.warning("The copy of %s cannot be written: %s", name, fault)
