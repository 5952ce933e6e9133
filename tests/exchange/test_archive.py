"""A commune leaves whole: export, import elsewhere, and not one row differs."""

import hashlib
import json
import random
import zipfile
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Func, JSONField, TextField, Value
from django.utils import timezone
from django_tenants.utils import schema_context
from icalendar import Calendar

from booking.models import Appointment, Service, Sharing
from demo import reports, seed, showcase, story
from exchange import archive_actions, archive_arrival, archive_load, archive_tables, archive_write
from exchange.archive_format import BadArchive, Reader
from exchange.models import ArchiveEvent, ArchiveFile
from shelf.models import Arrival, Origin
from tenants import directory
from tenants.models import Commune, Membership
from tests.conftest import login_as, owner
from tests.factories import AppointmentFactory, ServiceFactory


pytestmark = pytest.mark.django_db
SIDES = ("before", "after")


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


def test_not_one_row_differs_after_the_round_trip(furnished, archive, other_commune, media, now):
    path = archive()
    with owner(), connection.cursor() as cursor:  # a number that was given here, and not there
        cursor.execute("SELECT nextval('c_33214.privacy_datarequest_id_seq')")

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
        given = {key: value for key, value in first.manifest.sequences.items() if value}
        assert given.items() <= second.manifest.sequences.items()


def test_the_archive_is_for_people_too(archive, media, commune, make_user, now):
    make_user("admin", commune=commune)
    AppointmentFactory.create_batch(2)
    AppointmentFactory(status="cancelled", cancelled_at=now)

    with zipfile.ZipFile(archive()) as opened:
        names = set(opened.namelist())
        registry = json.loads(opened.read("registry.json"))
        dictionary = opened.read("dictionnaire.csv").decode("utf-8-sig")
        coming = Calendar.from_ical(opened.read("agenda.ics"))
        table = opened.read("csv/booking_service.csv").decode("utf-8-sig")

    assert {"manifest.json", "LISEZMOI.txt"} <= names
    assert registry["commune"]["insee_code"] == "33314"
    assert [each["role"] for each in registry["people"]] == ["admin"]
    assert "password" not in json.dumps(registry)
    assert "booking_appointment;" in dictionary
    for name in archive_tables.table_names():
        assert f"\n{name};" in dictionary
    assert table.startswith("id;")
    assert len(coming.walk("VEVENT")) == 2


# --- What comes from elsewhere is not believed ---------------------------------------------


def rebuilt(path, change):
    """Write the archive again, with its entries as ``change`` leaves them."""
    with zipfile.ZipFile(path) as opened:
        entries = [(info, opened.read(info)) for info in opened.infolist()]
    out = path.with_name("changed.zip")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for info, content in change(entries):
            written.writestr(info, content)
    return out


def manifest_with(**said):
    def change(entries):
        for info, content in entries:
            if info.filename == "manifest.json":
                yield info, json.dumps(json.loads(content) | said)
            else:
                yield info, content

    return change


def added(name, content=b"x", *, mode=0o100644):
    def change(entries):
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        yield from entries
        yield info, content

    return change


def replaced(name, by):
    def change(entries):
        for info, content in entries:
            yield info, by(content) if info.filename == name else content

    return change


HOSTILE = {
    "a path that climbs": (added("../evil"), "strange_name"),
    "a path that climbs inside": (added("files/photos/../../evil"), "strange_name"),
    "an absolute path": (added("/etc/passwd"), "strange_name"),
    "a path of another system": (added("files\\photos\\evil"), "strange_name"),
    "a hidden file": (added("files/photos/.htaccess"), "strange_name"),
    "a file nobody announced": (added("files/photos/evil.jpg"), "other_files"),
    "a link": (added("files/photos/evil", b"/etc/passwd", mode=0o120777), "strange_file"),
    "a bomb": (added("files/photos/bomb.jpg", b"\0" * 40_000_000), "too_large"),
    "a changed row": (
        replaced("registry.json", lambda c: c.replace(b"33314", b"33315")),
        "wrong_hash",
    ),
    "a longer file": (replaced("registry.json", lambda c: c + b" "), "wrong_size"),
    "another format": (manifest_with(format="else"), "other_format"),
    "a later version": (manifest_with(version=2), "other_version"),
    "other migrations": (manifest_with(migrations=[["booking", "0999_later"]]), "other_version"),
    "no tables": (manifest_with(tables={}), "other_files"),
    "a manifest of another shape": (manifest_with(entries=[1]), "bad_manifest"),
    "a manifest that is none": (replaced("manifest.json", lambda c: b"{"), "bad_manifest"),
    "no manifest": (
        lambda entries: [e for e in entries if e[0].filename != "manifest.json"],
        "no_manifest",
    ),
    "a missing file": (
        lambda entries: [e for e in entries if e[0].filename != "registry.json"],
        "other_files",
    ),
}


