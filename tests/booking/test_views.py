"""The pages of a citizen: what they say, and what they refuse."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions, visitor
from booking.models import Allocation, Appointment, Closure, Resource, Service
from booking.presets import USUAL
from parvis.models import OutgoingEmail
from tests.conftest import login_as
from tests.factories import AppointmentFactory


pytestmark = pytest.mark.django_db
SLOTS = "/rendez-vous/carte-identite/creneaux/"
DETAILS = "/rendez-vous/coordonnees/"
CHECK = "/rendez-vous/verification/"
TYPED = {"name": "Jeanne Dupuy", "email": "jeanne@example.org", "phone": ""}


class Browser(Client):
    """A browser whose visits leave the test where it was: in the schema of the commune."""

    def request(self, **request):
        here = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(here)


@pytest.fixture
def client():
    """A browser on Pauillac's site."""
    return Browser(headers={"host": "pauillac.localhost"})


@pytest.fixture(autouse=True)
def town_hall():
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")


def slots_of(response) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', response.text)


def first_slot(client) -> str:
    return slots_of(client.get(SLOTS))[0]


def hold(client, **typed):
    client.post(SLOTS, {"slot": first_slot(client)})
    if typed:
        client.post(DETAILS, typed)
    return Appointment.objects.get(status="held")


def book(client):
    hold(client, **TYPED)
    client.post(CHECK)
    return Appointment.objects.get(status="booked")


def tokens() -> str:
    return re.search(r"/rdv/(\S+)", OutgoingEmail.objects.latest("pk").body)[1]


def fill_every_counter(start, end):
    """Take every counter between two instants."""
    for resource in Resource.objects.all():
        appointment = AppointmentFactory(
            start=start,
            service=Service.objects.get(slug="carte-identite"),
            email="somebody-else@example.org",
        )
        Allocation.objects.create(
            appointment=appointment, resource=resource, period=(start, end), state="booked"
        )


def test_a_citizen_books_reads_her_mail_and_cancels(client):
    appointment = book(client)
    confirmed = client.get("/rendez-vous/confirme/")
    assert "j***@example.org" in confirmed.text
    assert appointment.reference[:4] in confirmed.text

    client.cookies.clear()
    link = client.get(f"/rdv/{tokens()}")
    assert link.url == "/mon-rendez-vous/"
    assert link["Referrer-Policy"] == "no-referrer"
    assert link.cookies[visitor.MANAGE]["secure"]
    assert link.cookies[visitor.MANAGE]["httponly"]
    assert client.get("/mon-rendez-vous/annulation/").status_code == 200
    client.post("/mon-rendez-vous/annulation/")

    assert "Rendez-vous annulé" in client.get("/mon-rendez-vous/").text
    appointment.refresh_from_db()
    assert appointment.status == "cancelled"


def test_the_manage_page_shows_no_more_than_needed(client):
    book(client)

    text = client.get("/mon-rendez-vous/").text

    assert "j***@example.org" in text
    assert "jeanne@example.org" not in text
    assert "Dupuy" not in text


def test_following_the_link_changes_nothing(client):
    AppointmentFactory(token="secret", start=timezone.now() + timedelta(days=3))

    client.get("/rdv/secret")
    client.head("/rdv/secret")
    client.get("/mon-rendez-vous/annulation/")

    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize("token", ["wrong", "x" * 5000, "%00", "é", "'; DROP TABLE"])
def test_a_wrong_link_gets_one_neutral_page(client, token):
    response = client.get(f"/rdv/{token}")

    assert response.status_code == 404
    assert visitor.MANAGE not in response.cookies


def test_a_link_of_another_commune_opens_nothing(client, other_commune):
    AppointmentFactory(token="secret", start=timezone.now() + timedelta(days=3))

    assert Browser(headers={"host": "lacanau.localhost"}).get("/rdv/secret").status_code == 404
    assert client.get("/rdv/secret").status_code == 302


def test_a_link_ends_one_day_after_the_appointment(client):
    AppointmentFactory(token="secret", start=timezone.now() - timedelta(hours=26))

    assert client.get("/rdv/secret").status_code == 410


def test_a_held_slot_is_not_a_manage_link(client):
    AppointmentFactory(token="secret", held=True)

    assert client.get("/rdv/secret").status_code == 404


def test_the_diary_file_says_when_and_never_the_link(client):
    appointment = book(client)

    response = client.get("/mon-rendez-vous/agenda.ics")

    assert response["Content-Type"].startswith("text/calendar")
    assert f"UID:{appointment.reference}" in response.text
    assert tokens() not in response.text


