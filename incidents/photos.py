"""Photos of the active commune: kept in quarantine, then developed by the worker.

Originals are never served and never kept: the worker makes three clean renditions, covers the
faces it finds, and deletes the original at once. A sweep deletes what nobody developed within the
hour.

What is covered can be uncovered by the team as long as nobody outside has seen the photo: the
largest rendition, as it was before, is kept as a **proof**, which no address leads to. It is gone
when the photo is published, and after seven days in any case.
"""

import json
import logging
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from incidents import pictures
from incidents.darkroom import RENDITIONS
from incidents.history import changed, noted
from incidents.models import Category, Photo, Report, ReportEvent
from parvis.deferred import defer
from parvis.errors import DomainError
from parvis.files import write_whole
from parvis.guard import current_schema


log = logging.getLogger(__name__)
Runner = Callable[..., Any]
KEPT_IN_QUARANTINE = timedelta(hours=1)
PROOF_KEPT = timedelta(days=7)
PATIENCE_S = 30
STEM_BYTES = 16
RECTANGLES_MOST = 60
SPARE_BYTES = 20_000_000  # developing a photo writes renditions and a proof


class CoveredForGood(DomainError):
    """The proof is gone: what was covered cannot be shown again."""

    message = _("Ce qui a été flouté ne peut plus être montré : la photo non floutée est effacée.")


class NotKept(DomainError):
    """The disk is full, or cannot be written to."""

    message = _("Une photo n’a pas pu être gardée. Ajoutez-la plus tard.")


class NotReady(DomainError):
    """The worker has not developed this photo, could not, or somebody removed it."""

    message = _("Cette photo n’est pas disponible.")


class NotForOthers(DomainError):
    """The photo is for the team, or its category is never published."""

    message = _("Cette photo ne peut pas être publiée.")


def before_works(reports: Iterable[int]) -> dict[int, list[Photo]]:
    """Return the photos that are ready and show what was reported, by report; one query."""
    ready = Photo.objects.filter(
        report__in=list(reports), state=Photo.State.READY, stage=Photo.Stage.BEFORE
    )
    found: dict[int, list[Photo]] = {}
    for photo in ready:
        found.setdefault(photo.report_id, []).append(photo)
    return found


def folder() -> Path:
    """Return where the renditions of the commune are."""
    return Path(settings.MEDIA_ROOT) / current_schema() / "photos"


def rendition(photo: Photo, size: str) -> Path:
    """Return the file of a rendition: ``l``, ``m`` or ``s``.

    Raises:
        KeyError: there is no such size.
    """
    if size not in RENDITIONS:
        raise KeyError(size)
    return folder() / f"{photo.name}-{size}.jpg"


@transaction.atomic
def add(
    *, report: Report, content: bytes, stage: str, now: datetime, by: Member | None = None
) -> Photo:
    """Put a photo in quarantine; nothing is decoded here. ``by`` is None for a citizen.

    Raises:
        pictures.Unfit: it is no photo that can be kept.
        NotKept: there is no room for it.
    """
    pictures.read_header(content)
    photo = Photo(
        report=report,
        stage=stage,
        name=secrets.token_hex(STEM_BYTES),
        position=report.photos.count(),
    )
    _keep_original(photo, content)
    photo.save()
    noted(report, ReportEvent.Kind.PHOTO, by=by, now=now, stage=stage, photo=photo.pk)
    defer("incidents.develop_photos")
    return photo


def develop_waiting(*, now: datetime, run: Runner | None = None) -> int:
    """Develop what is in quarantine, one photo at a time; return how many are ready.

    ``run`` runs a module on its arguments and returns what it says: in a process of its own,
    unless said otherwise for photos that come from nobody.
    """
    ready = 0
    while _develop_next(now=now, run=run or _run):
        ready += 1
    return ready


def sweep(*, now: datetime) -> int:
    """Delete the originals that nobody developed within the hour; return how many.

    Proofs that may no longer be kept go as well.
    """
    old = Photo.objects.filter(
        state=Photo.State.QUARANTINED, created_at__lt=now - KEPT_IN_QUARANTINE
    )
    for photo in old:
        _quarantined(photo).unlink(missing_ok=True)
    _delete_lost_originals(now=now)
    _delete_old_proofs(now=now)
    return old.update(state=Photo.State.REFUSED)


def _keep_original(photo: Photo, content: bytes) -> None:
    """Write the original, whole or not at all."""
    path = _quarantined(photo)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, content)
    except OSError as fault:
        log.exception("A photo of %s cannot be kept", photo.report.reference)
        raise NotKept from fault


