"""The database backend: path and role of the current commune, and who acts, in one statement.

The stock backend of django-tenants sends the path before every cursor and knows no role. This
one compares what is wanted with what the connection has, and speaks only when they differ.
"""

from typing import Any

from django.db.utils import DatabaseError
from django_tenants.postgresql_backend import base
from psycopg import Error

from parvis.acting import current
from parvis.postgresql.introspection import DatabaseIntrospection


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """A connection that always looks at one schema, under the role made for it."""

    introspection_class = DatabaseIntrospection
    _applied: tuple[str, str, bool, str] | None = None
    _setting_search_path: bool = False

    def connect(self) -> None:
        """Open the connection; nothing is applied to it yet."""
        self._applied = None
        super().connect()

    def close(self) -> None:
        """Close the connection and forget what was applied."""
        self._applied = None
        super().close()

    def rollback(self) -> None:
        """Roll back: the server undoes a SET made inside the transaction."""
        self._applied = None
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        """Roll back to a savepoint, which undoes a SET as well."""
        try:
            super().savepoint_rollback(sid)
        finally:
            self._applied = None

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:  # noqa: FBT001, FBT002 (inherited)
        """Look at the schema of ``tenant`` from the next statement on.

        The parent's version also empties the content type cache, which is shared here.
        """
        self.tenant, self.schema_name = tenant, tenant.schema_name
        self.include_public_schema = include_public
        self.set_settings_schema(self.schema_name)

    @property
    def role(self) -> str:
        """The role of the current schema, or ``none`` for the owner of the database."""
        if not self.settings_dict.get("TENANT_ROLES"):
            return "none"
        return getattr(self.tenant, "database_role", None) or f"t_{self.schema_name}"

    def _handle_search_path(self, cursor: Any = None) -> None:
        wanted = (self.schema_name, self.role, self.include_public_schema, current())
        if self._setting_search_path or self._applied == wanted:
            return
        path = ", ".join(f'"{name}"' for name in self._get_cursor_search_paths())
        self._setting_search_path = True
        own = cursor or self.connection.cursor()
        try:
            own.execute(
                "SELECT set_config('search_path', %s, false), set_config('role', %s, false),"
                " set_config('parvis.acting', %s, false)",
                [path, self.role, wanted[3]],
            )
            self._applied = wanted
        except (DatabaseError, Error):
            self._applied = None
            if not self.in_atomic_block:  # an aborted transaction refuses everything anyway
                raise
        finally:
            self._setting_search_path = False
            if cursor is None:
                own.close()