@pytest.fixture
def small(archive, media):
    ServiceFactory(name="Passeport")
    return archive()


@pytest.mark.parametrize(("change", "why"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused_and_nothing_written(
    small, other_commune, media, change, why
):
    path = rebuilt(small, change)

    with pytest.raises(BadArchive) as fault:
        load(path, other_commune)

    assert fault.value.why == why
    assert fault.value.why in archive_arrival.SENTENCES
    assert not (media / "c_33214").exists()
    with owner():
        connection.set_tenant(other_commune)
        assert not Service.objects.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 1000])
def test_what_is_no_zip_is_refused(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)

    with pytest.raises(BadArchive) as fault:
        Reader(path)

    assert fault.value.why == "not_a_zip"


def test_a_truncated_or_encrypted_archive_is_refused(small, tmp_path):
    whole = small.read_bytes()
    small.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadArchive):
        Reader(small)

    flagged = bytearray(whole)
    at = whole.index(b"PK\x01\x02")
    flagged[at + 8] |= 1
    small.write_bytes(bytes(flagged))
    with pytest.raises(BadArchive) as fault:
        Reader(small)
    assert fault.value.why == "strange_file"


def test_rows_that_break_a_rule_of_the_table_are_refused_whole(small, other_commune):
    def broken(content):
        return content.replace(b'"minutes": [', b'"minutes": [-1, ')

    with zipfile.ZipFile(small) as opened:
        lines = broken(opened.read("data/booking_service.jsonl"))
        said = json.loads(opened.read("manifest.json"))
    said["entries"]["data/booking_service.jsonl"] = {
        "bytes": len(lines),
        "sha256": hashlib.sha256(lines).hexdigest(),
    }

    def change(entries):
        for info, content in entries:
            if info.filename == "manifest.json":
                yield info, json.dumps(said)
            else:
                yield info, lines if info.filename == "data/booking_service.jsonl" else content

    with pytest.raises(BadArchive) as fault:
        load(rebuilt(small, change), other_commune)

    assert fault.value.why in {"does_not_fit", "not_the_same"}


def test_a_commune_that_has_data_is_not_written_over(small, commune):
    with pytest.raises(BadArchive) as fault:
        load(small, commune)

    assert fault.value.why == "not_empty"


# --- Asked for, made, taken, erased ---------------------------------------------------------


@pytest.fixture
def staff(client, make_user, commune, media):
    admin = make_user("admin", commune=commune)
    client = login_as(client, admin, site=commune.schema_name)
    prove(client, timezone.now())
    ask = client.request

    def asked(**request):
        try:
            return ask(**request)
        finally:
            connection.set_tenant(commune)

    client.request = asked
    return client


def prove(client, at):
    session = client.session
    session["proved"] = at.timestamp()
    session.save()


PAGE = "/agent/commune/donnees/archives/"


def test_an_administrator_takes_everything_away_and_it_is_written_down(staff, now):
    staff.post(f"{PAGE}demande/")
    asked = ArchiveFile.objects.get()
    archive_actions.make(archive_id=asked.pk, now=timezone.now())

    answer = staff.post(f"{PAGE}{asked.pk}/fichier/")

    content = b"".join(answer.streaming_content)
    asked.refresh_from_db()
    assert hashlib.sha256(content).hexdigest() == asked.sha256
    assert answer["Content-Disposition"].startswith('attachment; filename="parvis-pauillac-')
    assert "no-store" in answer["Cache-Control"]
    assert list(ArchiveEvent.objects.values_list("kind", "by_name")) == [
        ("asked", "admin"),
        ("made", ""),
        ("taken", "admin"),
    ]
    page = staff.get(PAGE).content.decode()
    assert asked.sha256 in page
    assert "téléchargée" in page


