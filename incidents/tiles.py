"""Pictures of the map, fetched from the State's server once and kept for every commune.

Browsers ask us, never the server of somebody else. What is kept is bounded in bytes: the oldest
pictures go first. A server that is down is not asked, and old pictures serve meanwhile.
"""

import math
import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.conf import settings

from incidents.geo import Box
from parvis.egress import Breaker, Unreachable, fetch


NEAREST, FARTHEST = 19, 10
KEPT_S = 30 * 24 * 3600
ABSENT = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}
ABSENT_S = 24 * 3600  # where the server has no picture
MOST_BYTES = 400_000  # of one picture
TRIMMED_EVERY = 25_000_000  # bytes written
TRIMMED_TO = 0.9
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
LICENCE = """Pictures of maps, kept for a time: (c) IGN - Geoplateforme,
Licence Ouverte / Open Licence 2.0 (Etalab). This folder can be deleted at any moment.
"""

breaker = Breaker()
_lock = threading.Lock()
_written = {"bytes": TRIMMED_EVERY}  # look at the folder once after each start


class NoPicture(Exception):
    """There is none of this place."""


class OutOfReach(Exception):
    """The server does not answer and no picture was kept."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the world, as web maps number them."""

    z: int
    x: int
    y: int

    def touches(self, box: Box, *, farthest: int = FARTHEST) -> bool:
        """Tell whether it shows a part of a box, at a scale that is served."""
        if not farthest <= self.z <= NEAREST:
            return False
        west, north = _numbers(box.north, box.west, self.z)
        east, south = _numbers(box.south, box.east, self.z)
        return west <= self.x <= east and north <= self.y <= south


def _numbers(lat: float, lon: float, z: int) -> tuple[int, int]:
    """Return the numbers of the tile that shows a place."""
    size = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size
    return int((lon + 180) / 360 * size), int(y)


def kind_of(content: bytes) -> str:
    """Name the type of a picture by its first bytes; "" when it is none."""
    return next((kind for start, kind in KINDS.items() if content.startswith(start)), "")


def picture(tile: Tile, *, now: float) -> bytes:
    """Return the picture of a tile, kept or fetched; ``now`` in seconds since 1970.

    Raises:
        NoPicture: the server has none, or no server is configured.
        OutOfReach: the server does not answer.
    """
    path = folder() / str(tile.z) / str(tile.x) / f"{tile.y}.png"
    kept, age = _read(path, now=now)
    if kept is None or age > (KEPT_S if kept else ABSENT_S):
        if not settings.TILES_URL:
            raise NoPicture
        try:
            kept = _fetch(tile)
        except Unreachable as fault:
            if not kept:
                raise OutOfReach from fault
        else:
            _keep(path, kept, now=now)
    if not kept:
        raise NoPicture
    return kept


def folder() -> Path:
    """Return where pictures are kept."""
    return Path(settings.HOME) / "tiles"


def _read(path: Path, *, now: float) -> tuple[bytes | None, float]:
    try:
        return path.read_bytes(), now - path.stat().st_mtime
    except OSError:
        return None, 0.0


def _fetch(tile: Tile) -> bytes:
    """Ask the server; an empty answer where it has no picture."""
    if not breaker.allows():
        raise Unreachable("Not asked: it did not answer lately.")
    address = settings.TILES_URL.format(z=tile.z, x=tile.x, y=tile.y)
    try:
        answer = fetch(address, most_bytes=MOST_BYTES)
    except Unreachable:
        breaker.failed()
        raise
    if answer.status in ABSENT:
        breaker.succeeded()
        return b""
    if answer.status != HTTPStatus.OK or not kind_of(answer.content):
        breaker.failed()
        raise Unreachable(f"No picture, but {answer.status} {answer.kind}.")
    breaker.succeeded()
    return answer.content


def _keep(path: Path, content: bytes, *, now: float) -> None:
    """Write a picture at once or not at all; a full disk only means asking again."""
    with suppress(OSError):
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
        if not (licence := folder() / "LICENCE.txt").exists():
            licence.write_text(LICENCE, encoding="utf-8")
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        os.utime(file.name, (now, now))
        Path(file.name).replace(path)
    _written["bytes"] += len(content)
    if _written["bytes"] >= TRIMMED_EVERY and _lock.acquire(blocking=False):
        try:
            trim(settings.TILES_MOST_BYTES)
            _written["bytes"] = 0
        finally:
            _lock.release()


def trim(most_bytes: int) -> None:
    """Delete the oldest pictures until those that stay weigh no more than allowed."""
    found = []
    for path in folder().glob("*/*/*"):
        with suppress(OSError):
            state = path.stat()
            found.append((state.st_mtime, state.st_size, path))
    weight = sum(size for _age, size, _path in found)
    if weight <= most_bytes:
        return
    for _age, size, path in sorted(found, key=lambda each: each[0]):
        path.unlink(missing_ok=True)
        weight -= size
        if weight <= most_bytes * TRIMMED_TO:
            return
