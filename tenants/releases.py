"""Bring every schema to the code's version: check, canary, replay; interruptible, resumable.

The stock command of django-tenants migrates each schema with Django's executor, which reads the
whole catalogue four times per schema: its cost grows with the square of their number. Here one
SQL check finds who is behind, Django migrates one schema per group (the canary), the same
operations are rendered once as SQL and replayed on the others, one transaction each.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from tenants.catalogue import fingerprints
from tenants.models import Commune, MigrationStatus
from tenants.provisioning import ensure_template, fingerprint, migrate_schema, wanted_migrations


CHUNK = 50  # one UNION over 500 schemas is seven times slower than chunks of 50
TRIES, LONGEST_PAUSE_S = 30, 2.0
# Shorter than ``deadlock_timeout`` (1 s): where a page and a migration wait for one another, the
# migration gives way, and no page is refused.
LOCK_TIMEOUT = "500ms"
LOCKED = ("lock timeout", "deadlock detected")
Missing = frozenset[tuple[str, str]]
Say = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What a release did, by schema name."""

    current: int = 0
    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every commune is at the code's version."""
        return not self.failed


def behind(schemas: Sequence[str]) -> dict[Missing, list[str]]:
    """Group the schemas that miss a migration by what they miss."""
    wanted = wanted_migrations()
    groups: dict[Missing, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        for start in range(0, len(schemas), CHUNK):
            cursor.execute(
                sql.SQL(" UNION ALL ").join(
                    sql.SQL(
                        "SELECT {}, array_agg(app || '.' || name) FROM {}.django_migrations"
                    ).format(sql.Literal(schema), sql.Identifier(schema))
                    for schema in schemas[start : start + CHUNK]
                )
            )
            for schema, applied in cursor.fetchall():
                has = {tuple(key.split(".", 1)) for key in applied or ()}
                if missing := frozenset(wanted - has):
                    groups[missing].append(schema)
    return groups


def left() -> tuple[int, list[str]]:
    """Count the communes that are at the code's version, and name those that are not."""
    schemas = list(Commune.objects.with_schema().values_list("schema_name", flat=True))
    names = sorted(name for names in behind(schemas).values() for name in names)
    return len(schemas) - len(names), names


def release(*, now: datetime, say: Say = lambda _line: None) -> Outcome:
    """Migrate every commune that is behind; run again after an interruption to go on.

    Exactly one group member per group is migrated by Django first. A failure there stops the
    group; a failure later is noted in ``MigrationStatus`` and leaves the others untouched.
    """
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    schemas = list(
        Commune.objects.with_schema().order_by("schema_name").values_list("schema_name", flat=True)
    )
    groups = behind(schemas)
    outcome = Outcome(current=len(schemas) - sum(map(len, groups.values())))
    for missing, members in groups.items():
        _release_group(missing, members, outcome, now=now, say=say)
    if outcome.complete:
        ensure_template()
    return outcome


def _release_group(
    missing: Missing, members: list[str], outcome: Outcome, *, now: datetime, say: Say
) -> None:
    canary, rest = members[0], members[1:]
    say(f"{len(members)} commune(s) behind by {len(missing)} migration(s); canary {canary}")
    before = fingerprints(members)
    rendered = _render(rest[0], missing) if rest else None
    if not _attempt(canary, partial(migrate_schema, canary), outcome, now=now):
        for schema in rest:
            outcome.failed[schema] = "not tried: the canary failed"
        return
    for number, schema in enumerate(rest, start=2):
        if rendered is None or before[schema] != before[rest[0]]:
            done = _attempt(schema, partial(migrate_schema, schema), outcome, now=now)
        else:
            text, applied = rendered
            done = _attempt(schema, partial(_replay, schema, text, applied), outcome, now=now)
        if number % 50 == 0 or number == len(members) or not done:
            say(f"{number}/{len(members)} {schema}: {'done' if done else 'FAILED'}")
    _compare(members, outcome, now=now, say=say)


def _attempt(schema: str, migrate: Callable[[], None], outcome: Outcome, *, now: datetime) -> bool:
    """Migrate one schema and note the result."""
    if error := patiently(migrate):
        outcome.failed[schema] = error
        _note(schema, MigrationStatus.State.FAILED, error, now=now)
        return False
    outcome.migrated.append(schema)
    _note(schema, MigrationStatus.State.DONE, "", now=now)
    return True


def patiently(work: Callable[[], None]) -> str:
    """Change one schema, again when a lock is held for too long; return what was in the way.

    Whoever waits for a lock keeps all those waiting who come after it: never for longer than
    ``LOCK_TIMEOUT``.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with _locks_within(LOCK_TIMEOUT):
                work()
        except DatabaseError as fault:
            connection.set_schema_to_public()  # type: ignore[attr-defined]
            if attempt == TRIES or not any(word in str(fault) for word in LOCKED):
                return str(fault) or type(fault).__name__
            time.sleep(min(0.2 * attempt, LONGEST_PAUSE_S))
        else:
            break
    return ""


@contextmanager
def _locks_within(limit: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [limit])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _compare(members: list[str], outcome: Outcome, *, now: datetime, say: Say) -> None:
    """Set aside the schemas that do not look like the canary afterwards."""
    after = fingerprints(members)
    for schema in members[1:]:
        if schema not in outcome.failed and after[schema] != after[members[0]]:
            say(f"{schema} differs from {members[0]}: changed by hand?")
            _note(schema, MigrationStatus.State.DIVERGED, "", now=now)


def _note(schema: str, state: str, error: str, *, now: datetime) -> None:
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    MigrationStatus.objects.update_or_create(
        schema_name=schema,
        defaults={
            "fingerprint": fingerprint(wanted_migrations()),
            "state": state,
            "error": error[:1000],
            "at": now,
        },
    )


def _render(schema: str, missing: Missing) -> tuple[str, list[tuple[str, str]]] | None:
    """Render the missing migrations as SQL, or None where only Django can run them.

    Rendered on a schema that is still behind: on a migrated one nothing would be left to say.
    """
    connection.set_schema(schema, include_public=False)  # type: ignore[attr-defined]
    try:
        executor = MigrationExecutor(connection)
        plan = [
            migration
            for migration, _backwards in executor.migration_plan(
                executor.loader.graph.leaf_nodes()
            )
            if (migration.app_label, migration.name) in missing
        ]
        if not all(m.atomic and all(op.reduces_to_sql for op in m.operations) for m in plan):
            return None
        state, lines = executor._create_project_state(with_applied_migrations=True), []  # type: ignore[attr-defined]  # noqa: SLF001
        for migration in plan:
            with connection.schema_editor(collect_sql=True, atomic=True) as editor:
                state = migration.apply(state, editor, collect_sql=True)
            lines += [line for line in editor.collected_sql if not line.startswith("--")]
    except (DatabaseError, ValueError):
        return None  # the plan reads what it creates itself: the ordinary way knows how
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
    text = "\n".join(lines)
    return None if schema in text else (text, [(m.app_label, m.name) for m in plan])


def _replay(schema: str, text: str, applied: list[tuple[str, str]]) -> None:
    """Run the SQL and its ledger rows in one transaction of one schema."""
    connection.set_schema(schema, include_public=False)  # type: ignore[attr-defined]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if text:
                cursor.execute(text)
            cursor.executemany(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())",
                applied,
            )
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
