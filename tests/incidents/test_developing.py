"""A photo is judged at once, developed by the worker, and its original is gone."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from identity.members import REPORT_AGENT, Member
from incidents import photos, pictures, tasks
from incidents.geo import Place
from incidents.models import Photo, Report
from tests.incidents.factories import NOW, category, report
from tests.incidents.test_faces import PORTRAIT
from tests.incidents.test_photos import SECRET, photo


FOREMAN = Member(user_id=7, name="Paul Seguin", role=REPORT_AGENT)
SQUARE = [0.2, 0.2, 0.4, 0.4]
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
    assert photos._run("incidents.faces", str(photos.rendition(kept, "l")))["faces"] == []


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


def test_a_full_disk_makes_a_photo_wait_and_loses_it_not(tmp_path, monkeypatch):
    found = report()
    add(found, photo())
    with monkeypatch.context() as full:
        full.setattr(photos, "SPARE_BYTES", 10**18)
        assert tasks.develop_photos() == 0
    assert found.photos.get().state == "quarantined"

    assert tasks.develop_photos() == 1


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

    photos.cover(photo=kept, rectangles=[[0.2, 0.2, 0.4, 0.4]], by=FOREMAN, now=NOW)

    assert photos.rendition(kept, "l").read_bytes() != before
    assert found.photos.get().blurred == [[0.2, 0.2, 0.4, 0.4]]
    with pytest.raises(KeyError):
        photos.rendition(kept, "../l")


def proofs(folder):
    return [path for path in files(folder) if path.parent.name == "proofs"]


def developed(content=None, **options):
    found = report(**options)
    add(found, content or photo(gps=False))
    tasks.develop_photos()
    return found.photos.get()


def look(kept):
    with Image.open(photos.rendition(kept, "l")) as image:
        return image.getpixel((int(image.width * 0.5) + 3, int(image.height * 0.3)))


def test_what_was_covered_is_shown_again_until_the_photo_is_published():
    kept = developed()
    before = look(kept)
    photos.cover(photo=kept, rectangles=[SQUARE], by=FOREMAN, now=NOW)
    covered = look(kept)

    photos.cover(photo=kept, rectangles=[], by=FOREMAN, now=NOW)

    assert sum(abs(a - b) for a, b in zip(before, covered, strict=True)) > 60
    assert sum(abs(a - b) for a, b in zip(before, look(kept), strict=True)) < 30


def test_a_face_that_the_machine_covered_can_be_uncovered():
    kept = developed(PORTRAIT.read_bytes())

    photos.cover(photo=kept, rectangles=[], by=FOREMAN, now=NOW)

    assert photos._run("incidents.faces", str(photos.rendition(kept, "l")))["faces"] != []


def test_once_published_what_is_covered_stays_covered(tmp_path):
    kept = developed()
    photos.cover(photo=kept, rectangles=[SQUARE], by=FOREMAN, now=NOW)
    assert len(proofs(tmp_path)) == 1

    photos.publish(photo=kept, by=FOREMAN, now=NOW)

    assert proofs(tmp_path) == []
    with pytest.raises(photos.CoveredForGood):
        photos.cover(photo=kept, rectangles=[], by=FOREMAN, now=NOW)
    more = photos.cover(photo=kept, rectangles=[SQUARE, [0.7, 0.7, 0.1, 0.1]], by=FOREMAN, now=NOW)
    assert len(more.blurred) == 2
    assert proofs(tmp_path) == []


def test_an_uncovered_picture_is_kept_for_seven_days_at_most(tmp_path):
    kept = developed()
    photos.cover(photo=kept, rectangles=[SQUARE], by=FOREMAN, now=NOW)

    photos.sweep(now=kept.created_at + timedelta(days=6))
    assert len(proofs(tmp_path)) == 1
    photos.sweep(now=kept.created_at + timedelta(days=8))

    assert proofs(tmp_path) == []
    assert photos.rendition(kept, "l").exists()


def test_a_photo_removed_leaves_no_file(tmp_path):
    kept = developed()
    photos.cover(photo=kept, rectangles=[SQUARE], by=FOREMAN, now=NOW)

    photos.remove(photo=kept, by=FOREMAN, now=NOW)

    assert files(tmp_path) == []
    with pytest.raises(photos.NotReady):
        photos.publish(photo=kept, by=FOREMAN, now=NOW)


def test_a_photo_waits_for_the_team_unless_its_category_does_not():
    waits = developed(kind=category())
    hidden = developed(kind=category(code="b", moderation="never"))
    shown = developed(kind=category(code="c", moderation="after"))

    assert [waits.is_public, hidden.is_public, shown.is_public] == [False, False, True]
    with pytest.raises(photos.NotForOthers):
        photos.publish(photo=hidden, by=FOREMAN, now=NOW)
    assert photos.publish(photo=waits, by=FOREMAN, now=NOW).is_public
    assert not photos.withdraw(photo=waits, by=FOREMAN, now=NOW).is_public


def test_a_photo_by_the_team_joins_a_public_report_a_partners_waits():
    found = report(category())
    Report.objects.update(visibility="public")
    for by in (FOREMAN, None):
        photos.add(report=found, content=photo(), stage="after", now=NOW, by=by)

    tasks.develop_photos()

    assert [each.is_public for each in found.photos.all()] == [True, False]


def test_publishing_a_report_shows_its_checked_photos_but_no_plate(tmp_path):
    found = report()
    for _each in range(3):
        add(found, photo(gps=False))
    tasks.develop_photos()
    ready, plate, inner = found.photos.all()
    Photo.objects.filter(pk=plate.pk).update(suggested=[SQUARE])
    Photo.objects.filter(pk=inner.pk).update(stage="evidence")

    assert photos.publish_checked(found) == 1

    assert [each.pk for each in found.photos.filter(is_public=True)] == [ready.pk]
