"""From the form of a citizen to the closing by the town hall, through the pages."""

from uuid import uuid4

import pytest

from incidents.models import Message, Photo, Report
from incidents.workflow import Status
from parvis.models import OutgoingEmail
from tests.booking.settings_client import SettingsClient, open_settings
from tests.incidents.factories import category, report


pytestmark = pytest.mark.django_db


@pytest.fixture
def client(commune):
    return SettingsClient(commune)


@pytest.fixture
def agent(make_user, commune):
    return open_settings(make_user, commune, "report_agent")


def sent(**changes):
    return {
        "category": "nid-de-poule",
        "address": "Quai Albert-Pichon",
        "email": "jeanne@example.org",
        "key": str(uuid4()),
    } | changes


def test_the_form_shows_what_can_be_reported_and_the_numbers_of_danger(client):
    category()

    page = client.get("/signaler/").content.decode()

    assert "Nid-de-poule" in page
    assert "112" in page


def test_a_report_is_sent_and_followed_without_an_account(client):
    category()

    answer = client.post("/signaler/", sent(), follow=True)

    made = Report.objects.get()
    assert made.reference[:4] in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/suivi/")


def test_a_double_tap_sends_one_report(client):
    category()
    once = sent()

    client.post("/signaler/", once)
    again = client.post("/signaler/", once)

    assert Report.objects.count() == 1
    assert again.status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"category": ""}, id="no category"),
        pytest.param({"category": "inconnue"}, id="an unknown category"),
        pytest.param({"address": ""}, id="nowhere"),
        pytest.param({"lat": "abc"}, id="no number"),
        pytest.param({"lat": "1e999", "lon": "0"}, id="infinite"),
        pytest.param({"lat": "nan", "lon": "nan"}, id="nan"),
        pytest.param({"key": "abc"}, id="no key"),
        pytest.param({"text": "a\0b"}, id="NUL"),
        pytest.param({"text": "a" * 3000}, id="too long"),
        pytest.param({"email": "jeanne"}, id="no address"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, wrong):
    category()

    answer = client.post("/signaler/", sent(phone="0556591717") | wrong)

    assert answer.status_code == 422
    assert "0556591717" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_category_of_others_creates_nothing_and_says_whom_to_call(client):
    category(code="telecom", door="redirect", redirect_text="Appelez Orange.")

    answer = client.post("/signaler/", sent(category="telecom"))

    assert "Appelez Orange." in answer.content.decode()
    assert not Report.objects.exists()


def test_thanks_need_words_and_no_place(client):
    category(code="merci", door="compliment", name="Un merci")
    thanks = sent(category="merci", address="")

    refused = client.post("/signaler/?porte=feliciter", thanks)
    client.post("/signaler/?porte=feliciter", thanks | {"text": "Merci !"})

    assert refused.status_code == 422
    assert Report.objects.get().text == "Merci !"


def test_an_unknown_link_says_what_to_do(client):
    assert client.get("/suivi/abc/").status_code == 404


def test_a_photo_needs_a_signed_address(client):
    assert client.get("/photo/1-l-0.jpg").status_code == 404
    assert not Photo.objects.exists()


def test_the_town_hall_reads_what_citizens_will_read_before_it_sends(agent):
    made = report()
    page = f"/agent/signalements/{made.reference}/passer/"
    done = {"to": "resolved", "reason": "repaired", "text": "Rebouché.", "version": "1"}

    shown = agent.post(page, done).content.decode()
    assert "Rebouché." in shown
    assert Report.objects.get().status == Status.RECEIVED

    agent.post(page, done | {"send": "1"})
    assert Report.objects.get().status == Status.RESOLVED
    assert "Rebouché." in OutgoingEmail.objects.last().body


def test_a_move_made_on_an_old_page_is_refused_and_keeps_the_words(agent):
    made = report()
    old = {"to": "accepted", "text": "Nous passons.", "version": "0", "send": "1"}

    answer = agent.post(f"/agent/signalements/{made.reference}/passer/", old)

    assert answer.status_code == 409
    assert "Nous passons." in answer.content.decode()


def test_the_list_asks_as_many_questions_for_many_reports(agent, django_assert_num_queries):
    report()
    agent.get("/agent/signalements/")

    def count():
        from django.db import connection  # noqa: PLC0415
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

        with CaptureQueriesContext(connection) as asked:
            agent.get("/agent/signalements/?etat=tous")
        return len(asked)

    few = count()
    for _each in range(12):
        report()

    assert count() == few


def test_the_page_of_a_report_asks_six_questions_at_most(agent, django_assert_max_num_queries):
    made = report()
    for number in range(30):
        Message.objects.create(
            report=made,
            audience="staff",
            author="staff",
            text=f"Note {number}",
            at=made.submitted_at,
        )
    agent.get("/agent/signalements/")

    with django_assert_max_num_queries(6):
        page = agent.get(f"/agent/signalements/{made.reference}/")

    assert page.content.decode().count("Note interne") == 30
