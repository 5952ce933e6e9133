"""After a commune was put back: messages that went meanwhile, promises made since, files.

Everything reads two schemas side by side, as the owner of the database: the restored one, and
what was set aside.
"""

import csv
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql


OUTBOX = {"key", "sent_at", "attempts", "dead_at"}
DELIVERY = ("sent_at", "attempts", "dead_at", "unsure_at", "last_error")
# What a commune promises somebody, and who that is.
PROMISES = {"booking.Appointment": "", "incidents.Report": "incidents.ReportContact"}
WHEN = {"booking.Appointment": "lower(row.period)", "incidents.Report": "row.submitted_at"}
# Rows that a file must follow, and which of them.
FILED = {"incidents.Photo": ("name", "state = 'ready'")}
COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s
"""
STEM = re.compile(r"[0-9a-f]{24,64}")


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that somebody was promised after the instant, or that was changed since."""

    nature: str
    reference: str
    status: str
    status_then: str  # empty: it did not exist
    at: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Files:
    """What became of the files of a commune."""

    fetched: int
    missing: list[str]
    orphans: list[str]


def merge_outboxes(*, schema: str, before: str, now: datetime) -> int:
    """Note in every outbox what was delivered meanwhile; give up what was withdrawn. Count rows.

    A message that waited at the instant and has no row any more was taken back for a reason, such
    as an appointment that was cancelled: it does not leave by itself.
    """
    merged = 0
    for table, columns in _tables(schema, before).items():
        if not columns >= OUTBOX:
            continue
        told = [name for name in DELIVERY if name in columns]
        parts = {
            "now": sql.Identifier(schema, table),
            "old": sql.Identifier(before, table),
            "names": sql.SQL(", ").join(map(sql.Identifier, told)),
            "mine": sql.SQL(", ").join(sql.Identifier("mine", name) for name in told),
            "theirs": sql.SQL(", ").join(sql.Identifier("theirs", name) for name in told),
        }
        merged += _write(
            "UPDATE {now} AS mine SET ({names}) = ROW({theirs}) FROM {old} AS theirs"
            " WHERE theirs.key = mine.key AND ({mine}) IS DISTINCT FROM ({theirs})",
            parts,
        )
        merged += _write(
            "UPDATE {now} AS mine SET dead_at = %(now)s, last_error = %(why)s"
            " WHERE sent_at IS NULL AND dead_at IS NULL"
            " AND NOT EXISTS (SELECT FROM {old} AS theirs WHERE theirs.key = mine.key)",
            parts,
            now=now,
            why=_("Retiré après l’instant restauré."),
        )
    return merged


def messages_since(*, schema: str, before: str) -> list[list[str]]:
    """List the messages that went after the instant: their readers hold what no longer exists."""
    found = []
    for table, columns in _tables(schema, before).items():
        if not columns >= OUTBOX | {"to", "written_at"}:
            continue
        query = sql.SQL(
            "SELECT key, written_at::text, sent_at::text, theirs.to::text FROM {old} AS theirs"
            " WHERE sent_at IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM {now} AS mine WHERE mine.key = theirs.key)"
            " ORDER BY written_at, id"
        ).format(now=sql.Identifier(schema, table), old=sql.Identifier(before, table))
        with connection.cursor() as cursor:
            cursor.execute(query)
            found += [[table, *row] for row in cursor.fetchall()]
    return found


