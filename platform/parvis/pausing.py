"""A commune in maintenance: its tasks wait, those of the others go on.

A task runs in one schema and may have been sent before the maintenance began: it looks by itself.
"""

from django.db import connection


PUBLIC = "public"  # the queue is loaded before any model: the guard cannot be asked
PAUSE_S = 30
PAUSED = """SELECT EXISTS (SELECT FROM public.tenants_commune
    WHERE schema_name = %s AND state = 'maintenance')"""


def is_paused() -> bool:
    """Tell whether the active commune is in maintenance; one query, none in public."""
    schema = str(connection.schema_name)  # type: ignore[attr-defined]
    if schema == PUBLIC:
        return False
    with connection.cursor() as cursor:
        cursor.execute(PAUSED, [schema])
        return bool(cursor.fetchone()[0])
