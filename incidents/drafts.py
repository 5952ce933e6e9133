"""Photos of a form that is not sent yet: kept for an hour, so that nobody chooses them twice.

A form is known by its key, a random number that only its page has. Nothing serves these files.
"""

import logging
import secrets
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from parvis.files import write_whole
from parvis.guard import current_schema


log = logging.getLogger(__name__)
KEPT = timedelta(hours=1)


def add(key: UUID, contents: list[bytes]) -> None:
    """Keep photos that were checked, as far as there is room for them."""
    if not contents:
        return
    try:
        _write(_folder() / str(key), contents)
    except OSError:
        log.exception("The photos of a form cannot be kept")


def _write(folder: Path, contents: list[bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    first = len(list(folder.iterdir()))
    for number, content in enumerate(contents, first):
        write_whole(folder / f"{number:02d}{secrets.token_hex(8)}", content)


def names(key: UUID) -> list[str]:
    """List what is kept for a form, in the order in which it came."""
    try:
        return sorted(path.name for path in (_folder() / str(key)).iterdir())
    except OSError:  # none, or just sent by a second tap
        return []


def read(key: UUID) -> list[bytes]:
    """Return the photos kept for a form."""
    found = []
    for name in names(key):
        with suppress(OSError):
            found.append((_folder() / str(key) / name).read_bytes())
    return found


def drop(key: UUID, unwanted: list[str]) -> None:
    """Forget some photos of a form, or all that are named."""
    for name in set(names(key)) & set(unwanted):
        (_folder() / str(key) / name).unlink(missing_ok=True)


def forget(key: UUID) -> None:
    """Forget a form."""
    shutil.rmtree(_folder() / str(key), ignore_errors=True)


def sweep(*, now: datetime) -> int:
    """Forget the forms that nobody sent within the hour; return how many."""
    gone = 0
    for folder in _folder().glob("*"):
        if folder.stat().st_mtime < (now - KEPT).timestamp():
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / current_schema() / "drafts"
