"""One commune put back to an instant, step by step, while the others go on.

Until the swap nothing is touched. What fails after it is undone: the commune is then as it was
before the restore began. A restore that was killed outright is undone by the next one.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.noting import Fact, note
from parvis import backups, recovery
from parvis.acting import Actor, acting
from parvis.backups import Backup, Store, write_json
from parvis.celery import app
from parvis.fingerprints import Prints, differing, prints
from parvis.home import Trouble
from tenants import aftermath, swapping
from tenants.catalogue import fingerprints
from tenants.hosts import LIFETIME, VERSION_KEY, forget_hosts
from tenants.lifecycle import locked
from tenants.models import Commune
from tenants.provisioning import migrate_schema
from tenants.releases import behind
from tenants.tasks import in_each


SEEN_S = 1.5  # every process looks once a second whether the registry changed
REBUILT = ("booking.refresh_slots",)  # what public derives from the commune, before it opens
COUNTED = ("adoption.count",)  # and after
PROMISES = ("nature", "référence", "état abandonné", "état restauré", "date", "nom", "courriel",
            "téléphone")  # fmt: skip
MESSAGES = ("table", "clé", "écrit le", "parti le", "destinataire")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: which commune, which instant, why, by whom."""

    commune: Commune
    at: datetime
    reason: str
    by: str