def test_finding_an_appointment_gives_everybody_the_same_answer(client):
    appointment = book(client)
    right = {"reference": appointment.reference.lower(), "email": "JEANNE@example.org"}
    wrong = {"reference": "ZZZZZZZZ", "email": "jeanne@example.org"}

    first, second = (
        client.post("/mon-rendez-vous/retrouver/", right),
        client.post("/mon-rendez-vous/retrouver/", wrong),
    )

    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert OutgoingEmail.objects.filter(key__startswith="link.").count() == 1


def test_references_cannot_be_tried_without_end(client):
    wish = {"reference": "ZZZZZZZZ", "email": "a@example.org"}
    statuses = [
        client.post("/mon-rendez-vous/retrouver/", wish).status_code for _each in range(11)
    ]

    assert statuses == [302] * 10 + [429]


def test_pressing_a_taken_slot_offers_the_three_nearest(client):
    slot = first_slot(client)
    start = timezone.datetime.fromisoformat(slot)
    fill_every_counter(start, start + timedelta(minutes=20))

    response = client.post(SLOTS, {"slot": slot})

    assert response.status_code == 409
    assert len(slots_of(response)) == 3
    assert slot not in slots_of(response)


def test_losing_the_slot_at_the_end_loses_nothing_typed(client):
    held = hold(client, **TYPED)
    Allocation.objects.all().delete()
    fill_every_counter(held.start, held.end)

    lost = client.post(CHECK)
    again = client.post(SLOTS, {"slot": slots_of(lost)[0]})

    assert lost.status_code == 409
    assert again.url == CHECK
    assert "Jeanne Dupuy" in client.get(CHECK).text
    client.post(CHECK)
    assert Appointment.objects.filter(status="booked", name="Jeanne Dupuy").count() == 4


@pytest.mark.parametrize(
    "slot",
    ["", "yesterday", "2026-13-45T99:99", "2026-11-24T09:00", "\x00", "9" * 10_000,
     "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "0001-01-01T00:00+00:00",
     "0002-01-01T09:00+01:00", "9999-12-31T23:59+00:00"],
)  # fmt: skip
def test_an_unreadable_slot_is_a_form_error(client, slot):
    response = client.post(SLOTS, {"slot": slot})

    assert response.status_code == 422
    assert slots_of(response)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("slot", ["2020-01-07T09:00+01:00", "2090-01-03T09:00+01:00"])
def test_a_slot_in_the_past_or_far_away_is_refused(client, slot):
    response = client.post(SLOTS, {"slot": slot})

    assert response.status_code == 409
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("persons", ["0", "-3", "6", "99999999999999999999", "x", "\x00", "1.5"])
def test_a_tampered_number_of_persons_is_a_form_error(client, persons):
    slot = first_slot(client)

    response = client.post(f"{SLOTS}?persons={persons}", {"slot": slot})

    assert response.status_code == 422
    assert not Appointment.objects.exists()


def test_duration_price_and_documents_of_the_form_are_ignored(client):
    forged = {"slot": first_slot(client), "minutes": "5", "price": "0", "documents": "[]"}

    client.post(SLOTS, forged)

    held = Appointment.objects.get()
    assert held.length == timedelta(minutes=20)
    assert len(held.coming[0].documents["documents"]) > 2


@pytest.mark.parametrize("answer", ["motive=free", "age=\x00", "motive=" + "x" * 5000])
def test_an_answer_that_was_never_offered_is_a_form_error(client, answer):
    page = client.get(f"/rendez-vous/carte-identite/?{answer}")

    assert page.status_code == 422
    assert "Choisissez une des réponses proposées." in page.text
    assert client.get(f"{SLOTS}?{answer}").status_code == 422
    assert client.get(f"/pieces/carte-identite/?{answer}").status_code == 422


@pytest.mark.parametrize("day", ["yesterday", "2026-99-99", "\x00", "0000-00-00", "9" * 5000])
def test_an_unreadable_date_shows_the_next_slots_and_says_so(client, day):
    response = client.get(SLOTS, {"du": day})

    assert response.status_code == 200
    assert "illisible" in response.text
    assert slots_of(response)


@pytest.mark.parametrize("day", ["0001-01-01", "2020-02-29", "9999-12-31"])
def test_a_date_out_of_reach_shows_what_can_be_booked(client, day):
    assert client.get(SLOTS, {"du": day}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "x" * 10_000},
        {"name": "Jea\x00nne"},
        {"email": "not an address"},
        {"email": "", "phone": ""},
        {"phone": "12"},
        {"pre_application": "short"},
        {"email": "a" * 300 + "@example.org"},
    ],
    ids=["long name", "NUL", "e-mail", "no contact", "phone", "number", "long e-mail"],
)
def test_wrong_details_are_explained_and_kept(client, wrong):
    hold(client)

    response = client.post(DETAILS, {**TYPED, **wrong})

    assert response.status_code == 422
    assert "<title>Erreur" in response.text
    assert next(iter(wrong.values())).replace("\x00", "")[:60] in response.text.replace("\x00", "")
    assert Appointment.objects.get().name == ""