def promises_since(*, schema: str, before: str) -> list[Promise]:
    """List what was made or changed after the instant, and whom to tell."""
    known = _tables(schema, before)
    found = []
    for label, contact in PROMISES.items():
        model = apps.get_model(label)
        table = model._meta.db_table  # noqa: SLF001 (documented)
        if table not in known:
            continue
        person: sql.Composable = sql.SQL("row")
        link: sql.Composable = sql.SQL("")
        if contact:
            other = apps.get_model(contact)._meta.db_table  # noqa: SLF001 (documented)
            person = sql.SQL("person")
            link = sql.SQL("LEFT JOIN {} AS person ON person.report_id = row.id").format(
                sql.Identifier(before, other)
            )
        query = sql.SQL(
            "SELECT row.reference, row.status, coalesce(mine.status, ''), {when}::text,"
            " coalesce({person}.name, ''), coalesce({person}.email, ''),"
            " coalesce({person}.phone, '')"
            " FROM {old} AS row {link} LEFT JOIN {now} AS mine ON mine.reference = row.reference"
            " WHERE mine.id IS NULL OR (mine.status, mine.version) <> (row.status, row.version)"
            " ORDER BY {when}, row.id"
        ).format(
            when=sql.SQL(WHEN[label]),
            person=person,
            link=link,
            old=sql.Identifier(before, table),
            now=sql.Identifier(schema, table),
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            nature = str(model._meta.verbose_name)  # noqa: SLF001 (documented)
            found += [Promise(nature, *row) for row in cursor.fetchall()]
    return found


def head_of_record(before: str) -> str:
    """Read the last link of the record that was set aside, empty if nothing was sealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT hash FROM {} WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"
            ).format(sql.Identifier(before, "audit_entry"))
        )
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a table that its owner alone may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        writer.writerows(rows)


def settle_files(*, schema: str, here: Path, kept: Path, at: datetime) -> Files:
    """Fetch what rows name again and the disk has lost; list what no row names any more.

    ``here`` holds the files of the commune, ``kept`` what a backup holds of them. Files are named
    for their rows; those of people who were erased are named by no row, and stay away.
    """
    lost = {
        path.relative_to(kept): path
        for path in _files(kept)
        if not (here / path.relative_to(kept)).exists()
    }
    recent = [path for path in _files(here) if path.stat().st_mtime >= at.timestamp()]
    named = _named(schema, {_stem(path) for path in (*lost.values(), *recent)} - {""})
    fetched = 0
    for name, path in lost.items():
        if _stem(path) in named:
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, here / name)
            fetched += 1
    orphans = [
        str(path.relative_to(here)) for path in recent if _stem(path) and _stem(path) not in named
    ]
    return Files(fetched, _without_file(schema, here), sorted(orphans))


def still_orphans(schema: str, here: Path, names: Iterable[str]) -> list[str]:
    """Keep of these files those that no row names today."""
    stems = {name: _stem(here / name) for name in names}
    named = _named(schema, set(stems.values()) - {""})
    return [name for name, stem in stems.items() if stem and stem not in named]


def _without_file(schema: str, here: Path) -> list[str]:
    """Name the rows whose file is nowhere."""
    stems = {_stem(path) for path in _files(here)}
    missing: list[str] = []
    for label, (column, which) in FILED.items():
        table = apps.get_model(label)._meta.db_table  # noqa: SLF001 (documented)
        query = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY 1").format(
            sql.Identifier(column), sql.Identifier(schema, table), sql.SQL(which)
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            missing += [name for (name,) in cursor.fetchall() if name not in stems]
    return missing


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def _stem(path: Path) -> str:
    found = STEM.match(path.name)
    return found.group() if found else ""


def _named(schema: str, stems: set[str]) -> set[str]:
    """Tell which of these names occur anywhere in the rows of a schema."""
    named: set[str] = set()
    if not stems:
        return named
    for table in _tables(schema, schema):
        query = sql.SQL(
            "SELECT DISTINCT found[1] FROM {} AS row,"
            " regexp_matches(row::text, '[0-9a-f]{{24,64}}', 'g') AS found"
            " WHERE found[1] = ANY(%s)"
        ).format(sql.Identifier(schema, table))
        with connection.cursor() as cursor:
            cursor.execute(query, [sorted(stems)])
            named |= {name for (name,) in cursor.fetchall()}
    return named


def _tables(schema: str, before: str) -> dict[str, set[str]]:
    """Read the columns that each table has in both schemas."""
    found: list[dict[str, set[str]]] = []
    for name in (schema, before):
        tables: dict[str, set[str]] = {}
        with connection.cursor() as cursor:
            cursor.execute(COLUMNS, [name])
            for table, column in cursor.fetchall():
                tables.setdefault(table, set()).add(column)
        found.append(tables)
    here, there = found
    return {table: columns & there[table] for table, columns in here.items() if table in there}


def _write(
    statement: str, parts: dict[str, sql.Composable], **values: str | int | datetime
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**parts), values or None)
        return int(cursor.rowcount)
