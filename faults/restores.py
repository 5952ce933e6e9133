"""S11: one commune is put back to an instant while the others write.

The story is told twice: here, with bugs in the restore itself; and by the tests, which look at
everything else that a restore owes.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import connection

from benchmarks.fleet import OUTBOX, Fleet, Writers, restore
from faults import world
from faults.ground import Ground
from faults.outcome import Outcome
from parvis import backups
from parvis.fingerprints import Prints, differing
from parvis.home import SOURCE
from tenants.keeping import open_store
from tenants.models import Commune
from tenants.provisioning import drop


# What follows a restore by itself, and is not as it was at the instant.
FOLLOWS = {"booking_appointment", OUTBOX, "audit_entry", "privacy_night"}
NAMED, ERASED = "ab" * 16, "cd" * 16  # of two files: a row names the first one only


@dataclass(slots=True)
class Story:
    """What happened, and what was read before and after."""

    fleet: Fleet
    at: datetime
    then: Prints
    others: dict[str, Prints]
    writers: Writers
    erased: str
    lost: str
    last_id: int
    words: str = ""
    window: tuple[float, float] = (0, 0)
    took: float = 0

    def scalar(self, query: str, **values: object) -> object:
        """Read one value of the commune that was put back; ``{}`` stands for its schema."""
        rows = self.fleet.tell(query.format(self.fleet.restored), **values)
        return rows[0][0] if rows else None


def commune_restored(
    ground: Ground, *, communes: int, visits: int, letters: int, seed: int, mutant: str = ""
) -> Outcome:
    """S11: back up, write, erase, put one commune back while the others write."""
    del seed  # everything happens once, in one order
    outcome = Outcome(
        "S11", f"one commune of {communes} restored while the others write", communes - 1
    )
    outcome.within_s = 60
    with _fleet(ground, mutant) as made:
        made.furnish(communes, visits=visits, letters=letters)
        story = tell(made, durable=True)
        landed = story.writers.landed(*story.window)
        outcome.landed = len(landed)
        outcome.recovery_s = story.took
        outcome.broken += wrong(story)
        outcome.facts += [
            f"{sum(landed.values())} writes of others meanwhile",
            f"{made.size() / 1e6:.0f} MB",
        ]
    return outcome


def tell(made: Fleet, *, durable: bool) -> Story:
    """Write, back up, write, note the instant, write what must not survive, or must; restore."""
    space = made.restored
    media = _before(made)
    backups.take(
        store=made.store,
        dsn=made.environment["PARVIS_BACKUP_DATABASE_URL"],
        media=media.parent,
        release="tests",
        durable=durable,
    )
    made.tell(f"UPDATE {space}.booking_appointment SET note = 'since the backup' WHERE id = 3")
    at, then = made.clock(), made.prints(space)[space]
    time.sleep(0.05)
    erased, lost, last_id = _since(made)
    for path in media.iterdir():
        path.unlink()
    others = made.prints(*made.others)
    story = Story(made, at, then, others, Writers(made), erased, lost, last_id)
    with story.writers.writing(2):
        story.words, story.window, story.took = restore(made, at, "--reason", "Une erreur")
    return story


def _before(made: Fleet) -> Path:
    """Write what the backup holds; return where the files of the commune are."""
    space = made.restored
    another(made, space, OUTBOX, key="waiting:1", sent_at=None)
    another(made, space, OUTBOX, key="withdrawn:1", sent_at=None)
    media = made.folder / "files" / space
    media.mkdir(parents=True, exist_ok=True)
    for stem in (NAMED, ERASED):
        (media / f"{stem}.jpg").write_text("kept")
    made.tell(f"UPDATE {space}.booking_appointment SET note = '{NAMED}' WHERE id = 4")
    return media


def _since(made: Fleet) -> tuple[str, str, int]:
    """Erase somebody, spoil everything; name who was erased, who was lost, and the last number."""
    space = made.restored
    erased, lost = [
        str(reference)
        for (reference,) in made.tell(
            f"SELECT reference FROM {space}.booking_appointment ORDER BY id LIMIT 2"
        )
    ]
    made.tell(
        "INSERT INTO privacy_erasure (schema, kind, record, at, reason)"
        " VALUES (%(schema)s, 'appointment', %(record)s, clock_timestamp(), 'request')",
        schema=space,
        record=erased,
    )
    made.tell(f"UPDATE {space}.booking_appointment SET note = 'a mistake'")
    made.tell(
        f"UPDATE {space}.booking_appointment SET status = 'cancelled', version = version + 1"
        " WHERE reference = %(lost)s",
        lost=lost,
    )
    made.tell(f"UPDATE {space}.{OUTBOX} SET sent_at = now(), attempts = 1 WHERE key = 'waiting:1'")
    made.tell(f"DELETE FROM {space}.{OUTBOX} WHERE key = 'withdrawn:1'")
    another(made, space, OUTBOX, key="since:1", to=["she@example.org"])
    last_id = another(
        made, space, "booking_appointment", reference="S1NCE000",
        token_hash="since",  # noqa: S106 (of nobody)
        idempotency_key="00000000-0000-0000-0000-000000000001", email="she@example.org",
    )  # fmt: skip
    return erased, lost, last_id


def another(made: Fleet, space: str, table: str, **change: object) -> int:
    """Write a row like the first one of a table."""
    ((number,),) = made.tell(
        f"INSERT INTO {space}.{table} SELECT (jsonb_populate_record(row, %(change)s::jsonb ||"
        f" jsonb_build_object('id', nextval(pg_get_serial_sequence('{space}.{table}', 'id'))))).*"
        f" FROM {space}.{table} AS row ORDER BY id LIMIT 1 RETURNING id",
        change=json.dumps(change),
    )
    return int(number)


def wrong(story: Story) -> list[str]:
    """Check everything that a restore must leave; name what does not hold."""
    made, space = story.fleet, story.fleet.restored
    found = [f"I11 a writer was refused: {each}" for each in story.writers.failures]
    now = made.prints(*made.schemas)
    if changed := set(differing(story.then, now[space])) - FOLLOWS:
        found.append(f"I1 lost: {space} is not as it was: {sorted(changed)}")
    for schema, before in story.others.items():
        changed = set(differing(before, now[schema])) - {OUTBOX}
        grown = now[schema][OUTBOX][0] - before[OUTBOX][0]
        if changed or grown != story.writers.written[schema]:
            found.append(f"I7 {schema} was touched: {sorted(changed)}, {grown} messages more")
    return found + [text for query, text in _owed(story) if not story.scalar(query)]


def _owed(story: Story) -> Iterator[tuple[str, str]]:
    """List what one query each says of the restored commune, and how to name its contrary."""
    space, erased = story.fleet.restored, story.erased
    rows, mails = f"{space}.booking_appointment", f"{space}.{OUTBOX}"
    yield (
        f"SELECT name <> 'Mesure' FROM {rows} WHERE reference = '{erased}'",
        "I2 an erased person is back",
    )
    yield (
        f"SELECT note = 'since the backup' FROM {rows} WHERE id = 3",
        "I1 lost: what was written between the backup and the instant",
    )
    yield (
        f"SELECT count(*) = 0 FROM {rows} WHERE note = 'a mistake'",
        "I1 what was written after the instant is still there",
    )
    yield (
        f"SELECT sent_at IS NOT NULL FROM {mails} WHERE key = 'waiting:1'",
        "I6 doubled: a message that was sent would be sent again",
    )
    yield (
        f"SELECT dead_at IS NOT NULL FROM {mails} WHERE key = 'withdrawn:1'",
        "I6 a message that was withdrawn would be sent",
    )
    yield (
        f"SELECT state = 'ready' FROM tenants_commune WHERE schema_name = '{space}'",
        "I11 the commune is not open again",
    )
    since = f"at > '{story.at.isoformat()}' AND reason = 'request'"
    yield (
        f"SELECT count(*) > 0 FROM privacy_erasure WHERE schema = '{space}' AND {since}",
        "I12 nobody was erased after the instant",
    )


def fleet_on(ground: Ground, mutant: str = "") -> Fleet:
    """Use this ground as the server of communes of their own."""
    path = os.pathsep.join([str(SOURCE), str(SOURCE / "platform")])
    return Fleet(
        ground.folder,
        {**os.environ, **ground.environment, "PYTHONPATH": path, "FAULTS_MUTANT": mutant},
        replace(open_store(), root=Path(ground.environment["PARVIS_BACKUPS"])),
        program="faults.commands",
    )


@contextmanager
def _fleet(ground: Ground, mutant: str) -> Iterator[Fleet]:
    """Leave nothing of the communes, nor of the backups."""
    made = fleet_on(ground, mutant)
    world.forget_connections()
    try:
        with ground.archiving():
            yield made
            world.forget_connections()
    finally:
        world.forget_connections()
        connection.set_schema_to_public()
        for schema in made.schemas:
            drop(schema)
        Commune.objects.filter(schema_name__in=made.schemas).delete()
        if made.schemas:
            made.tell(f"DROP SCHEMA IF EXISTS {made.restored}_before CASCADE")
        with suppress(FileNotFoundError):
            (made.store.root / "on").unlink()  # nothing is archived any more
        for name in ("base", "wal", "media", "restores"):
            shutil.rmtree(made.store.root / name, ignore_errors=True)