@dataclass(slots=True)
class Restored:
    """What was done; kept as a file beside the backups."""

    schema: str
    commune: str
    at: str
    began: str
    reason: str
    by: str
    last_change: str = ""
    before: str = ""
    tables: int = 0
    rows: int = 0
    bytes: int = 0
    migrated: int = 0
    erased_again: int = 0
    messages_settled: int = 0
    promises: int = 0
    messages_since: int = 0
    files_fetched: int = 0
    files_missing: list[str] = field(default_factory=list)
    files_orphan: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    folder: str = ""

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note how long a step takes."""
        started = time.monotonic()
        yield
        self.seconds[step] = round(time.monotonic() - started, 3)

    @property
    def took(self) -> float:
        """How long it took in all."""
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class Source:
    """From where it is restored: backups, their base, the addresses of the server."""

    store: Store
    dsn: str  # of the owner, to load with
    backup_dsn: str
    restore_command: str

    @property
    def names(self) -> tuple[str, str]:
        """Who reads in the copy, and in which database."""
        parts = backups.environment_of(self.dsn)
        return parts["PGUSER"], parts["PGDATABASE"]

    def past(self, base: Backup, at: datetime) -> Any:
        """Run the copy as it was."""
        user, database = self.names
        return recovery.past(
            store=self.store,
            backup=base,
            at=at,
            user=user,
            database=database,
            restore_command=self.restore_command,
        )


def base_for(*, source: Source, at: datetime, now: datetime) -> Backup:
    """Find the backup to start from.

    Raises:
        Trouble: the instant is yet to come, or before the first backup.
    """
    if at >= now:
        raise Trouble(_("Cet instant n’est pas encore passé. Rien n’a été changé."))
    base = backups.before(source.store, at)
    if base is not None:
        return base
    first = min((each.at for each in backups.kept(source.store)), default=None)
    if first is None:
        raise Trouble(
            _("Il n’y a aucune sauvegarde : « parvis backup » en fait une. Rien n’a été changé.")
        )
    raise Trouble(
        _("Cet instant précède la première sauvegarde (%(first)s UTC). Rien n’a été changé.")
        % {"first": f"{first:%Y-%m-%d %H:%M:%S}"}
    )


def look(*, source: Source, wish: Wish, base: Backup) -> tuple[Prints, Prints]:
    """Read how many rows each table had at the instant, and has now; nothing is changed."""
    backups.ship(source.backup_dsn)
    with source.past(base, wish.at) as past:
        then = _prints_of(past, source, wish.commune.schema_name)
    with psycopg.connect(source.dsn) as live:
        return then, prints(live, wish.commune.schema_name)


def restore(*, source: Source, wish: Wish, base: Backup, now: datetime, say: Say) -> Restored:
    """Put a commune back to an instant; the others notice nothing.

    Raises:
        Trouble: it could not be done; the commune is as it was.
    """
    schema = wish.commune.schema_name
    done = Restored(
        schema=schema,
        commune=wish.commune.name,
        at=wish.at.isoformat(),
        began=now.isoformat(),
        reason=wish.reason,
        by=wish.by,
    )
    state = _close(source.store, wish.commune)
    try:
        if left := swapping.unfinished(schema):
            swapping.undo(schema=schema, before=left)
        with done.timed("maintenance"):
            _wait_until_seen()
        _swap(source, wish, base, done, say)
        try:
            _make_good(source, wish, base, done, now=now, say=say)
        except BaseException:
            swapping.undo(schema=schema, before=done.before)
            raise
    finally:
        _open(source.store, wish.commune, state)
    with done.timed("counts"):
        _run(wish.commune, COUNTED)
    say(_("La commune est ouverte de nouveau."))
    return done


def _swap(source: Source, wish: Wish, base: Backup, done: Restored, say: Say) -> None:
    """Read the schema as it was, and put it in the place of the one there is."""
    schema = wish.commune.schema_name
    with done.timed("archive"):
        backups.ship(source.backup_dsn)
    started = time.monotonic()
    with source.past(base, wish.at) as past:
        done.seconds["copy"] = round(time.monotonic() - started, 3)
        user, database = source.names
        last = past.last_change(user=user, database=database)
        done.last_change = last.isoformat() if last else ""
        with done.timed("read"):
            then = _prints_of(past, source, schema)
        if not then:
            raise Trouble(
                _("La commune n’existait pas encore à cet instant. Rien n’a été changé.")
            )
        with done.timed("dump"):
            dump = past.dump(schema=schema, user=user, database=database)
        done.tables, done.rows = len(then), sum(count for count, _print in then.values())
        done.bytes = dump.stat().st_size
        say(_("Relu : %(rows)s lignes, %(bytes)s ko.")
            % {"rows": done.rows, "bytes": done.bytes // 1000})  # fmt: skip
        with done.timed("swap"):
            done.before = swapping.swap(
                store=source.store,
                environment=backups.environment_of(source.dsn),
                schema=schema,
                dump=dump,
                note={"state": "begun", "at": done.at},
            )
    with done.timed("check"), psycopg.connect(source.dsn) as live:
        wrong = differing(then, prints(live, schema))
    if wrong:
        swapping.undo(schema=schema, before=done.before)
        raise Trouble(f"{', '.join(wrong)}: not as they were. Nothing was changed.")


def _make_good(
    source: Source, wish: Wish, base: Backup, done: Restored, *, now: datetime, say: Say
) -> None:
    """Do what a restore owes to those who trusted what came after the instant."""
    schema, before = done.schema, done.before
    with done.timed("migrations"):
        if groups := behind([schema]):
            done.migrated = len(next(iter(groups)))
            migrate_schema(schema)
    with done.timed("erasures"):
        done.erased_again = _erase_again(wish, now)
    with done.timed("outbox"), transaction.atomic():
        done.messages_settled = aftermath.merge_outboxes(schema=schema, before=before, now=now)
    with done.timed("differences"):
        _list_differences(source.store, done, now)
    with done.timed("rebuilt"):
        _run(wish.commune, REBUILT)
    with done.timed("files"):
        here = Path(settings.MEDIA_ROOT) / schema
        found = aftermath.settle_files(
            schema=schema, here=here, kept=base.media(source.store) / schema, at=wish.at
        )
        done.files_fetched, done.files_missing = found.fetched, found.missing
        done.files_orphan = found.orphans
    with done.timed("audit"):
        _note(wish, done)
    with done.timed("checks"):
        _check(done, say)
    drop_after = now + swapping.KEPT
    swapping.note_on(
        before, {"state": "done", "at": done.at, "drop_after": drop_after.isoformat()}
    )
    write_json(Path(done.folder) / "restore.json", asdict(done))


def _check(done: Restored, say: Say) -> None:
    """Compare structure and rights with what was set aside.

    Raises:
        Trouble: a role has lost or won a right.
    """
    if lost := swapping.lost_rights(schema=done.schema, before=done.before):
        table, right, role = min(lost)
        raise Trouble(f"{right} on {table} for {role} differs. Nothing was changed.")
    shapes = fingerprints([done.schema, done.before])
    if shapes[done.schema] != shapes[done.before]:
        say(_("Attention : la structure du schéma n’est pas celle d’avant."))
    if done.files_missing:
        say(_("Attention : %(n)s photos n’ont plus de fichier.") % {"n": len(done.files_missing)})


def _erase_again(wish: Wish, now: datetime) -> int:
    """Erase what was erased since the instant; count what was there again."""
    if not settings.ERASURE_LEDGER:
        return 0
    replay = import_string(settings.ERASURE_LEDGER)
    return int(replay(wish.commune.schema_name, wish.at, now=now))


def _note(wish: Wish, done: Restored) -> None:
    """Say in the record of the commune what was done, by whom and why, and where it stood."""
    fact = Fact(
        "restored",
        label=wish.reason,
        object_id=done.at,
        detail={"head": aftermath.head_of_record(done.before)},
    )
    with acting(Actor(name=wish.by, channel="command", action="parvis restore")):
        ((_commune, _nothing),) = in_each([wish.commune], partial(note, fact))


def _list_differences(store: Store, done: Restored, now: datetime) -> None:
    """Write what was promised since, for the team to take over by hand."""
    folder = store.restores / f"{done.schema}-{now:%Y%m%dT%H%M%S}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    done.folder = str(folder)
    promises = aftermath.promises_since(schema=done.schema, before=done.before)
    messages = aftermath.messages_since(schema=done.schema, before=done.before)
    aftermath.write_csv(
        folder / "promises.csv",
        PROMISES,
        (astuple(each) for each in promises),
    )
    aftermath.write_csv(folder / "messages.csv", MESSAGES, messages)
    done.promises, done.messages_since = len(promises), len(messages)


def _run(commune: Commune, tasks: tuple[str, ...]) -> None:
    app.loader.import_default_modules()
    for name in tasks:
        ((_commune, _result),) = in_each([commune], app.tasks[name].run)


def _prints_of(past: recovery.Past, source: Source, schema: str) -> Prints:
    user, database = source.names
    with psycopg.connect(past.dsn(user=user, database=database)) as copy:
        return prints(copy, schema)


def abandon(*, store: Store, commune: Commune) -> bool:
    """Undo a restore that was killed, and open the commune again; False if there was none."""
    left = swapping.unfinished(commune.schema_name)
    if left:
        swapping.undo(schema=commune.schema_name, before=left)
    journal = store.restores / f"{commune.schema_name}.json"
    if commune.state == Commune.State.MAINTENANCE and journal.exists():
        _open(store, commune, json.loads(journal.read_text())["state"])
        return True
    return left is not None


@transaction.atomic
def _close(store: Store, commune: Commune) -> str:
    """Put a commune in maintenance, and remember in which state it was."""
    journal = store.folder(store.restores) / f"{commune.schema_name}.json"
    current = locked(commune)
    state = str(current.state)
    if state == Commune.State.MAINTENANCE and journal.exists():
        state = json.loads(journal.read_text())["state"]
    write_json(journal, {"state": state})
    _set_state(current, Commune.State.MAINTENANCE)
    return state


@transaction.atomic
def _open(store: Store, commune: Commune, state: str) -> None:
    _set_state(locked(commune), state)
    transaction.on_commit(
        lambda: (store.restores / f"{commune.schema_name}.json").unlink(missing_ok=True)
    )


def _set_state(commune: Commune, state: str) -> None:
    commune.state = state
    commune.save(update_fields=["state"])
    transaction.on_commit(forget_hosts)


def _wait_until_seen() -> None:
    """Wait until no process takes the commune for open."""
    is_told = caches["shared"].get(VERSION_KEY) is not None
    time.sleep(SEEN_S if is_told else LIFETIME)


def forget_old(*, store: Store, now: datetime) -> int:
    """Drop what restores set aside seven days ago, with the lists they made. Count schemas."""
    gone = swapping.drop_expired(now=now)
    for path in store.restores.glob("*-*/*.csv"):
        if path.stat().st_mtime < (now - swapping.KEPT).timestamp():
            path.unlink()
    for path in store.restores.glob("*-*/restore.json"):
        _drop_orphans(json.loads(path.read_text()), now)
    return len(gone)


def _drop_orphans(told: dict[str, Any], now: datetime) -> None:
    """Delete the files that no row names since a restore, once that is seven days ago."""
    if datetime.fromisoformat(told["began"]) > now - swapping.KEPT:
        return
    here = Path(settings.MEDIA_ROOT) / told["schema"]
    for name in aftermath.still_orphans(told["schema"], here, told["files_orphan"]):
        (here / name).unlink(missing_ok=True)
