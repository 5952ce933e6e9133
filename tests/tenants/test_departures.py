"""A commune pauses or leaves: read only, then elsewhere, then destroyed by two persons."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from exchange import departure_letters
from parvis.models import OutgoingEmail
from tenants import departures
from tenants.hosts import forget_hosts
from tenants.models import Departure, Suspension
from tests.conftest import login_as, owner


pytestmark = pytest.mark.django_db
LEAVE = "/agent/commune/donnees/depart/"
NEW = "https://rdv.exemple.fr/"


@pytest.fixture
def admin(make_user, commune):
    return make_user("admin", commune=commune)


@pytest.fixture
def director(make_user):
    return make_user("director")


@pytest.fixture
def staff(client, admin, commune):
    return proved(login_as(client, admin, site=commune.schema_name))


@pytest.fixture
def board(host_client, director, association):
    client = host_client("gironde.localhost")
    return proved(login_as(client, director, site=f"association:{association.pk}"))


def proved(client):
    session = client.session
    session["proved"] = timezone.now().timestamp()
    session.save()
    return client


@pytest.fixture
def asked(staff):
    staff.post(f"{LEAVE}demande/", {"name": "pauillac", "new_url": NEW, "reason": "Autre outil"})
    with owner():
        return Departure.objects.get()


@pytest.fixture
def confirmed(asked, board):
    board.post(f"/departs/{asked.pk}/confirmation/")
    forget_hosts()
    return again(asked)


def again(departure):
    connection.set_schema_to_public()
    departure.refresh_from_db()
    return departure


def follow(at):
    connection.set_schema_to_public()
    steps = departure_letters.follow(now=at)
    forget_hosts()
    return steps


def page(path="/", host="pauillac.localhost"):
    return Client(headers={"host": host}).get(path)


def test_asking_changes_nothing_and_tells_the_association(asked, director):
    follow(timezone.now())
    follow(timezone.now())

    assert asked.state == "asked"
    assert page().status_code == 200
    (letter,) = OutgoingEmail.objects.filter(key__startswith="departure-")
    assert letter.to == [director.email]
    assert "Autre outil" in letter.body


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"name": "Lacanau"},
        {"name": "Pauillac", "new_url": "javascript:alert(1)"},
        {"name": "Pauillac\0"},
        {"name": "Pauillac", "reason": "x" * 301},
    ],
)
def test_a_departure_asked_for_wrongly_is_refused(staff, typed):
    assert staff.post(f"{LEAVE}demande/", typed).status_code == 422
    with owner():
        assert not Departure.objects.exists()


def test_whoever_asked_cannot_confirm(asked, now):
    connection.set_schema_to_public()
    with pytest.raises(departures.SamePerson):
        departures.confirm(departure=asked, by_id=asked.asked_by_id, by_name="x", now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Departure.objects.update(
            state="read_only",
            confirmed_by_id=asked.asked_by_id,
            moves_at=now,
            drop_after=now + timedelta(days=1),
        )


def test_a_commune_cannot_confirm_or_hasten_its_own_departure(asked, commune):
    connection.set_tenant(commune)
    for change in ("state = 'moved'", "drop_after = now()", "confirmed_by_id = 7"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE public.tenants_departure SET {change}")


def test_for_thirty_days_the_team_reads_and_nobody_writes(confirmed, staff, commune):
    assert confirmed.state == "read_only"
    assert confirmed.drop_after - confirmed.confirmed_at == timedelta(days=60)
    citizen = page("/rendez-vous/")
    assert citizen.status_code == 503
    assert NEW in citizen.content.decode()

    read = staff.get("/agent/commune/")
    assert read.status_code == 200
    assert "Site suspendu" in read.content.decode()
    assert staff.post("/agent/commune/site/noms/", {"name": "rdv.pauillac.fr"}).status_code == 503
    assert staff.post("/agent/commune/donnees/archives/demande/").status_code == 302


def test_then_citizens_find_the_new_address_and_the_team_nothing(confirmed, staff):
    assert follow(confirmed.moves_at - timedelta(minutes=1)) == 0
    assert follow(confirmed.moves_at) == 1
    assert follow(confirmed.moves_at) == 0

    moved = page("/mon-rendez-vous/")
    assert moved.status_code == 410
    assert NEW in moved.content.decode()
    assert staff.get("/agent/commune/").status_code == 410


def test_a_departure_can_be_cancelled_until_the_end(confirmed, board):
    follow(confirmed.moves_at)

    board.post(f"/departs/{confirmed.pk}/annulation/")
    forget_hosts()

    assert again(confirmed).state == "cancelled"
    assert page().status_code == 200
    assert follow(confirmed.drop_after + timedelta(days=1)) == 0


def test_the_commune_itself_may_come_back_while_it_reads(confirmed, staff):
    staff.post(f"{LEAVE}annulation/")
    follow(timezone.now())

    assert again(confirmed).state == "cancelled"
    assert page().status_code == 200


def test_a_suspended_commune_opens_again_unless_it_is_leaving(commune, board):
    board.post("/departs/suspendre/", {"commune": "33314", "reason": "Convention expirée"})
    forget_hosts()
    assert page().status_code == 503
    assert "Convention expirée" in board.get("/departs/").content.decode()
    assert board.post("/departs/suspendre/", {"commune": "33314"}).status_code == 422

    board.post("/departs/33314/reprise/")
    forget_hosts()

    assert page().status_code == 200
    connection.set_schema_to_public()
    assert Suspension.objects.get().ended_by_name == "director"


@pytest.mark.public
def test_nothing_is_dropped_before_its_time_or_without_a_departure(commune):
    for schema in ("c_33314", "public", "c_33314; DROP TABLE x", "pg_catalog"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT public.tenants_destroy(%s)", [schema])
