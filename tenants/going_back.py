"""Take migrations of one app back in every commune, rendered once and replayed as a release is."""

from collections.abc import Sequence
from functools import partial

from django.db import connection, transaction
from django.db.migrations import Migration
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tenants.models import Commune
from tenants.releases import Outcome, Say, patiently


Key = tuple[str, str]


class NoWayBack(RuntimeError):
    """A migration cannot be taken back by statements alone."""


def go_back(*, app: str, name: str, say: Say) -> Outcome:
    """Take back what came after a migration, in each commune that has it; run again to go on.

    Raises:
        NoWayBack: a migration would need code, or says that nothing leads back.
    """
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    loader = MigrationLoader(None, ignore_no_migrations=True)
    after = _after(loader, app, name)
    outcome = Outcome()
    texts: dict[tuple[Key, ...], str] = {}
    schemas = Commune.objects.with_schema().order_by("schema_name")
    for schema in list(schemas.values_list("schema_name", flat=True)):
        has = _applied(schema)
        plan = tuple(key for key in after if key in has)
        if not plan:
            outcome.current += 1
            continue
        if plan not in texts:
            texts[plan] = _render(schema, loader, plan)
        if error := patiently(partial(_replay, schema, texts[plan], plan)):
            outcome.failed[schema] = error
            say(f"{schema}: FAILED")
        else:
            outcome.migrated.append(schema)
    return outcome


def _after(loader: MigrationLoader, app: str, name: str) -> list[Key]:
    """List what depends on a migration, the last one first."""
    target = (app, loader.get_migration_by_prefix(app, name).name)
    following = sorted(
        node.key for node in loader.graph.node_map[target].children if node.key[0] == app
    )
    return list(dict.fromkeys(key for each in following for key in _back(loader, each)))


def _back(loader: MigrationLoader, key: Key) -> list[Key]:
    return [(app, name) for app, name in loader.graph.backwards_plan(key)]


def _applied(schema: str) -> set[Key]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT app, name FROM {}.django_migrations").format(sql.Identifier(schema))
        )
        return {(app, name) for app, name in cursor.fetchall()}


def _render(schema: str, loader: MigrationLoader, keys: Sequence[Key]) -> str:
    """Render the way back as SQL.

    Raises:
        NoWayBack: there is none.
    """
    plan: list[Migration] = [loader.graph.nodes[key] for key in keys]
    if not all(each.atomic and all(op.reduces_to_sql for op in each.operations) for each in plan):
        raise NoWayBack("A migration of this app needs code to be taken back.")
    connection.set_schema(schema, include_public=False)  # type: ignore[attr-defined]
    lines: list[str] = []
    try:
        for migration in plan:
            before = loader.project_state((migration.app_label, migration.name), at_end=False)
            with connection.schema_editor(collect_sql=True, atomic=True) as editor:
                migration.unapply(before, editor, collect_sql=True)
            lines += [line for line in editor.collected_sql if not line.startswith("--")]
    except IrreversibleError as fault:
        raise NoWayBack(str(fault)) from fault
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
    return "\n".join(lines)


def _replay(schema: str, text: str, keys: Sequence[Key]) -> None:
    connection.set_schema(schema, include_public=False)  # type: ignore[attr-defined]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if text:
                cursor.execute(text)
            cursor.executemany("DELETE FROM django_migrations WHERE app = %s AND name = %s", keys)
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
