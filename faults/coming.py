"""The release to come: today's code and one migration more, which only this harness knows.

It expands: a column and an index that today's code needs not know. The code of the release does
not need them yet either: the one after it may.
"""

import os
from typing import Any

from django.db import connection, models, transaction
from django.db.migrations import AddField, AddIndex, Migration
from django.db.migrations.loader import MigrationLoader

from tenants import releases


APP, NAME, COLUMN = "booking", "9999_to_come", "to_come"
DEAD = 86
OPERATIONS: list[Any] = [
    AddField("service", COLUMN, models.TextField(default="", db_default="")),
    AddField("appointment", COLUMN, models.TextField(default="", db_default="")),
    AddIndex("appointment", models.Index(fields=[COLUMN], name="appointment_to_come")),
]


def add() -> None:
    """Give this process the migration of the release to come."""
    original = MigrationLoader.load_disk

    def more(self: MigrationLoader) -> None:
        original(self)
        last = before(self)
        found = type("Migration", (Migration,), {"operations": OPERATIONS})(NAME, APP)
        found.dependencies = [(APP, last)]
        self.disk_migrations[APP, NAME] = found

    MigrationLoader.load_disk = more


def before(loader: MigrationLoader | None = None) -> str:
    """Name the last migration of today's code."""
    loader = loader or MigrationLoader(None, ignore_no_migrations=True)
    return max(name for app, name in loader.disk_migrations if app == APP and name != NAME)


def die_at(wanted: str) -> None:
    """End the release in the middle of one commune, before its COMMIT."""
    original = releases._replay

    def dying(schema: str, text: str, applied: list[tuple[str, str]]) -> None:
        if schema != wanted:
            original(schema, text, applied)
            return
        connection.set_schema(schema, include_public=False)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)
            os._exit(DEAD)

    releases._replay = dying
