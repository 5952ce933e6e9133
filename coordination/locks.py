"""One at a time for each number, over all communes: two kinds of locks that never meet.

A synchronisation holds its lock while the State answers, a booking only until it commits: were
they the same, a slow State would hold bookings up.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection


def key_of(number: str, *, purpose: str) -> int:
    """Number a lock: 64 bits, apart from those of days, which have two numbers."""
    digest = hashlib.sha256(f"coordination:{purpose}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def claim(numbers: Iterable[str]) -> None:
    """Wait to be the only one who books with these numbers, until the transaction ends.

    They are claimed in one order, so that nobody waits in a circle.
    """
    keys = sorted({key_of(each, purpose="booking") for each in numbers})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT " + ", ".join(["pg_advisory_xact_lock(%s)"] * len(keys)),
                keys,
            )


@contextmanager
def alone(number: str) -> Iterator[bool]:
    """Be the only one who tells the State of a number; False when somebody else is."""
    key = key_of(number, purpose="sync")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
