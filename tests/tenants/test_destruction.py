"""The end of a departure: the schema, the role, the files and the accesses are gone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from exchange import departure_letters, departure_paper
from onboarding import leaving
from onboarding.models import CommuneFile, Onboarding, Proof
from parvis.models import OutgoingEmail
from slots.models import FreeSlotDay, SlotKind
from tenants import departures
from tenants.erasing import ERASED, KEPT
from tenants.hosts import forget_hosts, site_of
from tenants.models import Association, BlockedName, Commune, Domain
from tests.conftest import owner


NEW = "https://rdv.exemple.fr/"


@pytest.fixture
def traces(real_commune):
    """Remove afterwards what a departure leaves in the public schema."""
    yield
    connection.set_schema_to_public()
    OutgoingEmail.objects.filter(key__startswith="departure-").delete()
    BlockedName.objects.all().delete()
    forget_hosts()


def test_it_is_decided_of_every_public_table_whether_it_goes_with_the_commune(settings):
    inside = {label.rpartition(".")[2] for label in settings.TENANT_APPS}
    about = {
        relation.related_model._meta.label
        for relation in Commune._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and relation.is_relation
        and relation.related_model._meta.app_label not in inside
    }

    assert about == set(ERASED) | KEPT
    assert set(ERASED).isdisjoint(KEPT)


def test_in_the_end_nothing_is_left_but_the_certificate(
    real_commune, tmp_path, settings, association
):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / real_commune.schema_name / "photos").mkdir(parents=True)
    (tmp_path / real_commune.schema_name / "photos" / "a-l.jpg").write_bytes(b"x")
    connection.set_schema_to_public()
    Domain.objects.create(commune=real_commune, domain="rdv.essai.fr", is_primary=False)
    now = timezone.now()
    with owner():
        kind = SlotKind.objects.create(
            service_code=f"local:{real_commune.schema_name}:7", persons=1, commune=real_commune
        )
        FreeSlotDay.objects.create(
            commune=real_commune, site=1, kind=kind, day=now.date(), n=0, starts=b""
        )
    CommuneFile.objects.create(commune=real_commune, updated_at=now)
    for proof in ("agreement", "mail"):
        Proof.objects.create(commune=real_commune, kind=proof, at=now)
    way = Onboarding.objects.create(
        commune=real_commune, module="booking", stage="live", since=now - timedelta(days=400)
    )
    asked = departures.ask(
        commune=real_commune,
        new_url=NEW,
        reason="",
        by_id=1,
        by_name="Ana Lacoste",
        by_email="ana@example.org",
        now=now - timedelta(days=70),
    )
    departures.confirm(
        departure=asked, by_id=2, by_name="Luc Martin", now=now - timedelta(days=61)
    )
    assert departure_letters.follow(now=now) == 1
    assert leaving.follow(now=now) == 1
    assert leaving.follow(now=now) == 0
    way.refresh_from_db()
    assert (way.stage, way.reason_code) == ("churned", "other")
    assert way.events.latest("pk").evidence == "Départ demandé par la commune et confirmé."
    assert departure_letters.follow(now=now) == 1

    asked.refresh_from_db()
    real_commune.refresh_from_db()
    assert (asked.state, real_commune.state) == ("destroyed", "listed")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regnamespace(%s) IS NULL, to_regrole(%s) IS NULL",
            [real_commune.schema_name, f"t_{real_commune.schema_name}"],
        )
        assert cursor.fetchone() == (True, True)
    assert not (tmp_path / real_commune.schema_name).exists()
    assert asked.certificate["tables"] > 50
    assert asked.certificate["files"] == 1
    assert asked.certificate["rows"] >= 4
    assert not FreeSlotDay.objects.filter(commune=real_commune).exists()
    assert not SlotKind.objects.filter(pk=kind.pk).exists()
    assert not CommuneFile.objects.filter(commune=real_commune).exists()
    assert [each.kind for each in real_commune.proofs.all()] == ["agreement"]
    assert departures.is_blocked("rdv.essai.fr", insee_code="33314", now=now)
    assert not departures.is_blocked(
        "rdv.essai.fr", insee_code="33314", now=now + timedelta(days=366)
    )
    forget_hosts()
    assert site_of("rdv.essai.fr").kind == "unknown"
    gone = Client(headers={"host": "essai.localhost"}).get("/")
    assert (gone.status_code, NEW in gone.content.decode()) == (410, True)
    asked.commune = real_commune
    paper = departure_paper.certificate(
        asked, association=Association.objects.get(), language="fr"
    )
    assert paper.startswith(b"%PDF")
    letters = OutgoingEmail.objects.filter(key__contains="destroyed")
    assert [each.to for each in letters] == [["ana@example.org"]]