def _delete_lost_originals(*, now: datetime) -> None:
    """Delete the files that no row names: their transaction was never over."""
    for path in (Path(settings.MEDIA_ROOT) / current_schema() / "quarantine").glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - KEPT_IN_QUARANTINE).timestamp():
                path.unlink()


def _delete_old_proofs(*, now: datetime) -> None:
    there = {path.name: path for path in _proofs().glob("*")}
    kept = Photo.objects.filter(
        name__in=there,
        state=Photo.State.READY,
        is_public=False,
        created_at__gte=now - PROOF_KEPT,
    )
    for name in there.keys() - set(kept.values_list("name", flat=True)):
        there[name].unlink(missing_ok=True)


def may_uncover(photo: Photo) -> bool:
    """Tell whether what is covered can still be shown again."""
    return _proof(photo).exists() or not photo.blurred


@transaction.atomic
def cover(*, photo: Photo, rectangles: list[list[float]], by: Member, now: datetime) -> Photo:
    """Cover these parts of a photo, and no others: fractions of its width and height.

    Raises:
        NotReady: there is no picture to cover.
        CoveredForGood: a part that was covered is not among them, and the proof is gone.
    """
    photo = _locked(photo)
    rectangles = [[round(each, 4) for each in rectangle] for rectangle in rectangles]
    added = [each for each in rectangles if each not in photo.blurred]
    proof, largest = _proof(photo), rendition(photo, "l")
    if not photo.blurred and not photo.is_public and not proof.exists():
        _keep_proof(photo)
    if proof.exists():
        _develop(proof, photo.name, rectangles)
    elif [each for each in photo.blurred if each not in rectangles]:
        raise CoveredForGood
    elif added:
        _develop(largest, photo.name, added)
    photo.blurred = rectangles
    photo.suggested = [each for each in photo.suggested if each not in rectangles]
    photo.save(update_fields=["blurred", "suggested"])
    noted(photo.report, ReportEvent.Kind.REDACTED, by=by, now=now, parts=len(rectangles))
    return photo


@transaction.atomic
def publish(*, photo: Photo, by: Member, now: datetime) -> Photo:
    """Show a photo wherever its report is public; what is covered stays covered from then on.

    Somebody of the team has looked at it, which counts as a check.

    Raises:
        NotReady: there is no picture to show.
        NotForOthers: it is kept for the team, or its category is never published.
    """
    photo = _locked(photo)
    is_inner = photo.stage == Photo.Stage.EVIDENCE
    if is_inner or photo.report.category.moderation == Category.Moderation.NEVER:
        raise NotForOthers
    photo.is_checked = photo.is_public = True
    photo.suggested = []
    photo.save(update_fields=["is_checked", "is_public", "suggested"])
    noted(photo.report, ReportEvent.Kind.PUBLISHED, by=by, now=now, photo=photo.pk)
    _proof(photo).unlink(missing_ok=True)
    return photo


def publish_checked(report: Report) -> int:
    """Show the photos of a report that were checked and hide no plate; return how many.

    The caller records it, with the publication of the report.
    """
    found = report.photos.filter(
        state=Photo.State.READY, is_checked=True, is_public=False, suggested=[]
    ).exclude(stage=Photo.Stage.EVIDENCE)
    for photo in found:
        _proof(photo).unlink(missing_ok=True)
    return found.update(is_public=True)


@transaction.atomic
def withdraw(*, photo: Photo, by: Member, now: datetime) -> Photo:
    """Keep a photo for the team; its public address ends.

    Raises:
        NotReady: there is no picture.
    """
    photo = _locked(photo)
    photo.is_public = False
    photo.save(update_fields=["is_public"])
    noted(photo.report, ReportEvent.Kind.WITHDRAWN, by=by, now=now, photo=photo.pk)
    return photo


@transaction.atomic
def remove(*, photo: Photo, by: Member, now: datetime) -> Photo:
    """Delete a photo for good; that there was one stays in the history."""
    photo = Photo.objects.select_for_update(of=("self",)).select_related("report").get(pk=photo.pk)
    if photo.state == Photo.State.REMOVED:
        return photo
    photo.state, photo.is_public = Photo.State.REMOVED, False
    photo.blurred, photo.suggested = [], []
    photo.save(update_fields=["state", "is_public", "blurred", "suggested"])
    noted(photo.report, ReportEvent.Kind.REDACTED, by=by, now=now, removed=photo.pk)
    delete_files(photo)
    return photo


