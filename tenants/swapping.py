"""Put another schema in the place of a commune's, in one transaction, and back again.

What was there goes on existing under ``<schema>_before`` for seven days, closed to the commune's
role; then ``parvis backup`` drops it.
"""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from psycopg import sql

from parvis.backups import Store
from tenants.models import SCHEMA_NAME


KEPT = timedelta(days=7)
BEFORE = re.compile(SCHEMA_NAME.removesuffix("$") + r"_before(_[0-9]+)?\Z")
# Writers are waited for, at most as long as they may wait themselves.
SET_ASIDE = """
SET lock_timeout = '20s';
DO $$ DECLARE name regclass; BEGIN
    FOR name IN SELECT oid FROM pg_class
        WHERE relnamespace = to_regnamespace({text}) AND relkind = 'r' ORDER BY oid
    LOOP EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', name); END LOOP;
END $$;
ALTER SCHEMA {schema} RENAME TO {before};
REVOKE ALL ON SCHEMA {before} FROM {role};
COMMENT ON SCHEMA {before} IS {note};
"""
# A number given after the instant is never given again: a link sent meanwhile would open the
# record of somebody else.
GO_ON = """
DO $$ DECLARE line record; BEGIN
    FOR line IN SELECT old.sequencename AS name, greatest(old.last_value, new.last_value) AS last
        FROM pg_catalog.pg_sequences old
        JOIN pg_catalog.pg_sequences new USING (sequencename)
        WHERE old.schemaname = {before_text} AND new.schemaname = {text}
          AND old.last_value IS NOT NULL
    LOOP PERFORM pg_catalog.setval(format('%I.%I', {text}, line.name), line.last); END LOOP;
END $$;
"""
RIGHTS = """
SELECT c.relname, acl.privilege_type, acl.grantee::regrole::text
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS acl
WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'S')
  AND acl.grantee <> c.relowner
"""


def name_for(schema: str) -> str:
    """Choose the name under which a schema is set aside."""
    taken = set(_kept(schema))
    return next(
        name
        for name in (f"{schema}_before", *(f"{schema}_before_{n}" for n in range(2, 100)))
        if name not in taken
    )


def swap(
    *, store: Store, environment: dict[str, str], schema: str, dump: Path, note: dict[str, str]
) -> str:
    """Set a schema aside and load a dump in its place, whole or not at all; return its name.

    Raises:
        Trouble: the database refuses; nothing has changed.
    """
    before = name_for(schema)
    parts = {
        "schema": sql.Identifier(schema),
        "before": sql.Identifier(before),
        "role": sql.Identifier(f"t_{schema}"),
        "text": sql.Literal(schema),
        "before_text": sql.Literal(before),
        "note": sql.Literal(json.dumps(note)),
    }
    store.run(
        "psql",
        *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
        *("--output=/dev/null", "-c", sql.SQL(SET_ASIDE).format(**parts).as_string()),
        *("-f", dump, "-c", sql.SQL(GO_ON).format(**parts).as_string()),
        environment=environment,
    )
    return before


@transaction.atomic
def undo(*, schema: str, before: str) -> None:
    """Drop what was loaded, and put back what was there."""
    parts = {
        "schema": sql.Identifier(schema),
        "before": sql.Identifier(before),
        "role": sql.Identifier(f"t_{schema}"),
    }
    with connection.cursor() as cursor:
        for statement in (
            "DROP SCHEMA IF EXISTS {schema} CASCADE",
            "ALTER SCHEMA {before} RENAME TO {schema}",
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "COMMENT ON SCHEMA {schema} IS NULL",
        ):
            cursor.execute(sql.SQL(statement).format(**parts))


def note_on(before: str, note: dict[str, str]) -> None:
    """Write on a schema that was set aside what became of its restore."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON SCHEMA {} IS {}").format(
                sql.Identifier(before), sql.Literal(json.dumps(note))
            )
        )


def unfinished(schema: str) -> str | None:
    """Find what an interrupted restore has set aside."""
    return next(
        (name for name, note in _kept(schema).items() if note.get("state") != "done"), None
    )


def drop_expired(*, now: datetime) -> list[tuple[str, dict[str, str]]]:
    """Drop what was set aside seven days ago: it holds people who were erased since."""
    gone = []
    for name, note in _kept("").items():
        over = note.get("drop_after", "")
        if note.get("state") == "done" and over and datetime.fromisoformat(over) <= now:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
            gone.append((name, note))
    return gone


def lost_rights(*, schema: str, before: str) -> set[tuple[str, str, str]]:
    """List the rights that a schema had and its successor has not, or the other way round."""
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS, [before])
        then = set(cursor.fetchall())
        cursor.execute(RIGHTS, [schema])
        return then ^ set(cursor.fetchall())


def _kept(schema: str) -> dict[str, dict[str, str]]:
    """Read what was set aside, and what is written on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace"
            " WHERE starts_with(nspname, %s) AND nspname LIKE '%%\\_before%%' ORDER BY nspname",
            [schema],
        )
        return {
            name: json.loads(note or "{}")
            for name, note in cursor.fetchall()
            if BEFORE.match(name)
        }
