"""The tables of the active commune, read and written as lines of JSON by PostgreSQL itself.

``to_jsonb`` and ``jsonb_populate_record`` keep every type: what is read comes back the same. In a
column of JSON, ``null`` is a value of its own: a column that holds nothing has no key in its line.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg import sql

from parvis.guard import current_schema


BATCH = 500
# What is about this place alone, and not about the commune.
LEFT_OUT = {"django_migrations", "exchange_archivefile", "exchange_archiveevent"}
COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""
DOCUMENTS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  AND atttypid = 'jsonb'::regtype
ORDER BY attnum
"""
KEY = """
SELECT a.attname FROM pg_index i
JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, rank) ON true
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY k.rank
"""


def table_names() -> list[str]:
    """List the tables of the commune that an archive holds."""
    return [name for name in _relations("r") if name not in LEFT_OUT]


def _relations(kind: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s)"
            ' AND relkind = %s ORDER BY relname COLLATE "C"',
            [current_schema(), kind],
        )
        return [str(name) for (name,) in cursor.fetchall()]


def applied_migrations() -> list[list[str]]:
    """List the migrations that the schema has, of the commune's own applications."""
    labels = [name.rpartition(".")[2] for name in settings.TENANT_APPS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT app, name FROM django_migrations WHERE app = ANY(%s) ORDER BY 1, 2",
            [labels],
        )
        return [[app, name] for app, name in cursor.fetchall()]


def sequences() -> dict[str, int | None]:
    """Tell the last value of each sequence of the commune; None when it was never used."""
    found: dict[str, int | None] = {}
    with connection.cursor() as cursor:
        for name in _relations("S"):
            cursor.execute(
                sql.SQL("SELECT last_value, is_called FROM {}").format(_in_schema(name))
            )
            value, is_called = cursor.fetchone()
            found[name] = int(value) if is_called else None
    return {name: value for name, value in found.items() if not _is_left_out(name)}


def _is_left_out(sequence: str) -> bool:
    return any(sequence.startswith(f"{table}_") for table in LEFT_OUT)


def set_sequences(values: dict[str, int | None]) -> None:
    """Go on counting where the archive stopped."""
    known = set(_relations("S"))
    with connection.cursor() as cursor:
        for name, value in values.items():
            if name in known and value is not None:
                cursor.execute(
                    "SELECT setval(%s::regclass, %s, true)",
                    [f'"{current_schema()}"."{name}"', value],
                )


def _in_schema(name: str) -> sql.Identifier:
    return sql.Identifier(current_schema(), name)


def _names(query: str, table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, [f'"{current_schema()}"."{table}"'])
        return [str(name) for (name,) in cursor.fetchall()]


def columns(table: str) -> list[str]:
    """List the columns of a table that are stored, not computed."""
    return _names(COLUMNS, table)


def read_rows(table: str) -> Iterator[bytes]:
    """Read a table as lines of JSON in the order of its key, in bounded memory.

    Within a transaction: rows come through a cursor of the server.
    """
    stored = columns(table)
    key = _names(KEY, table) or stored
    query = sql.SQL("SELECT ({})::text FROM (SELECT {} FROM {} ORDER BY {}) AS r").format(
        _without_nothing(_names(DOCUMENTS, table)),
        sql.SQL(", ").join(map(sql.Identifier, stored)),
        _in_schema(table),
        sql.SQL(", ").join(map(sql.Identifier, key)),
    )
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # sets the path and the role of the commune
    with connection.connection.cursor(name="archive") as cursor:
        cursor.itersize = BATCH
        cursor.execute(query)
        for (line,) in cursor:
            yield line.encode() + b"\n"


def _without_nothing(documents: list[str]) -> sql.Composable:
    """Write a row as JSON, without the keys of its JSON columns that hold nothing."""
    if not documents:
        return sql.SQL("to_jsonb(r)")
    empty = [
        sql.SQL("CASE WHEN r.{} IS NULL THEN {} END").format(
            sql.Identifier(name), sql.Literal(name)
        )
        for name in documents
    ]
    return sql.SQL("to_jsonb(r) - array_remove(ARRAY[{}]::text[], NULL)").format(
        sql.SQL(", ").join(empty)
    )


def digest(lines: Iterator[bytes]) -> tuple[int, str]:
    """Count rows and hash them as they stand in an archive."""
    rows, hashed = 0, hashlib.sha256()
    for line in lines:
        rows += 1
        hashed.update(line)
    return rows, hashed.hexdigest()


def write_rows(table: str, lines: Iterator[bytes]) -> int:
    """Write lines of JSON into a table; constraints are checked at the end of the transaction.

    Raises:
        ValueError: a line is not text.
        django.db.DatabaseError: a row does not fit the table.
    """
    stored, documents = columns(table), set(_names(DOCUMENTS, table))
    query = sql.SQL(
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values}"
        " FROM jsonb_array_elements(%s::jsonb) AS line (said),"
        " LATERAL jsonb_populate_record(NULL::{table}, line.said) AS r"
    ).format(
        table=_in_schema(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, stored)),
        values=sql.SQL(", ").join(_value(name, name in documents) for name in stored),
    )
    written = 0
    with connection.cursor() as cursor:
        while batch := list(islice(lines, BATCH)):
            cursor.execute(query, [f"[{','.join(line.decode() for line in batch)}]"])
            written += len(batch)
    return written


def _value(column: str, is_document: bool) -> sql.Composable:  # noqa: FBT001
    name = sql.Identifier(column)
    if not is_document:
        return sql.SQL("r.{}").format(name)
    return sql.SQL(
        "COALESCE(r.{}, CASE WHEN jsonb_exists(line.said, {}) THEN 'null'::jsonb END)"
    ).format(name, sql.Literal(column))


def models_by_table() -> dict[str, type[models.Model]]:
    """Find the model of each table of a commune, those of many-to-many relations among them."""
    return {
        model._meta.db_table: model  # noqa: SLF001 (Django documents it)
        for label in settings.TENANT_APPS
        for model in apps.get_app_config(label.rpartition(".")[2]).get_models(
            include_auto_created=True
        )
    }
