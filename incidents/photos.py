"""Photos of the active commune: kept in quarantine, then developed by the worker.

Originals are never served and never kept: the worker makes three clean renditions, covers the
faces it finds, and deletes the original at once. A sweep deletes what nobody developed within the
hour.
"""

import json
import logging
import secrets
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from incidents import pictures
from incidents.darkroom import RENDITIONS
from incidents.history import noted
from incidents.models import Photo, Report, ReportEvent
from parvis.deferred import defer
from parvis.guard import current_schema


log = logging.getLogger(__name__)
KEPT_IN_QUARANTINE = timedelta(hours=1)
PATIENCE_S = 30
STEM_BYTES = 16


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
def add(*, report: Report, content: bytes, stage: str, now: datetime) -> Photo:
    """Put a photo in quarantine; nothing is decoded here.

    Raises:
        pictures.Unfit: it is no photo that can be kept.
    """
    pictures.read_header(content)
    photo = Photo(
        report=report,
        stage=stage,
        name=secrets.token_hex(STEM_BYTES),
        position=report.photos.count(),
    )
    path = _quarantined(photo)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    photo.save()
    noted(report, ReportEvent.Kind.PHOTO, by=None, now=now, stage=stage)
    defer("incidents.develop_photos")
    return photo


def develop_waiting(*, now: datetime) -> int:
    """Develop what is in quarantine, one photo at a time; return how many are ready."""
    ready = 0
    while _develop_next(now=now):
        ready += 1
    return ready


def sweep(*, now: datetime) -> int:
    """Delete the originals that nobody developed within the hour; return how many."""
    old = Photo.objects.filter(
        state=Photo.State.QUARANTINED, created_at__lt=now - KEPT_IN_QUARANTINE
    )
    for photo in old:
        _quarantined(photo).unlink(missing_ok=True)
    return old.update(state=Photo.State.REFUSED)


@transaction.atomic
def cover(*, photo: Photo, rectangles: list[list[float]], now: datetime) -> Photo:
    """Cover more of a photo for good; what was covered cannot be shown again."""
    source = rendition(photo, "l")
    _develop(source, photo.name, rectangles)
    photo.blurred = [*photo.blurred, *rectangles]
    photo.save(update_fields=["blurred"])
    noted(photo.report, ReportEvent.Kind.REDACTED, by=None, now=now, parts=len(rectangles))
    return photo


@transaction.atomic
def _develop_next(*, now: datetime) -> bool:
    """Develop the oldest photo that nobody else is developing."""
    waiting = Photo.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=Photo.State.QUARANTINED
    )
    photo = waiting.select_related("report").order_by("created_at", "pk").first()
    if photo is None:
        return False
    original = _quarantined(photo)
    folder().mkdir(parents=True, exist_ok=True)
    try:
        said = _develop(original, photo.name, [])
        photo.blurred = _run("incidents.faces", str(rendition(photo, "l")))
        if photo.blurred:
            said = _develop(original, photo.name, photo.blurred)
    except (subprocess.SubprocessError, OSError, ValueError) as fault:
        log.warning("A photo of %s cannot be developed: %s", photo.report.reference, fault)
        for size in RENDITIONS:
            rendition(photo, size).unlink(missing_ok=True)
        photo.state = Photo.State.REFUSED
    else:
        photo.state, photo.is_checked = Photo.State.READY, True
        photo.width, photo.height = said["width"], said["height"]
        _place(photo.report, said["place"], now=now)
    photo.save()
    original.unlink(missing_ok=True)
    return True


def _place(report: Report, place: list[float] | None, *, now: datetime) -> None:
    """Put a report where its photo was taken, if nobody said where it is."""
    if place is None or report.lat is not None:
        return
    report.lat, report.lon = place
    report.save(update_fields=["lat", "lon"])
    noted(report, ReportEvent.Kind.PLACED, by=None, now=now, source="photo")


def _develop(source: Path, stem: str, rectangles: list[list[float]]) -> dict[str, Any]:
    orders = [",".join(str(each) for each in rectangle) for rectangle in rectangles]
    said: dict[str, Any] = _run("incidents.darkroom", str(source), str(folder()), stem, *orders)
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


def _quarantined(photo: Photo) -> Path:
    return Path(settings.MEDIA_ROOT) / current_schema() / "quarantine" / photo.name
