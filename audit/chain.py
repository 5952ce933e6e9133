"""Walk the chain of the active schema, and say what does not hold.

An entry's link is the SHA-256 of the link before it, of the entry's own columns as
``CANONICAL`` writes them, and of the digest of its content. The hashes are computed here and not
by the functions of the database, which whoever changed a row could have changed, too.
"""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction


FIRST = "0" * 64
CONTENT_KEPT = timedelta(days=365)
ROWS_KEPT = timedelta(days=3 * 365)
SEALED_WITHIN = timedelta(hours=1)  # the sweep passes every minute
CANONICAL = """jsonb_build_array(position, id,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), actor_id, actor_name, channel,
    origin, host, action, kind, object_table, object_id, label)::text"""
ROWS = f"""
SELECT position, at, {CANONICAL}, payload::text, digest, previous, hash,
    kind = 'event' AND action = 'audit:erase', object_table, object_id
FROM audit_entry WHERE position IS NOT NULL ORDER BY position
"""  # noqa: S608 (a constant)
RESTORES = """
SELECT object_id, at FROM audit_entry
WHERE kind = 'event' AND action = 'restored' AND object_id <> '' ORDER BY id
"""
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a chain as it was one day, kept elsewhere."""

    position: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk found; ``fault`` is empty when the whole chain holds."""

    entries: int = 0
    unsealed: int = 0
    head: str = FIRST
    fault: str = ""
    position: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was changed."""
        return not self.fault


class Broken(Exception):
    """The first thing that does not hold, and where."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(why)
        self.position, self.why = position, why


@dataclass(slots=True)
class _Walk:
    anchors: dict[int, Anchor]
    now: datetime
    position: int = 0
    link: str = FIRST
    entries: int = 0

    def begin(self, position: int, previous: str) -> None:
        """Accept that a chain begins later than at 1 where an old anchor says so."""
        if position == 1:
            return
        anchor = self.anchors.get(position - 1)
        if anchor is None or anchor.hash != previous or self.now - anchor.at < ROWS_KEPT:
            raise Broken(position, "the beginning is missing")
        self.position, self.link = anchor.position, anchor.hash

    def step(self, row: tuple[Any, ...]) -> None:
        """Check one entry against the one before it."""
        position, canonical, payload, digest, previous, link = row
        if self.entries == 0:
            self.begin(position, str(previous))
        if position != self.position + 1:
            raise Broken(self.position + 1, "an entry is missing")
        if payload is not None and _sha256(str(payload)) != digest:
            raise Broken(position, "the content was changed")
        if previous != self.link or _sha256(f"{self.link}{canonical}{digest}") != link:
            raise Broken(position, "the entry was changed")
        anchor = self.anchors.get(position)
        if anchor and anchor.hash != link:
            raise Broken(position, "the chain was written again")
        self.position, self.link = position, str(link)
        self.entries += 1


def verify(*, anchors: Collection[Anchor], now: datetime) -> Verdict:
    """Walk the whole chain; stop at the first link that does not hold."""
    walk = _Walk({each.position: each for each in anchors}, now)
    emptied: dict[tuple[str, str], int] = {}
    try:
        with transaction.atomic():
            for row in _rows():
                position, at, canonical, payload, digest, previous, link, erases, *what = row
                walk.step((position, canonical, payload, digest, previous, link))
                name = (what[0], what[1])
                if payload is None and now - at < CONTENT_KEPT:
                    emptied.setdefault(name, position)
                if erases:
                    emptied.pop(name, None)
        _check_end(walk, emptied)
        unsealed = _unsealed(now)
    except Broken as fault:
        return Verdict(walk.entries, 0, walk.link, fault.why, fault.position)
    return Verdict(walk.entries, unsealed, walk.link)


def head() -> tuple[int, str]:
    """Return the position and the link of the newest sealed entry; 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, hash FROM audit_entry WHERE position IS NOT NULL"
            " ORDER BY position DESC LIMIT 1"
        )
        position, link = cursor.fetchone() or (0, FIRST)
    return int(position), str(link)


def taken_back() -> list[tuple[datetime, datetime]]:
    """List the times whose record a restore set aside: after the instant, until it was done.

    The entry that a restore leaves (``parvis restore``) names the instant by its ``object_id``.
    """
    with connection.cursor() as cursor:
        cursor.execute(RESTORES)
        found = cursor.fetchall()
    known = []
    for instant, until in found:
        with suppress(ValueError):  # no restore writes what cannot be read
            known.append((datetime.fromisoformat(instant).astimezone(UTC), until))
    return known


def _check_end(walk: _Walk, emptied: dict[tuple[str, str], int]) -> None:
    if emptied:
        raise Broken(min(emptied.values()), "the content was emptied too early")
    newest = max(walk.anchors, default=0)
    if newest > walk.position:
        raise Broken(walk.position + 1, "the end is missing")


def _unsealed(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(at) FROM audit_entry WHERE position IS NULL")
        count, oldest = cursor.fetchone()
    if oldest is not None and now - oldest > SEALED_WITHIN:
        raise Broken(0, "an entry was not sealed in time")
    return int(count)


def _rows() -> Iterator[tuple[Any, ...]]:
    """Read the chain in bounded memory, in the schema that is active now."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # sets the path and the role of the commune
    with connection.connection.cursor(name="audit") as cursor:
        cursor.itersize = BATCH
        cursor.execute(ROWS)
        yield from cursor


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
