"""Put an archive into the active commune's empty schema, and prove that nothing changed."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from exchange import archive_tables as tables
from exchange.archive_format import BadArchive, Reader
from parvis.acting import Actor, in_bulk
from parvis.guard import current_schema


Tell = Callable[[str], None]
RECORD = "audit_entry"  # the one that arrives replaces the few lines about the creation
ARRIVING = Actor(channel="command", action="import_commune")


@dataclass(slots=True)
class Proof:
    """What was compared after an import: each table, each sequence, each file."""

    tables: list[dict[str, Any]] = field(default_factory=list)
    sequences: list[dict[str, Any]] = field(default_factory=list)
    files: int = 0
    differences: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """Write the certificate."""
        said = {
            "differences": self.differences,
            "tables": self.tables,
            "sequences": self.sequences,
            "files": self.files,
        }
        return json.dumps(said, ensure_ascii=False, indent=1)


def load(reader: Reader, *, tell: Tell = lambda _what: None) -> Proof:
    """Check the whole archive, write it in one transaction, compare, and only then keep it.

    Raises:
        BadArchive: it is damaged, of another version, or does not fit; nothing was written.
    """
    _check_version(reader)
    _check_empty()
    reader.check()
    try:
        with in_bulk(ARRIVING), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                cursor.execute(f'TRUNCATE "{current_schema()}"."{RECORD}"')
            for name in reader.manifest.tables:
                tell(name)
                tables.write_rows(name, reader.lines(f"data/{name}.jsonl"))
            tables.set_sequences(reader.manifest.sequences)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            proof = compare(reader)
            if proof.differences:
                raise BadArchive("not_the_same", ", ".join(proof.differences[:3]))
    except (DatabaseError, ValueError) as fault:
        raise BadArchive("does_not_fit", str(fault).partition("\n")[0][:200]) from fault
    proof.files = _write_files(reader)
    return proof


def _check_version(reader: Reader) -> None:
    ours, theirs = tables.applied_migrations(), reader.manifest.migrations
    if ours != theirs:
        more = sorted(tuple(each) for each in theirs if each not in ours)
        fewer = sorted(tuple(each) for each in ours if each not in theirs)
        odd = more or fewer
        raise BadArchive("other_version", ".".join(odd[0]) if odd else "")
    unknown = set(reader.manifest.tables) ^ set(tables.table_names())
    if unknown:
        raise BadArchive("other_version", min(unknown))


def _check_empty() -> None:
    for name in tables.table_names():
        if name != RECORD and next(iter(_first_row(name)), None) is not None:
            raise BadArchive("not_empty", name)


def _first_row(name: str) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT 1 FROM "{current_schema()}"."{name}" LIMIT 1')  # noqa: S608 (from the catalogue)
        return list(cursor.fetchall())


def compare(reader: Reader) -> Proof:
    """Compare every table and sequence of the active commune with the archive.

    Numbers that were never given there may have been given here: they are not given twice.
    """
    proof, manifest = Proof(), reader.manifest
    with transaction.atomic():
        for name, said in manifest.tables.items():
            rows, digest = tables.digest(tables.read_rows(name))
            is_same = (rows, digest) == (said["rows"], said["sha256"])
            proof.tables.append(
                {"table": name, "rows": said["rows"], "found": rows, "same": is_same}
            )
            if not is_same:
                proof.differences.append(name)
        found = tables.sequences()
    for sequence, value in manifest.sequences.items():
        is_same = value is None or found.get(sequence) == value
        proof.sequences.append(
            {
                "sequence": sequence,
                "value": value,
                "found": found.get(sequence),
                "same": is_same,
            }
        )
        if not is_same:
            proof.differences.append(sequence)
    return proof


def _write_files(reader: Reader) -> int:
    """Write the photos where the commune keeps its own; each is checked once more as it passes."""
    own, count = Path(settings.MEDIA_ROOT) / current_schema(), 0
    for path in reader.manifest.entries:
        if not path.startswith("files/"):
            continue
        _prefix, folder, name = path.split("/")
        (own / folder).mkdir(parents=True, exist_ok=True)
        passing = own / folder / f".{name}.part"
        with passing.open("wb") as file:
            for piece in reader.pieces(path):
                file.write(piece)
        os.replace(passing, own / folder / name)  # noqa: PTH105 (atomic)
        count += 1
    return count
