"""Several persons in one booking, each with her own situation, documents, name and number."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from booking import actions, planning
from booking.forms import SituationForm
from booking.models import Appointment, Participant, Service
from booking.people import Person
from booking.presets import USUAL
from parvis.models import OutgoingEmail
from tests.booking.test_views import CHECK, DETAILS, Browser


pytestmark = pytest.mark.django_db
PAGE = "/rendez-vous/carte-identite/"
OTHERS = "persons=3&age=adult&motive=renewal&cas-2=meme&cas-3=autre&age-3=0-11&motive-3=first"


@pytest.fixture
def service(commune):
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")
    return Service.objects.get(slug="carte-identite")


@pytest.fixture
def client(service):
    return Browser(headers={"host": "pauillac.localhost"}, secure=True)


def hold(client, query=OTHERS):
    service = Service.objects.get(slug="carte-identite")
    now = timezone.now()
    start = planning.free(
        service=service, persons=3, first=planning.local_day(now) + timedelta(days=2), days=20,
        now=now, online=True,
    ).first()  # fmt: skip
    answer = client.post(f"{PAGE}creneaux/?{query}", {"slot": start.isoformat(timespec="minutes")})
    assert answer.headers["Location"] == DETAILS
    return start


def test_the_first_time_each_other_person_is_like_the_first_or_not(client):
    answer = client.post(PAGE, {"persons": "3", "age": "adult", "motive": "renewal"})

    assert "suite=" in answer.headers["Location"]
    page = client.get(answer.headers["Location"].split("#")[0])
    assert page.text.count("Même situation que la première personne") == 2


def test_another_situation_asks_its_own_questions(client):
    answer = client.post(f"{PAGE}?{OTHERS}", {
        "persons": "2", "age": "adult", "motive": "renewal", "cas-2": "autre",
    })  # fmt: skip

    page = client.get(answer.headers["Location"].split("#")[0])
    assert 'name="age-2"' in page.text


def test_each_person_is_told_her_own_documents_and_all_what_they_pay(client):
    page = client.get(f"/pieces/passeport/?{OTHERS}&pieces=1")

    assert "Personne 3" in page.text
    assert "À payer en tout" in page.text
    assert "Pièce d’identité du parent présent" in page.text


def test_a_family_is_kept_person_by_person_and_her_address_says_it_again(client):
    hold(client)

    people = list(Participant.objects.order_by("position"))
    assert [each.situation["age"] for each in people] == ["adult", "adult", "0-11"]
    keys = [{line["key"] for line in each.documents["documents"]} for each in people]
    assert keys[0] == keys[1] != keys[2]
    page = client.get(DETAILS)
    assert "cas-3=autre" in page.text
    assert "age-3=0-11" in page.text


def test_each_name_is_asked_and_what_was_typed_is_kept(client):
    hold(client)
    typed = {"name": "Jeanne Dupuy", "email": "j@example.org", "name-2": "Paul Dupuy"}

    wrong = client.post(DETAILS, typed)

    assert wrong.status_code == 422
    assert "personne 3" in wrong.text
    assert "Paul Dupuy" in wrong.text
    numbers = {"pre_application-2": "ab12 cd34ef", "pre_application-3": ""}
    client.post(DETAILS, typed | {"name-3": "Lina Dupuy"} | numbers)
    people = list(Participant.objects.order_by("position").values_list("name", flat=True))
    assert people == ["Jeanne Dupuy", "Paul Dupuy", "Lina Dupuy"]
    assert Appointment.objects.get().numbers == ["AB12CD34EF"]
    check = client.get(CHECK)
    assert "Lina Dupuy" in check.text


def test_the_whole_family_is_confirmed_in_four_screens(client):
    hold(client)
    names = {"name": "Jeanne", "email": "j@example.org", "name-2": "Paul", "name-3": "Lina"}
    client.post(DETAILS, names)

    answer = client.post(CHECK)

    assert answer.headers["Location"] == "/rendez-vous/confirme/"
    page = client.get("/rendez-vous/confirme/")
    assert "Lina" in page.text
    assert "3 personnes" in page.text
    assert "Lina" not in OutgoingEmail.objects.get().body


def test_terms_are_accepted_before_confirming(client, service):
    Service.objects.update(terms="Chaque personne vient.")
    hold(client)
    names = {"name": "Jeanne", "email": "j@example.org", "name-2": "Paul", "name-3": "Lina"}
    client.post(DETAILS, names)

    refused = client.post(CHECK)

    assert refused.status_code == 422
    assert "Cochez la case" in refused.text
    assert client.post(CHECK, {"accepted": "on"}).status_code == 302
    assert Appointment.objects.get().status == "booked"


def test_a_number_has_one_appointment_to_come(client, service):
    start = hold(client)
    actions.book_directly(
        service=service, people=[Person(pre_application="AB12CD34EF")],
        start=start + timedelta(days=7), name="X", email="", phone="", channel="phone",
        now=timezone.now(), idempotency_key="00000000-0000-4000-8000-000000000001",
    )  # fmt: skip
    names = {"name": "Jeanne", "email": "j@example.org", "name-2": "Paul", "name-3": "Lina"}

    answer = client.post(DETAILS, names | {"pre_application-2": "ab12cd34ef"})

    assert answer.status_code == 422
    assert "déjà un rendez-vous" in answer.text
    assert "Paul" in answer.text


@pytest.mark.parametrize(
    "query",
    ["persons=3&cas-2=nonsense", "persons=3&cas-2=autre&age-2=dragon", "persons=99", "persons=x"],
)
def test_nonsense_about_others_is_no_error_of_the_server(client, query):
    assert client.get(f"{PAGE}?{query}").status_code in {200, 422}
    assert client.get(f"{PAGE}creneaux/?{query}").status_code in {200, 422}
    assert client.get(f"/pieces/carte-identite/?{query}").status_code in {200, 422}


def test_more_persons_never_have_more_starts(service):
    now = timezone.now()
    first = planning.local_day(now)
    starts = [
        set(planning.free(
            service=service, persons=n, first=first, days=20, now=now, online=True
        ).starts())
        for n in (1, 2, 3, 4, 5)
    ]  # fmt: skip

    assert all(more <= fewer for fewer, more in pairwise(starts))


def test_without_others_everybody_is_like_the_first(service):
    form = SituationForm(service, {"persons": "3", "age": "0-11", "motive": "first"})

    assert form.is_valid()
    assert [person.situation["age"] for person in form.people] == ["0-11"] * 3


def test_an_address_opens_on_a_start_or_offers_the_nearest(client, service):
    now = timezone.now()
    first = planning.local_day(now) + timedelta(days=2)
    start = planning.free(
        service=service, persons=1, first=first, days=20, now=now, online=True
    ).first()
    asked = start.isoformat(timespec="minutes").replace("+", "%2B")

    assert "Le créneau demandé est libre" in client.get(f"{PAGE}creneaux/?debut={asked}").text
    gone = client.get(f"{PAGE}creneaux/?debut=2026-01-01T09:00%2B01:00").text
    assert "n’est plus libre" in gone
    assert "n’est plus libre" in client.get(f"{PAGE}creneaux/?debut=garbage%00").text


def test_an_unfinished_booking_is_told_on_the_first_pages(client):
    hold(client)

    assert "Vous n’avez pas terminé" in client.get("/").text
    assert "Vous n’avez pas terminé" in client.get("/rendez-vous/").text
