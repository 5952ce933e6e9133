"""What happens to a file: received, read, checked, corrected, imported, undone, forgotten."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from exchange import import_checks, import_run, mapping
from exchange.import_models import ColumnMemory, ImportBatch, ImportRow
from exchange.mapping import DateOrder
from exchange.sniff import Table
from identity.members import Member
from parvis.deferred import defer
from parvis.errors import DomainError


CHUNK = 1_000
KEPT_DAYS = 30  # after an import, how long its rows are kept and it can be undone
DRAFT_DAYS = 7
SAMPLE = 500
JUDGED = ["state", "field", "message", "proposals"]
State = ImportBatch.State


class AlreadyImported(DomainError):
    """What is imported is not corrected any more."""

    message = _("Ce fichier est déjà importé : déposez-le de nouveau pour le corriger.")


class NothingToImport(DomainError):
    """All rows are wrong, or nothing in them is new."""

    message = _("Aucune ligne n’est à importer.")


class NotUndoable(DomainError):
    """It is not imported, or too long ago."""

    message = _("Cet import ne peut pas, ou plus, être annulé.")


@transaction.atomic
def receive_file(
    *, kind: str, table: Table, file_name: str, by: Member, now: datetime
) -> ImportBatch:
    """Keep the rows of a file, and guess what its columns hold, as last time if it is known."""
    fingerprint = mapping.fingerprint(table.header)
    memory = ColumnMemory.objects.filter(kind=kind, fingerprint=fingerprint).first()
    batch = ImportBatch.objects.create(
        kind=kind,
        file_name=file_name[-120:],
        read_as=table.read_as,
        header=list(table.header),
        fingerprint=fingerprint,
        columns=memory.columns if memory else mapping.guess(kind, table.header),
        settings=memory.settings if memory else {},
        by_id=by.user_id,
        by_name=by.name,
        by_role=by.role,
        touched_at=now,
    )
    ImportRow.objects.bulk_create(
        [ImportRow(batch=batch, line=line, cells=list(cells)) for line, cells in table.rows],
        batch_size=CHUNK,
    )
    batch.date_order = memory.date_order if memory else guess_order(batch)[0]
    batch.save(update_fields=["date_order"])
    return batch


def guess_order(batch: ImportBatch) -> tuple[DateOrder, bool]:
    """Say in which order the days of a file are written, and whether a day proves it."""
    days = [
        column
        for name, column in batch.columns.items()
        if name in {"day", "first", "last", "valid_from", "valid_to"}
    ]
    rows = batch.rows.values_list("cells", flat=True)[:SAMPLE]
    return mapping.guess_order(cells[column] for cells in rows for column in days)


@transaction.atomic
def choose_columns(
    *,
    batch: ImportBatch,
    columns: Mapping[str, int],
    date_order: str,
    settings: Mapping[str, Any],
    now: datetime,
) -> ImportBatch:
    """Say what each column holds, remember it for the next file of that tool, and check all rows.

    Raises:
        AlreadyImported: it is.
    """
    current = _draft(batch)
    current.columns, current.date_order = dict(columns), date_order
    current.settings = dict(settings)
    current.is_mapped = True
    current.save()
    ColumnMemory.objects.update_or_create(
        kind=current.kind,
        fingerprint=current.fingerprint,
        defaults={
            "columns": current.columns,
            "date_order": date_order,
            "settings": current.settings,
        },
    )
    _check(current, now=now)
    return current


@transaction.atomic
def correct_row(
    *, batch: ImportBatch, row: ImportRow, values: Mapping[str, str], now: datetime
) -> ImportRow:
    """Write other values in a row, and check it again.

    Raises:
        AlreadyImported: the batch is.
    """
    current = _draft(batch)
    cells = list(row.cells)
    columns = dict(current.columns)
    for name, value in values.items():
        if name not in columns:  # a field that no column held gets one of its own
            columns[name] = max(len(current.header), len(cells))
            current.header = [*current.header, name]
        cells += [""] * (columns[name] + 1 - len(cells))
        cells[columns[name]] = value
    if columns != current.columns:
        current.columns = columns
        current.save(update_fields=["columns", "header"])
    ImportRow.objects.filter(pk=row.pk).update(cells=cells)
    _check(current, now=now)
    row.refresh_from_db()
    return row


@transaction.atomic
def start(*, batch: ImportBatch, now: datetime) -> ImportBatch:
    """Let the queue import what can be; pressing twice changes nothing.

    Raises:
        NothingToImport: no row can be.
        AlreadyImported: it is being undone, or was.
    """
    current = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if current.state in {State.QUEUED, State.RUNNING, State.DONE}:
        return current
    if current.state != State.DRAFT:
        raise AlreadyImported
    if not current.rows.filter(state=ImportRow.State.READY).exists():
        raise NothingToImport
    current.state, current.touched_at = State.QUEUED, now
    current.save(update_fields=["state", "touched_at"])
    defer("exchange.run_imports", batch=current.pk)
    return current


@transaction.atomic
def start_undoing(*, batch: ImportBatch, by: Member | None = None, now: datetime) -> ImportBatch:
    """Let the queue take back what the import created and nobody has changed since.

    Invitations are withdrawn in the name of ``by``; the one who brought the file in otherwise.

    Raises:
        NotUndoable: it is not imported, or its rows are forgotten.
    """
    current = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if current.state in {State.UNDOING, State.UNDONE}:
        return current
    if not may_undo(current):
        raise NotUndoable
    current.state, current.touched_at = State.UNDOING, now
    if by is not None:
        current.settings = {**current.settings, "undone_by": by.user_id}
    current.save(update_fields=["state", "touched_at", "settings"])
    defer("exchange.run_imports", batch=current.pk)
    return current


def may_undo(batch: ImportBatch) -> bool:
    """Tell whether an import can be undone: it is over, and its rows are still known."""
    return batch.state == State.DONE and batch.rows.filter(state=ImportRow.State.CREATED).exists()


@transaction.atomic
def discard(*, batch: ImportBatch) -> None:
    """Forget a file that was not imported.

    Raises:
        AlreadyImported: it is.
    """
    _draft(batch).delete()


def resume(*, batch: int, now: datetime) -> None:
    """Go on with an import or an undoing where it is; for the queue."""
    found = ImportBatch.objects.filter(pk=batch).first()
    if found is None:
        return
    if found.state in {State.QUEUED, State.RUNNING}:
        import_run.run(found, now=now)
    elif found.state == State.UNDOING:
        import_run.undo(found, now=now)


def forgotten(*, now: datetime) -> int:
    """Go on with what stopped on its way: nothing has moved for some minutes."""
    stuck = ImportBatch.objects.filter(
        state__in=[State.QUEUED, State.RUNNING, State.UNDOING],
        touched_at__lt=now - timedelta(minutes=5),
    )
    found = list(stuck.values_list("pk", flat=True))
    for pk in found:
        resume(batch=pk, now=now)
    return len(found)


@transaction.atomic
def erase_rows(*, now: datetime) -> int:
    """Erase what files say of people: drafts after a week, the rest a month after the import."""
    ImportBatch.objects.filter(
        state=State.DRAFT, created_at__lt=now - timedelta(days=DRAFT_DAYS)
    ).delete()
    over = ImportRow.objects.filter(
        batch__state__in=[State.DONE, State.UNDONE],
        batch__applied_at__lt=now - timedelta(days=KEPT_DAYS),
    )
    return over.exclude(cells=[]).update(cells=[], message="", proposals=[], state="kept")


def tally(batch: ImportBatch) -> dict[str, int]:
    """Count the rows of a batch by state; one query."""
    rows = batch.rows.order_by().values_list("state").annotate(n=Count("pk"))
    return import_checks.counts(dict(rows))


def _draft(batch: ImportBatch) -> ImportBatch:
    current = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if current.state != State.DRAFT:
        raise AlreadyImported
    return current


def _check(batch: ImportBatch, *, now: datetime) -> None:
    rows = list(batch.rows.all())
    before = {row.pk: (row.state, row.message, row.proposals) for row in rows}
    changed = [
        row
        for row in import_checks.judge(batch, rows, now=now)
        if before[row.pk] != (row.state, row.message, row.proposals)
    ]
    ImportRow.objects.bulk_update(changed, JUDGED, batch_size=CHUNK)
