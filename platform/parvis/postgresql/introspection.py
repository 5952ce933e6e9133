"""What Django may know of the catalogue: the tables of the current schema only."""

from typing import Any

from django.db.backends.postgresql.introspection import (
    DatabaseIntrospection as PostgreSQLIntrospection,
    TableInfo,
)


class DatabaseIntrospection(PostgreSQLIntrospection):
    """Tables of the current schema: the catalogue of 500 communes has 140 000 rows."""

    def get_table_list(self, cursor: Any) -> list[TableInfo]:  # type: ignore[override]
        """List tables and views of the first schema of the search path."""
        cursor.execute(
            "SELECT c.relname,"
            " CASE WHEN c.relispartition THEN 'p'"
            " WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END,"
            " obj_description(c.oid, 'pg_class')"
            " FROM pg_catalog.pg_class c"
            " WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')"
            " AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))"
        )
        return [TableInfo(*row) for row in cursor.fetchall() if row[0] not in self.ignored_tables]
