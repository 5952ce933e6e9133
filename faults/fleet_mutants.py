"""Bugs of what goes through many communes: releases, and the restore of one (``mutants``)."""

from collections.abc import Callable
from typing import Any

from django.db import connection, migrations, models

from booking.models import Service
from faults import coming
from tenants import aftermath, releases, restoring, swapping
from tenants.models import Commune


# --- Releases ---------------------------------------------------------------------------------


def use_at_once() -> None:
    """Need a column in the release that brings it: communes that have it not yet cannot be read."""
    field = models.TextField(default="", db_default="")
    Service.add_to_class(coming.COLUMN, field)  # type: ignore[attr-defined]


def rename_at_once() -> None:
    """Rename in one release what the one before reads."""
    there, back = (
        f"ALTER TABLE booking_service RENAME COLUMN {one} TO {other}"
        for one, other in (("name", "title"), ("title", "name"))
    )
    coming.OPERATIONS.append(migrations.RunSQL(there, back))


def wait_for_a_lock() -> None:
    """Wait for a reader as long as it reads, and let all those wait who come after."""
    releases.LOCK_TIMEOUT = "0"


def begin_again() -> None:
    """Begin with the first commune, whatever was done."""
    releases.behind = lambda schemas: {frozenset({(coming.APP, coming.NAME)}): list(schemas)}


# --- Restores ---------------------------------------------------------------------------------


def leave_the_ledger() -> None:
    """Restore people who were erased since."""
    restoring._erase_again = lambda _wish, _now: 0


def forget_what_went() -> None:
    """Restore messages that have gone since as waiting."""
    aftermath.merge_outboxes = lambda **_named: 0


def touch_another() -> None:
    """Write in a second schema, too."""
    original = swapping.swap

    def swapped(*, schema: str, **named: Any) -> str:
        before = original(schema=schema, **named)
        other = Commune.objects.with_schema().exclude(schema_name=schema).first()
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {other.schema_name}.booking_resource SET name = 'Ailleurs'")
        return before

    swapping.swap = swapped


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__: bug
    for bug in (
        use_at_once,
        rename_at_once,
        wait_for_a_lock,
        begin_again,
        leave_the_ledger,
        forget_what_went,
        touch_another,
    )
}
