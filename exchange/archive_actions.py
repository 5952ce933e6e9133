"""What happens to an archive: asked for, made, taken away, erased; each step is written down."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from exchange import archive_write
from exchange.archive_models import ArchiveEvent, ArchiveFile
from identity.members import Member
from parvis.db import rejects
from parvis.deferred import defer
from parvis.errors import DomainError, Gone
from parvis.guard import current_schema
from parvis.signing import new_token
from tenants.models import Commune


State, Kind = ArchiveFile.State, ArchiveEvent.Kind
KEPT = timedelta(days=7)
PATIENCE = timedelta(hours=2)  # a task that was killed is begun again after this


class BeingMade(DomainError):
    """One archive at a time."""

    message = _("Une archive est déjà en préparation.")


class ArchiveGone(Gone):
    """It was erased, or is not made yet."""

    message = _("Cette archive n’existe plus. Demandez-en une nouvelle.")


@transaction.atomic
def ask(*, by: Member, now: datetime) -> ArchiveFile:
    """Ask for an archive of the whole commune; a task makes it.

    Raises:
        BeingMade: one is being made.
    """
    with rejects("one_archive_in_the_making", BeingMade):
        archive = ArchiveFile.objects.create(
            asked_by_id=by.user_id, asked_by_name=by.name, asked_at=now
        )
    _note(archive, Kind.ASKED, by, now)
    defer("exchange.make_archive", archive_id=archive.pk)
    return archive


def make(*, archive_id: int, now: datetime) -> None:
    """Make what was asked for; called twice at the same time, the second finds nothing to do."""
    with transaction.atomic():
        archive = (
            ArchiveFile.objects.select_for_update(skip_locked=True)
            .filter(pk=archive_id, state=State.ASKED)
            .first()
        )
        if archive is None or (archive.started_at and now - archive.started_at < PATIENCE):
            return
        archive.started_at = now
        archive.save(update_fields=["started_at"])
    try:
        _make(archive, now)
    except BaseException:
        ArchiveFile.objects.filter(pk=archive_id).update(state=State.FAILED)
        raise


def _make(archive: ArchiveFile, now: datetime) -> None:
    commune = Commune.objects.get(schema_name=current_schema())
    folder().mkdir(parents=True, exist_ok=True)
    archive.name = f"{new_token()}.zip"
    path = folder() / archive.name
    with path.open("wb") as file:
        archive.rows = archive_write.write(file, commune=commune, now=now)
    archive.size, archive.sha256 = path.stat().st_size, _digest(path)
    archive.state, archive.made_at, archive.expires_at = State.READY, now, now + KEPT
    with transaction.atomic():
        archive.save()
        _note(archive, Kind.MADE, None, now)


def make_forgotten(*, now: datetime) -> int:
    """Begin again what nobody was woken for, or what was killed on its way; count it."""
    waiting = list(ArchiveFile.objects.filter(state=State.ASKED))
    for archive in waiting:
        make(archive_id=archive.pk, now=now)
    return len(waiting)


def take(*, archive: ArchiveFile, by: Member, now: datetime) -> Path:
    """Note who takes an archive away, and say where it is.

    Raises:
        ArchiveGone: it is not there any more, or not yet.
    """
    path = folder() / archive.name
    is_over = archive.expires_at is None or archive.expires_at <= now
    if archive.state != State.READY or is_over or not archive.name or not path.is_file():
        raise ArchiveGone
    with transaction.atomic():
        _note(archive, Kind.TAKEN, by, now)
    return path


def erase_old(*, now: datetime) -> int:
    """Erase the archives whose time is over, and files that nobody knows; count the archives."""
    over = list(ArchiveFile.objects.filter(state=State.READY, expires_at__lte=now))
    for archive in over:
        with transaction.atomic():
            archive.state = State.ERASED
            archive.save(update_fields=["state"])
            _note(archive, Kind.ERASED, None, now)
    kept = set(ArchiveFile.objects.filter(state=State.READY).values_list("name", flat=True))
    if not ArchiveFile.objects.filter(state=State.ASKED).exists():
        for path in folder().glob("*.zip"):
            if path.name not in kept:
                path.unlink(missing_ok=True)
    return len(over)


def folder() -> Path:
    """Return where the archives of the active commune wait."""
    return Path(settings.MEDIA_ROOT) / current_schema() / "archives"


def _note(archive: ArchiveFile, kind: str, by: Member | None, now: datetime) -> None:
    ArchiveEvent.objects.create(
        archive=archive,
        kind=kind,
        by_id=by.user_id if by else None,
        by_name=by.name if by else "",
        at=now,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
