"""The gate that every message to the outside passes, whatever the settings.

Messages leave the public schema, and the communes that are real and open to citizens. A sandbox,
a preview and a commune that is being configured keep theirs: its own people read them there, as
the citizen would have received them. What was written before a commune opened never leaves it.

The rule is one SQL condition, so that a transport claims its work and passes the gate in the same
statement: no setting, cache or race lies between.
"""

from django.db import connection

from parvis.guard import PUBLIC, current_schema


# About rows that were written at ``written_at``, in the schema called %(schema)s.
LEAVES = """(%(schema)s = 'public' OR EXISTS (
    SELECT FROM public.tenants_commune commune
    WHERE commune.schema_name = %(schema)s
      AND commune.kind IN ('commune', 'epci') AND commune.state = 'ready'
      AND (commune.messages_from IS NULL OR written_at >= commune.messages_from)))"""
REAL = """SELECT EXISTS (SELECT FROM public.tenants_commune
    WHERE schema_name = %(schema)s AND kind IN ('commune', 'epci') AND opened_at IS NOT NULL)"""
FICTIONAL = """SELECT EXISTS (SELECT FROM public.tenants_commune
    WHERE schema_name = %(schema)s AND (kind = 'sandbox' OR state = 'preview'))"""


def is_heard_by_others() -> bool:
    """Tell whether other communes hear of the active one: it is real, and has opened one day."""
    return _says(REAL)


def is_fictional() -> bool:
    """Tell whether the active commune is a sandbox or a preview: nothing of it is a fact."""
    return current_schema() != PUBLIC and _says(FICTIONAL)


def _says(question: str) -> bool:
    schema = current_schema()
    if schema == PUBLIC:
        return True
    with connection.cursor() as cursor:
        cursor.execute(question, {"schema": schema})
        return bool(cursor.fetchone()[0])