def test_without_a_recent_proof_nothing_is_taken(staff):
    prove(staff, timezone.now() - timedelta(minutes=11))

    answer = staff.post(f"{PAGE}demande/", headers={"referer": f"http://testserver{PAGE}"})

    assert answer.status_code == 302
    assert "fresh=1" in answer["Location"]
    assert not ArchiveFile.objects.exists()


def test_one_archive_at_a_time_and_each_is_erased_after_a_week(staff, media):
    for _twice in range(2):
        staff.post(f"{PAGE}demande/")
    asked = ArchiveFile.objects.get()
    made_at = timezone.now()
    archive_actions.make(archive_id=asked.pk, now=made_at)
    archive_actions.make(archive_id=asked.pk, now=made_at)
    (file,) = (media / "c_33314" / "archives").glob("*.zip")

    assert archive_actions.erase_old(now=made_at + timedelta(days=6)) == 0
    assert file.exists()
    assert archive_actions.erase_old(now=made_at + timedelta(days=8)) == 1
    assert not file.exists()
    assert staff.post(f"{PAGE}{asked.pk}/fichier/").status_code == 410


def test_history_cannot_be_rewritten(staff):
    staff.post(f"{PAGE}demande/")

    with pytest.raises(DatabaseError), transaction.atomic():
        ArchiveEvent.objects.update(by_name="x")


def test_the_dictionary_explains_every_column(staff):
    text = staff.get(f"{PAGE}dictionnaire.csv").content.decode("utf-8-sig")

    assert "incidents_report;" in text
    assert "référence" in text.lower()


# --- Nothing, and nothing said ---------------------------------------------------------------


def test_null_inside_a_column_of_json_is_not_an_empty_column(archive, media, other_commune, now):
    nothing = Value(None, JSONField())
    Sharing.objects.create(pk=1, asks=nothing, offers=[None, {"a": None}])
    origin = Origin.objects.create(
        kind="page", template_uuid=UUID(int=1), slug="x", name="X", version=1, base={},
        last_merged_at=now,
    )  # fmt: skip
    for before, after in ((nothing, None), (None, nothing)):
        Arrival.objects.create(
            origin=origin, cause="law", version=1, before=before, after=after, at=now
        )

    proof = load(archive(), other_commune)

    assert proof.differences == []
    with owner():
        connection.set_tenant(other_commune)
        assert Sharing.objects.filter(asks=nothing, offers=[None, {"a": None}]).exists()
        kinds = (Func(name, function="jsonb_typeof", output_field=TextField()) for name in SIDES)
        assert set(Arrival.objects.values_list(*kinds)) == {("null", None), (None, "null")}


# --- The command -----------------------------------------------------------------------------


@pytest.mark.owner
def test_the_command_brings_a_commune_and_its_people_into_another_schema(
    furnished, archive, association, make_user, tmp_path
):
    gone = make_user("admin", commune=furnished, email="ana@example.org")
    kept = make_user("booking_agent", commune=furnished, email="luc@example.org")
    told = (
        Appointment.objects.count(),
        list(Service.objects.order_by("pk").values_list("name", flat=True)),
    )
    path = archive()
    with owner():
        gone.delete()
        there = Commune.objects.create(
            insee_code="33904", schema_name="c_33904", name="Essai", slug="essai-33904",
            association=association,
        )  # fmt: skip
        said, certificate = StringIO(), tmp_path / "proof.json"
        call_command(
            "import_commune", path, "--as", "33904", "--certificate", certificate, stdout=said
        )
        there.refresh_from_db()
        team = Membership.objects.filter(commune=there).order_by("user__email")
        assert there.state == "configuring"
        assert "differences: 0" in said.getvalue()
        assert json.loads(certificate.read_text())["differences"] == []
        assert list(team.values_list("user__email", "user__display_name", "role")) == [
            ("ana@example.org", "admin", "admin"),
            ("luc@example.org", "booking_agent", "booking_agent"),
        ]
        assert team.get(user__email="luc@example.org").user == kept
        ana = team.get(user__email="ana@example.org").user
        assert not ana.has_usable_password()
        assert EmailAddress.objects.get(user=ana).verified
        with schema_context("c_33904"):
            assert told == (
                Appointment.objects.count(),
                list(Service.objects.order_by("pk").values_list("name", flat=True)),
            )
        with pytest.raises(CommandError, match="déjà"):
            call_command("import_commune", path, "--as", "33904", stdout=StringIO())
