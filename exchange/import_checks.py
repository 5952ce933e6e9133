"""Look at the rows of a file before anything is written: which can be imported, and why not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from exchange import (
    import_appointments,
    import_closures,
    import_openings,
    import_reports,
    import_staff,
    mapping,
)
from exchange.import_items import Item, Refused, World
from exchange.mapping import FIELDS, DateOrder
from exchange.models import ImportBatch, ImportedRef, ImportRow
from identity.members import Member


MESSAGE_MOST = 300
READERS = {
    "appointments": import_appointments.read,
    "closures": import_closures.read,
    "openings": import_openings.read,
    "reports": import_reports.read,
    "staff": import_staff.read,
}


class Judged(Protocol):
    """What a check writes on a row."""

    state: str
    field: str
    message: str
    proposals: Any


def world_of(batch: ImportBatch, *, now: datetime) -> World:
    """Prepare what the rows of a batch may name."""
    return World(
        now=now,
        order=DateOrder(batch.date_order),
        settings=batch.settings,
        by=Member(user_id=batch.by_id, name=batch.by_name, role=batch.by_role),
        batch=batch.pk,
    )


def read_row(row: ImportRow, batch: ImportBatch, world: World) -> Item:
    """Understand one row.

    Raises:
        Refused: it cannot be imported as it is.
    """
    values = mapping.said(row.cells, batch.columns)
    for field in FIELDS[batch.kind]:
        if field.is_required and not values.get(field.name):
            raise Refused(field.name, _("Cette valeur manque."))
    return READERS[batch.kind](values, world)


def judge(batch: ImportBatch, rows: Iterable[ImportRow], *, now: datetime) -> list[ImportRow]:
    """Write on each row whether it can be imported; nothing is saved.

    Rows of one reference follow each other: the first stands, the others are refused.
    """
    world = world_of(batch, now=now)
    known = dict(ImportedRef.objects.filter(source=batch.kind).values_list("ref", "digest"))
    judged, fresh, seen = [], [], set()
    for row in rows:
        judged.append(row)
        try:
            found = read_row(row, batch, world)
        except Refused as refusal:
            refuse(row, refusal)
            continue
        if found.ref in seen:
            refuse(row, Refused("ref", _("Cette ligne est déjà dans le fichier, plus haut.")))
            continue
        seen.add(found.ref)
        words = import_staff.already(found, world) if batch.kind == "staff" else ""
        accept(row, is_known=bool(words) or known.get(found.ref) == found.digest, words=words)
        if found.ref not in known:
            fresh.append((row, found))
    if batch.kind == "appointments":
        items = [found for _row, found in fresh]
        for rank, conflict in import_appointments.conflicts(items, world).items():
            refuse(fresh[rank][0], conflict)
    return judged


def accept(row: Judged, *, is_known: bool, words: str = "") -> None:
    """Say that a row can be imported, or that nothing in it is new, in words where they help."""
    row.state = ImportRow.State.UNCHANGED if is_known else ImportRow.State.READY
    row.field, row.message, row.proposals = "", words[:MESSAGE_MOST], []


def refuse(row: Judged, refusal: Refused) -> None:
    """Say why a row cannot be imported."""
    row.state = ImportRow.State.WRONG
    row.field, row.message = refusal.field, refusal.message[:MESSAGE_MOST]
    row.proposals = [[words, changes] for words, changes in refusal.fixes]


def counts(rows: Mapping[str, int]) -> dict[str, int]:
    """Give the number of rows of every state, zero included."""
    return {str(state): rows.get(state, 0) for state in ImportRow.State.values}
