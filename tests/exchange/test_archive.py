"""A commune leaves whole: export, import elsewhere, and not one row differs."""

import io
import json
import random
import struct
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from icalendar import Calendar

from booking.actions import install_presets
from booking.models import Appointment
from demo import reports, seed, showcase, story
from exchange import archive_format, archive_load, archive_tables, archive_write
from exchange.archive_format import BadArchive, Reader
from incidents.models import Photo, Report
from tenants import directory
from tests.conftest import owner


pytestmark = pytest.mark.django_db


@pytest.fixture
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def archive(tmp_path, commune, now):
    """Make the archive of the active commune."""

    def make():
        path = tmp_path / "commune.zip"
        with path.open("wb") as file:
            archive_write.write(file, commune=commune, now=now)
        return path

    return make


def load(path, commune):
    """Load it into another commune, as the owner of the database does."""
    with owner():
        connection.set_tenant(commune)
        with Reader(path) as reader:
            return archive_load.load(reader)


@pytest.fixture
def furnished(commune, now, media):
    """Weeks of appointments and reports, with photos."""
    live = next(each for each in story.LIVE if each.insee_code == "33314")
    luck = random.Random("archive")
    commune.hours = directory.record("33314").hours
    seed.furnish(commune, live, luck=luck, now=now)
    showcase.show(now=now, luck=luck)
    reports.tell(insee_code="33314", pack="bourg", now=now, luck=luck, is_shown=False)
    photos = media / "c_33314" / "photos"
    photos.mkdir(parents=True, exist_ok=True)
    (photos / "abc-l.jpg").write_bytes(b"\xff\xd8 a photo")
    return commune


def test_not_one_row_differs_after_the_round_trip(
    furnished, archive, other_commune, media, now
):
    path = archive()

    proof = load(path, other_commune)

    assert proof.differences == []
    filled = {each["table"] for each in proof.tables if each["rows"]}
    assert {"booking_appointment", "incidents_report", "booking_service"} <= filled
    assert len(filled) > 25
    assert all(each["same"] for each in (*proof.tables, *proof.sequences))
    assert any(each["value"] for each in proof.sequences)
    assert (media / "c_33214" / "photos" / "abc-l.jpg").read_bytes() == b"\xff\xd8 a photo"
    with owner():
        connection.set_tenant(other_commune)
        again = path.with_name("again.zip")
        with again.open("wb") as file:
            archive_write.write(file, commune=other_commune, now=now)
    with Reader(path) as first, Reader(again) as second:
        assert first.manifest.tables == second.manifest.tables
        assert first.manifest.sequences == second.manifest.sequences


def test_the_archive_is_for_people_too(furnished, archive, commune, make_user, now):
    make_user("admin", commune=commune)

    with zipfile.ZipFile(archive()) as opened:
        names = set(opened.namelist())
        registry = json.loads(opened.read("registry.json"))
        dictionary = opened.read("dictionnaire.csv").decode("utf-8-sig")
        coming = Calendar.from_ical(opened.read("rendez-vous.ics"))
        table = opened.read("csv/booking_service.csv").decode("utf-8-sig")

    assert {"manifest.json", "LISEZMOI.txt", "files/photos/abc-l.jpg"} <= names
    assert registry["commune"]["insee_code"] == "33314"
    assert [each["role"] for each in registry["people"]] == ["admin"]
    assert "password" not in json.dumps(registry)
    assert "booking_appointment;" in dictionary
    for name in archive_tables.table_names():
        assert f"\n{name};" in dictionary
    assert table.startswith("id;")
    expected = Appointment.objects.filter(status="booked", period__endswith__gte=now).count()
    assert len(coming.walk("VEVENT")) == expected > 0
