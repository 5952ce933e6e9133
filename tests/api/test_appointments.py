"""Appointments by another program: the rules of citizens, done once, read with a right."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api import actions
from api.models import Sending
from api.refusals import StillRunning
from booking.models import Appointment, Service
from connect import actions as connect
from connect.models import ApiKey
from parvis.models import OutgoingEmail
from tests.api.conftest import body, book, later
from tests.conftest import login_as
from tests.factories import AppointmentFactory


pytestmark = pytest.mark.django_db
WRITE, READ = "appointments:write", "appointments:read"


@pytest.fixture
def writer(program, slot):
    return program(WRITE)


@pytest.fixture
def booked(writer, slot):
    return book(writer, body(slot)).json()


def test_an_appointment_is_booked_as_on_the_site(writer, slot, commune):
    answer = book(writer, body(slot))

    made = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/appointments/{made['id']}"
    assert answer["Cache-Control"] == "no-store"
    assert (made["status"], made["start"]) == ("booked", slot["start"])
    assert "/rdv/" in made["manage_url"]
    connection.set_tenant(commune)
    kept = Appointment.objects.get()
    assert (kept.channel, kept.name, kept.email) == (
        "online",
        "Jeanne Dupuy",
        "jeanne@example.org",
    )
    assert OutgoingEmail.objects.filter(to__contains=["jeanne@example.org"]).exists()


def test_a_writer_is_not_told_who_comes(booked):
    assert booked["contact"] is None
    assert booked["people"][0]["name"] is None
    assert booked["people"][0]["documents"]


def test_the_same_request_again_books_nothing_and_is_answered(writer, slot, booked, commune):
    again = book(writer, body(slot))

    assert (again.status_code, again.json()["id"]) == (201, booked["id"])
    assert again["Idempotency-Replayed"] == "true"
    connection.set_tenant(commune)
    assert Appointment.objects.count() == 1
    assert Sending.objects.get().made == booked["id"]


def test_a_key_of_sending_stands_for_one_request(writer, slot, booked):
    answer = book(writer, body(slot, email="autre@example.org"))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", " ", "é", "a" * 256])
def test_without_a_key_of_sending_nothing_is_done(writer, slot, key, commune):
    answer = book(writer, body(slot), key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    connection.set_tenant(commune)
    assert not Appointment.objects.exists()


def test_what_runs_is_not_begun_twice_and_what_was_cut_off_is_begun_again(now):
    sent = {"client_id": 1, "key": "k", "fingerprint": "f"}
    actions.begin(**sent, now=now)
    with pytest.raises(StillRunning):
        actions.begin(**sent, now=later(now, seconds=30))

    again = actions.begin(**sent, now=later(now, minutes=2))

    assert again.done_at is None
    actions.finish(sending=again, made="K7M2Q4XZ", now=now)
    assert actions.begin(**sent, now=later(now, minutes=3)).made == "K7M2Q4XZ"
    assert actions.begin(**sent, now=later(now, hours=27)).made == ""
    assert actions.forget(now=later(now, days=3)) == 1


def test_a_refused_request_may_be_sent_again_with_its_key(writer, slot, commune):
    wrong = book(writer, body(slot, email="x"))
    assert wrong.status_code == 422

    assert book(writer, body(slot)).status_code == 201
    connection.set_tenant(commune)
    assert Sending.objects.count() == 1


def test_a_slot_that_is_taken_is_refused_with_others(writer, slot, booked):
    answer = book(writer, body(slot, people=[{"name": "Paul"}], email="p@example.org"), key="k2")

    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert answer.json()["alternatives"]


def test_nothing_stays_held_when_the_person_comes_already(writer, client, slot, booked, commune):
    others = client.get("/api/v1/slots?service=carte-identite").json()["items"]

    answer = book(writer, body(others[3]), key="k2")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_booked")
    connection.set_tenant(commune)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "x"}, "email"),
        ({"people": [{"name": ""}]}, "people.0.name"),
        ({"people": [{"name": "A", "pre_application": "1"}]}, "people.0.pre_application"),
        ({"people": [{"name": "A"}, {"name": ""}]}, "people.1.name"),
        ({"people": []}, "people"),
        ({"service": "autre"}, "service"),
        ({"start": "2026-11-30T09:00:00"}, "start"),
        ({"autre": 1}, "autre"),
        ({"phone": "0\0"}, "phone"),
        ({"people": [{"name": "A", "situation": {"age": "vieux"}}]}, "people.0.situation.age"),
    ],
)
def test_wrong_fields_are_named(writer, slot, given, field):
    answer = book(writer, body(slot, **given))

    told = answer.json()
    assert answer.status_code == 422
    assert field in {each["field"] for each in told["errors"]}
    assert all(each["message"] for each in told["errors"])


@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"service": "\xff"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"[]", "application/json", 422),
        (b'{"start": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"email": "' + b"a" * 1_100_000 + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_json_is_refused(program, sent, kind, status):
    answer = program(WRITE).post(
        "/api/v1/appointments",
        sent,
        content_type=kind,
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_it_is_moved_and_cancelled_as_a_citizen_does(writer, client, booked, commune):
    others = client.get("/api/v1/slots?service=carte-identite").json()["items"]
    path = f"/api/v1/appointments/{booked['id']}"
    to = {"start": others[5]["start"], "version": booked["version"]}

    moved = writer.post(f"{path}/move", to, content_type="application/json")
    assert (moved.status_code, moved.json()["start"]) == (200, others[5]["start"])
    stale = writer.post(f"{path}/move", to, content_type="application/json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    for _turn in range(2):
        gone = writer.post(f"{path}/cancel", {}, content_type="application/json")
        assert (gone.status_code, gone.json()["status"]) == (200, "cancelled")
    late = writer.post(f"{path}/move", {"start": to["start"]}, content_type="application/json")
    assert late.json()["code"] == "not_movable"


def test_what_citizens_may_not_change_online_no_program_does(writer, booked, service, commune):
    connection.set_tenant(commune)
    Service.objects.filter(pk=service.pk).update(is_cancellable_online=False)

    told = writer.post(
        f"/api/v1/appointments/{booked['id']}/cancel", {}, content_type="application/json"
    )

    assert (told.status_code, told.json()["code"]) == (409, "not_cancellable")


def test_who_comes_is_read_with_the_right_to_it(program, booked):
    told = program(READ).get(f"/api/v1/appointments/{booked['id'].lower()}")

    assert told.json()["contact"]["email"] == "jeanne@example.org"
    assert told.json()["people"][0]["pre_application"] == "AB12CD34EF"
    assert told["Cache-Control"] == "private, no-cache"
    assert "Access-Control-Allow-Origin" not in told


def test_a_list_goes_on_where_it_stopped_whatever_comes_in(program, commune):
    made = [AppointmentFactory().reference for _turn in range(5)]
    AppointmentFactory(held=True)
    reader = program(READ)

    first = reader.get("/api/v1/appointments?limit=2").json()
    connection.set_tenant(commune)
    made.append(AppointmentFactory().reference)
    pages = [first]
    while pages[-1]["next"]:
        pages.append(reader.get(f"/api/v1/appointments?limit=2&cursor={pages[-1]['next']}").json())

    assert [each["id"] for page in pages for each in page["items"]] == made


def test_a_list_is_narrowed_down(program, now, commune):
    early = AppointmentFactory()
    reader = program(READ)
    day = early.start.date().isoformat()
    since = later(now, minutes=1).isoformat().replace("+", "%2B")

    for query, found in {
        f"from={day}&to={day}": 1,
        "to=2026-01-01": 0,
        "status=cancelled": 0,
        "service=autre": 0,
        f"updated_since={since}": 0,
    }.items():
        assert len(reader.get(f"/api/v1/appointments?{query}").json()["items"]) == found, query


def test_queries_do_not_grow_with_appointments(program, service, commune):
    reader = program(READ)

    def count():
        with CaptureQueriesContext(connection) as asked:
            assert reader.get("/api/v1/appointments").status_code == 200
        connection.set_tenant(commune)
        return len(asked)

    AppointmentFactory(service=service)
    count()  # finds the host
    few = count()
    for _turn in range(9):
        AppointmentFactory(service=service, persons=2)
    assert count() == few


def test_a_key_opens_its_commune_and_what_it_names(program, key_for, client, commune, now, member):
    assert program(READ).get("/api/v1/sites").status_code == 200
    connection.set_tenant(commune)
    secret = key_for(READ)

    def status(text, host="pauillac.localhost", path="appointments"):
        headers = {"authorization": text, "host": host}
        answer = client.get(f"/api/v1/{path}", headers=headers)
        return answer.status_code, answer.json().get("code", "")

    assert status(f"Bearer {secret}")[0] == 200
    assert status(f"Bearer {secret}", host="lacanau.localhost") == (401, "key_unknown")
    assert status("Bearer pv_x") == (401, "key_unknown")
    assert status("Basic abc", path="services") == (401, "key_unknown")
    connection.set_tenant(commune)
    assert status(f"Bearer {key_for(WRITE)}") == (403, "scope_missing")
    connection.set_tenant(commune)
    connect.revoke(key=ApiKey.objects.get(prefix=secret[:11]), by=member, now=now)
    assert status(f"Bearer {secret}") == (401, "key_revoked")


def test_a_login_opens_nothing(client, make_user, commune):
    login_as(client, make_user("admin", commune=commune), site=commune.schema_name)
    assert client.get("/api/v1/appointments").status_code == 401


def test_a_person_may_hold_two_numbers(writer, slot, commune):
    people = [{"name": "Jeanne Dupuy", "pre_application": "ab12cd34ef, F6G7H8J9K0"}]

    assert book(writer, body(slot, people=people)).status_code == 201

    connection.set_tenant(commune)
    (person,) = Appointment.objects.get().participants.all()
    assert person.numbers == ["AB12CD34EF", "F6G7H8J9K0"]


def test_where_the_state_is_told_a_number_is_needed_as_on_the_site(writer, slot, settings):
    settings.COORDINATION_URL, settings.COORDINATION_TOKEN = "https://api.example.fr", "x"

    told = book(writer, body(slot, people=[{"name": "Jeanne Dupuy"}]))

    assert told.status_code == 422
    assert "people.0.pre_application" in told.text
