"""Whom a breach touched, from the record, with the notice that must be sent."""

import csv
import io
import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import noting
from audit.models import Entry
from booking.models import Participant
from incidents.models import Photo, ReportContact
from parvis.acting import Actor, acting
from privacy import breach
from tests.factories import AppointmentFactory
from tests.incidents.factories import report


pytestmark = pytest.mark.django_db
THIEF = Actor(name="Léo", user_id=8, channel="staff", origin="203.0.113.0/24")
OTHER = Actor(name="Ana", user_id=7, channel="staff", origin="198.51.100.0/24")


def search(**wish):
    now = datetime.now(UTC)
    usual = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    return breach.persons(breach.entries(breach.Search(**(usual | wish))))


def touch(person):
    """Change the name of the person of an appointment."""
    person.name = f"{person.name}-B"
    person.save(update_fields=["name"])


@pytest.fixture
def people():
    """Two appointments and a report, each of somebody."""
    kept = AppointmentFactory(email="ada@example.org", people=[{"name": "Ada"}])
    spared = AppointmentFactory(
        start=kept.period.lower + timedelta(days=1), email="celia@example.org"
    )
    told = report()
    ReportContact.objects.filter(report=told).update(email="dora@example.org")
    return kept, spared, told


def test_a_change_leads_to_the_person_it_belongs_to_and_to_nobody_else(people):
    kept, _spared, told = people
    with acting(THIEF):
        touch(Participant.objects.get(appointment=kept))
        Photo.objects.create(report=told, stage="before", name="x.webp")
        kept.service.name = "Carte"
        kept.service.save(update_fields=["name"])

    found = search(actor="léo")

    assert {each.email for each in found if each.email} == {"ada@example.org", "dora@example.org"}
    assert {each.name for each in found} >= {"Ada-B"}
    assert search(actor="Ana") == []
    assert search(actor="8") == found
    assert search(network="203.0.113.0/24") == found
    assert search(actor="personne@example.org") == []
    assert search(until=datetime(2026, 1, 1, tzinfo=UTC), actor="8") == []


def test_who_was_erased_since_is_still_counted(people):
    kept, *_others = people
    with acting(THIEF):
        touch(Participant.objects.get(appointment=kept))
    Participant.objects.filter(appointment=kept).delete()

    (found,) = [each for each in search(actor="Léo") if not each.is_known]

    assert found.what == str(Participant._meta.verbose_name)


def test_the_command_writes_who_what_and_the_notice(people, tmp_path, capsys, commune):
    kept, *_others = people
    with acting(THIEF):
        kept.note = "vu"
        kept.save(update_fields=["note"])
        noting.note(noting.Fact(noting.DOWNLOAD, "agenda.csv", detail={"path": "/agent/?jour=3"}))

    connection.set_schema_to_public()
    call_command(
        "breach",
        network="203.0.113.77",
        known_at="2026-11-28 10:00",
        into=tmp_path / "out",
    )

    said = capsys.readouterr().out
    folder = tmp_path / "out" / "pauillac"
    assert "pauillac: 2 facts, " in said
    assert "lacanau" not in said
    rows = list(
        csv.reader(io.StringIO((folder / "personnes.csv").read_text("utf-8-sig")), delimiter=";")
    )
    assert "ada@example.org" in rows[1]
    assert "/agent/?jour=3" in (folder / "faits.csv").read_text("utf-8-sig")
    notice = (folder / "avis.txt").read_text().replace("\xa0", " ")
    assert "29 novembre 2026" in notice
    assert "1er décembre 2026" in notice
    assert "2 faits notés" in notice
    assert "2 personnes concernées (personnes.csv) ; joignables par courriel : 1." in notice
    assert "agenda.csv" in notice
    assert stat.S_IMODE((folder / "personnes.csv").stat().st_mode) == 0o600
    connection.set_tenant(commune)
    assert Entry.objects.filter(label="personnes.csv").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"network": "pas une adresse"},
        {"network": "10.0.0.0/8"},
        {"since": "hier"},
        {"since": "2026-13-45 10:00"},
        {"actor": "x", "commune": "nulle-part"},
    ],
)
def test_what_cannot_be_searched_is_refused(wrong, tmp_path):
    connection.set_schema_to_public()
    with pytest.raises(CommandError):
        call_command("breach", into=tmp_path, **wrong)
