"""A photo is judged at once, developed by the worker, and its original is gone."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from incidents import photos, pictures, tasks
from incidents.geo import Place
from incidents.models import Photo
from tests.incidents.factories import NOW, category, report
from tests.incidents.test_faces import PORTRAIT
from tests.incidents.test_photos import SECRET, photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def files(root):
    return sorted(path for path in Path(root).rglob("*") if path.is_file())


def add(found, content, **options):
    return photos.add(report=found, content=content, stage="before", now=NOW, **options)


def test_the_original_is_gone_once_it_is_developed(tmp_path):
    found = report()
    add(found, photo())
    [original] = files(tmp_path)
    assert "quarantine" in original.parts

    assert tasks.develop_photos() == 1
    assert tasks.develop_photos() == 0

    kept = found.photos.get()
    assert (kept.state, kept.is_checked, kept.width) == ("ready", True, 640)
    assert [path.name for path in files(tmp_path)] == [
        f"{kept.name}-{size}.jpg" for size in ("l", "m", "s")
    ]
    assert all(SECRET not in path.read_bytes() for path in files(tmp_path))


def test_faces_are_covered_before_anybody_sees_them():
    found = report()
    add(found, PORTRAIT.read_bytes())

    tasks.develop_photos()

    kept = found.photos.get()
    assert len(kept.blurred) == 1
    assert photos._run("incidents.faces", str(photos.rendition(kept, "l"))) == []


def test_a_report_without_a_place_is_put_where_its_photo_was_taken():
    nowhere = report(category(), place=None, address="près du port")
    placed = report()
    for found in (nowhere, placed):
        add(found, photo())

    tasks.develop_photos()

    nowhere.refresh_from_db()
    placed.refresh_from_db()
    assert nowhere.place == Place(45.2, -0.75)
    assert placed.place != nowhere.place
    assert "placed" in {event.kind for event in nowhere.events.all()}


def test_what_cannot_be_developed_is_refused_and_leaves_no_file(tmp_path):
    found = report()
    add(found, photo()[:900])

    tasks.develop_photos()

    assert found.photos.get().state == "refused"
    assert files(tmp_path) == []


def test_what_is_no_photo_is_never_written(tmp_path):
    with pytest.raises(pictures.Unfit):
        add(report(), b"<html></html>")

    assert files(tmp_path) == []
    assert not Photo.objects.exists()


def test_an_original_is_never_kept_more_than_an_hour(tmp_path):
    found = report()
    add(found, photo())
    Photo.objects.update(created_at=timezone.now() - timedelta(hours=2))

    assert photos.sweep(now=timezone.now()) == 1

    assert files(tmp_path) == []
    assert found.photos.get().state == "refused"


def test_an_agent_covers_more():
    found = report()
    add(found, photo(gps=False))
    tasks.develop_photos()
    kept = found.photos.get()
    before = photos.rendition(kept, "l").read_bytes()

    photos.cover(photo=kept, rectangles=[[0.2, 0.2, 0.4, 0.4]], now=NOW)

    assert photos.rendition(kept, "l").read_bytes() != before
    assert found.photos.get().blurred == [[0.2, 0.2, 0.4, 0.4]]
    with pytest.raises(KeyError):
        photos.rendition(kept, "../l")