def test_numbers_are_brought_to_their_form(client):
    hold(client, **TYPED | {"phone": "+33 6 12.34.56.78", "pre_application": "ab12 cd34ef"})

    held = Appointment.objects.get()
    assert held.phone == "0612345678"
    assert held.numbers == ["AB12CD34EF"]


def test_keeping_the_slot_longer_keeps_what_was_typed(client):
    held = hold(client)

    response = client.post(DETAILS, {"name": "Jeanne", "email": "not finished", "garder": "1"})

    assert "Jeanne" in response.text
    assert "not finished" in response.text
    until = held.held_until
    held.refresh_from_db()
    assert held.held_until - until == timedelta(minutes=10)
    assert "garder" not in client.get(DETAILS).text


def test_whoever_books_while_logged_in_is_no_citizen(client, commune, make_user):
    login_as(client, admin := make_user("admin", commune=commune), site=commune.schema_name)

    (event,) = book(client).events.all()

    assert (event.kind, event.by_id) == ("booked", admin.pk)


def test_pressing_confirm_twice_gives_one_appointment(client):
    hold(client, **TYPED)
    cookie = client.cookies[visitor.HOLD].value
    client.post(CHECK)
    client.cookies[visitor.HOLD] = cookie

    second = client.post(CHECK)

    assert second.url == "/rendez-vous/confirme/"
    assert Appointment.objects.count() == 1
    assert OutgoingEmail.objects.count() == 1


@pytest.mark.parametrize("path", [DETAILS, CHECK])
def test_without_a_hold_a_page_says_what_to_do(client, path):
    assert client.get(path).status_code == 410
    client.cookies[visitor.HOLD] = "foreign"
    assert client.post(path, TYPED).status_code == 410


def test_a_closed_day_says_why(client):
    today = timezone.localdate()
    closed = today + timedelta(days=7 - today.weekday() + 7)
    begin = timezone.make_aware(timezone.datetime(closed.year, closed.month, closed.day))
    Closure.objects.create(period=(begin, begin + timedelta(days=1)), reason="Inventaire")
    actions.configuration_changed()

    assert "Fermé\u00a0: Inventaire" in client.get(SLOTS, {"du": closed.isoformat()}).text


def test_the_slots_page_costs_the_same_for_one_and_two_hundred_appointments(client):
    def queries():
        client.get(SLOTS)
        with CaptureQueriesContext(connection) as context:
            assert client.get(SLOTS).status_code == 200
        return [one["sql"] for one in context if "booking_" in one["sql"]]

    counter = Resource.objects.first()
    start = timezone.now() + timedelta(days=1)
    service = Service.objects.get(slug="carte-identite")
    AppointmentFactory(resource=counter, service=service, start=start)
    with_one = len(queries())
    for n in range(1, 200):
        AppointmentFactory(
            resource=counter, service=service, start=start + timedelta(minutes=20 * n)
        )

    assert len(queries()) == with_one


@pytest.mark.parametrize(
    "path",
    ["/", "/rendez-vous/", "/rendez-vous/passeport/", SLOTS, "/pieces/pacs/",
     "/mon-rendez-vous/retrouver/", "/mon-rendez-vous/retrouver/envoye/"],
)  # fmt: skip
def test_public_pages_answer_in_both_languages(client, path):
    assert client.get(path).status_code == 200
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get(path)
    assert response.status_code == 200
    assert '<html lang="en"' in response.text


@pytest.mark.parametrize("path", ["/rendez-vous/inconnu/", "/pieces/inconnu/", SLOTS + "x"])
def test_unknown_services_are_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_service_that_is_not_online_cannot_be_booked_by_its_address(client):
    slot = first_slot(client)
    Service.objects.filter(slug="carte-identite").update(is_online=False)

    page = client.get(SLOTS)
    assert page.status_code == 410
    assert "ne se réserve pas en ligne" in page.text
    assert client.post(SLOTS, {"slot": slot}).status_code == 410


def test_a_new_answer_shows_its_new_questions_before_the_slots(client):
    response = client.post(
        "/rendez-vous/carte-identite/", {"persons": "1", "age": "0-11", "motive": "first"}
    )

    assert response.url.startswith("/rendez-vous/carte-identite/?")
    assert "parents" in client.get(response.url).text


def test_the_documents_follow_the_answers(client):
    lost = client.get("/rendez-vous/carte-identite/?motive=loss").text
    usual = client.get("/rendez-vous/carte-identite/").text

    assert "Déclaration de perte" in lost
    assert "Déclaration de perte" not in usual
