"""Seal the record of the active schema, empty what is old; the database itself decides."""

from datetime import datetime

from django.db import connection


MOST = 20_000  # in one go: the next minute goes on


def seal(*, most: int = MOST) -> int:
    """Chain the entries that are not yet; return how many, 0 while somebody else does it."""
    return _call("SELECT audit_seal(%s)", most)


def forget(*, now: datetime, cut: int = 0) -> int:
    """Empty the contents older than a year, drop the rows up to ``cut``; count both.

    ``cut`` is the position of an anchor more than three years old: the database refuses a younger
    row, and keeps the last one, which the next is chained to.
    """
    return _call("SELECT audit_forget(%s, %s)", now, cut)


def erase(*, table: str, object_id: int | str) -> int:
    """Empty what the record says of one object, and write that it was done; the chain holds."""
    return _call("SELECT audit_erase(%s, %s)", table, str(object_id))


def _call(query: str, *values: str | int | datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])
