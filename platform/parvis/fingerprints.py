"""Tell whether two schemas hold the same rows, table by table, without comparing them."""

from collections.abc import Mapping

import psycopg
from psycopg import sql


TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r' ORDER BY relname
"""
# A sum does not depend on the order of rows; sixty bits of each are enough to notice a change.
PRINT = """
SELECT count(*),
       coalesce(sum(('x' || left(md5(row::text), 15))::bit(60)::bigint::numeric), 0)::text
FROM {} AS row
"""
Prints = Mapping[str, tuple[int, str]]


def prints(connection: psycopg.Connection, schema: str) -> Prints:
    """Count and fingerprint the rows of each table of a schema."""
    found: dict[str, tuple[int, str]] = {}
    with connection.transaction():
        connection.execute("SET LOCAL timezone = 'UTC'")
        connection.execute("SET LOCAL datestyle = 'ISO'")
        connection.execute("SET LOCAL search_path = pg_catalog")
        for (table,) in connection.execute(TABLES, [schema]).fetchall():
            query = sql.SQL(PRINT).format(sql.Identifier(schema, table))
            count, print_ = connection.execute(query).fetchone() or (0, "0")
            found[table] = (count, print_)
    return found


def differing(before: Prints, after: Prints) -> list[str]:
    """Name the tables whose rows are not the same."""
    return sorted(table for table in {*before, *after} if before.get(table) != after.get(table))
