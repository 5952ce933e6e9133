"""Write the rows of a checked file, and take them back; each step survives being killed.

Appointments and reports are written one by one, each in its own transaction, so that a rival
booking refuses one row and not the file. What changes the opening hours is one change of the
settings, all at once.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from types import ModuleType

from django.db import DatabaseError, OperationalError, transaction
from django.utils.translation import gettext as _

from booking.reconfiguring import reconfigure
from exchange import (
    import_appointments,
    import_closures,
    import_openings,
    import_reports,
    import_staff,
)
from exchange.import_checks import MESSAGE_MOST, read_row, world_of
from exchange.import_items import Item, Refused, World
from exchange.models import ImportBatch, ImportedRef, ImportRow
from parvis.errors import DomainError


WRITERS: dict[str, ModuleType] = {
    "appointments": import_appointments,
    "closures": import_closures,
    "openings": import_openings,
    "reports": import_reports,
}
AT_ONCE = {"closures", "openings"}  # parts of the settings: one change for the whole file
TOUCH_EVERY = 25
State = ImportRow.State


def run(batch: ImportBatch, *, now: datetime) -> None:
    """Import every row that is ready; what was imported before is only followed."""
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.RUNNING, touched_at=now)
    world = world_of(batch, now=now)
    if batch.kind == "staff":
        _ask_for_people(batch, world)
        return
    if batch.kind in AT_ONCE:
        label = _("Import de « %(name)s »") % {"name": batch.file_name}
        _at_once(label, lambda: _each(batch, State.READY, world, _import), world)
    else:
        _each(batch, State.READY, world, _import)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.DONE, applied_at=now, touched_at=now
    )


def undo(batch: ImportBatch, *, now: datetime) -> None:
    """Take back what the batch created and nobody has changed since; the rest is kept and told."""
    world = world_of(batch, now=now)
    if batch.kind == "staff":
        import_staff.ask_back(batch)
        import_staff.close(batch, now=now)
        return
    if batch.kind in AT_ONCE:
        label = _("Import de « %(name)s » annulé") % {"name": batch.file_name}
        _at_once(label, lambda: _each(batch, State.CREATED, world, _take_back), world)
    else:
        _each(batch, State.CREATED, world, _take_back)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.UNDONE, undone_at=now, touched_at=now
    )


def _at_once(label: str, work: Callable[[], object], world: World) -> None:
    reconfigure(label=label, work=work, by=world.by, now=world.now)


def _ask_for_people(batch: ImportBatch, world: World) -> None:
    asked = []
    for row in batch.rows.filter(state=State.READY):
        try:
            asked.append((row, read_row(row, batch, world)))
        except Refused as refusal:
            _refuse(row, refusal.message)
            row.save(update_fields=["state", "message", "target"])
    import_staff.ask(batch, asked)
    batch.state = ImportBatch.State.RUNNING
    import_staff.close(batch, now=world.now)


Step = Callable[[ImportBatch, ImportRow, World], None]


def _each(batch: ImportBatch, state: str, world: World, step: Step) -> None:
    for n, pk in enumerate(_waiting(batch, state)):
        for attempt in (1, 2):
            try:
                with transaction.atomic():
                    row = ImportRow.objects.select_for_update().filter(pk=pk, state=state).first()
                    if row is not None:
                        step(batch, row, world)
                break
            except OperationalError:  # rivals got in each other's way
                if attempt == 2:  # noqa: PLR2004 (once more, then it is told)
                    _mark_busy(pk)
        if n % TOUCH_EVERY == 0:
            ImportBatch.objects.filter(pk=batch.pk).update(touched_at=world.now)


def _waiting(batch: ImportBatch, state: str) -> Iterable[int]:
    return list(batch.rows.filter(state=state).values_list("pk", flat=True))


def _mark_busy(pk: int) -> None:
    ImportRow.objects.filter(pk=pk).update(
        state=State.REFUSED,
        message=_("Trop de monde réserve en ce moment : importez de nouveau ce fichier."),
    )


def _import(batch: ImportBatch, row: ImportRow, world: World) -> None:
    try:
        with transaction.atomic():
            _write(batch, row, read_row(row, batch, world), world)
    except Refused as refusal:
        _refuse(row, refusal.message)
    except DomainError as refusal:
        _refuse(row, str(refusal))
    except DatabaseError as fault:
        if isinstance(fault, OperationalError):
            raise
        _refuse(row, _("La base refuse cette ligne."))
    row.save(update_fields=["state", "message", "target", "stamp"])


def _write(batch: ImportBatch, row: ImportRow, item: Item, world: World) -> None:
    writer = WRITERS[batch.kind]
    known = ImportedRef.objects.select_for_update().filter(source=batch.kind, ref=item.ref).first()
    if known is not None and known.digest == item.digest:
        row.state, row.target = State.UNCHANGED, known.target
        return
    if known is not None and writer.update(known.target, item, world):
        known.digest = item.digest
        known.save(update_fields=["digest"])
        row.state, row.target = State.UPDATED, known.target
        return
    if known is not None:  # deleted here since: what somebody took away stays away
        raise Refused("ref", _("Supprimé ici depuis le premier import : laissé de côté."))
    row.target = writer.create(item, world)
    row.state, row.stamp = State.CREATED, _stamp(writer, row.target)
    ImportedRef.objects.create(
        source=batch.kind, ref=item.ref, target=row.target, digest=item.digest, batch=batch
    )


def _take_back(batch: ImportBatch, row: ImportRow, world: World) -> None:
    writer, target = WRITERS[batch.kind], row.target
    if target is None:
        return
    if hasattr(writer, "undo"):
        done = writer.undo(target, world)
    else:
        done = _stamp(writer, target) == row.stamp
        if done:
            writer.remove(target)
    row.state = State.UNDONE if done else State.KEPT
    if done:
        ImportedRef.objects.filter(source=batch.kind, target=target).delete()
    else:
        row.message = _("Changé ou supprimé depuis l’import.")
    row.save(update_fields=["state", "message"])


def _refuse(row: ImportRow, message: str) -> None:
    row.state, row.message, row.target = State.REFUSED, message[:MESSAGE_MOST], None


def _stamp(writer: ModuleType, target: int) -> str:
    if not hasattr(writer, "state_of"):
        return ""
    return hashlib.sha256(writer.state_of(target).encode()).hexdigest()