def delete_files(photo: Photo) -> None:
    """Delete every file of a photo: renditions, proof, original."""
    for path in _files_of(photo):
        path.unlink(missing_ok=True)


def _locked(photo: Photo) -> Photo:
    found = (
        Photo.objects.select_for_update(of=("self",))
        .select_related("report__category")
        .get(pk=photo.pk)
    )
    if found.state != Photo.State.READY or not rendition(found, "l").exists():
        raise NotReady
    return found


@transaction.atomic
def _develop_next(*, now: datetime, run: Runner) -> bool:
    """Develop the oldest photo that nobody else is developing."""
    waiting = Photo.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=Photo.State.QUARANTINED
    )
    photo = waiting.select_related("report__category").order_by("created_at", "pk").first()
    if photo is None:
        return False
    original = _quarantined(photo)
    folder().mkdir(parents=True, exist_ok=True)
    if not _has_room():
        return False
    try:
        said = _develop(original, photo.name, [], run=run)
        seen = run("incidents.faces", str(rendition(photo, "l")))
        photo.blurred, photo.suggested = seen["faces"], seen["plates"]
        photo.is_public = _is_shown_at_once(photo)
        if photo.blurred:
            if not photo.is_public:
                _keep_proof(photo)
            said = _develop(original, photo.name, photo.blurred, run=run)
    except (subprocess.SubprocessError, OSError, ValueError) as fault:
        log.warning("A photo of %s cannot be developed: %s", photo.report.reference, fault)
        delete_files(photo)
        photo.state, photo.is_public = Photo.State.REFUSED, False
    else:
        photo.state, photo.is_checked = Photo.State.READY, True
        photo.width, photo.height = said["width"], said["height"]
        _place(photo.report, said["place"], now=now)
    photo.save()
    changed(photo.report)
    original.unlink(missing_ok=True)
    return True


def _has_room() -> bool:
    """Tell whether a photo can be developed; on a full disk it waits for the next sweep."""
    return shutil.disk_usage(folder()).free >= SPARE_BYTES


def _is_shown_at_once(photo: Photo) -> bool:
    """Tell whether everybody may see a photo that nobody of the team has looked at.

    Its report is public, no number plate may be on it, and either the category is published
    without being read, or somebody of the team took the photo.
    """
    report = photo.report
    is_public = report.visibility == Report.Visibility.PUBLIC
    if photo.suggested or not is_public or photo.stage == Photo.Stage.EVIDENCE:
        return False
    if report.category.moderation == Category.Moderation.AFTER:
        return True
    taken = report.events.filter(kind=ReportEvent.Kind.PHOTO, detail__photo=photo.pk)
    return taken.filter(by_id__isnull=False).exists()


def _place(report: Report, place: list[float] | None, *, now: datetime) -> None:
    """Put a report where its photo was taken, if nobody said where it is."""
    if place is None or report.lat is not None:
        return
    report.lat, report.lon = place
    report.save(update_fields=["lat", "lon"])
    noted(report, ReportEvent.Kind.PLACED, by=None, now=now, source="photo")


def _develop(
    source: Path, stem: str, rectangles: list[list[float]], *, run: Runner | None = None
) -> dict[str, Any]:
    orders = [",".join(str(each) for each in rectangle) for rectangle in rectangles]
    arguments = (str(source), str(folder()), stem, *orders)
    said: dict[str, Any] = (run or _run)("incidents.darkroom", *arguments)
    return said


def _run(module: str, *arguments: str) -> Any:
    """Run a module in a process of its own and read the line of JSON that it says."""
    done = subprocess.run(  # noqa: S603 (a module of ours; no shell reads its arguments)
        [sys.executable, "-P", "-m", module, *arguments],
        capture_output=True,
        timeout=PATIENCE_S,
        check=True,
    )
    return json.loads(done.stdout)


def _keep_proof(photo: Photo) -> None:
    """Keep the largest rendition as it is, before a part of it is covered."""
    _proofs().mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(rendition(photo, "l"), _proof(photo))


def _files_of(photo: Photo) -> list[Path]:
    files = [rendition(photo, size) for size in RENDITIONS]
    return [*files, _proof(photo), _quarantined(photo)]


def _proofs() -> Path:
    return Path(settings.MEDIA_ROOT) / current_schema() / "proofs"


def _proof(photo: Photo) -> Path:
    return _proofs() / photo.name


def _quarantined(photo: Photo) -> Path:
    return Path(settings.MEDIA_ROOT) / current_schema() / "quarantine" / photo.name
