"""What the commune's administrator sees and decides about its data."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from messaging.actions import decide_texts
from parvis.models import OutgoingEmail
from privacy import nightly
from privacy.models import Choice, DataRequest
from tests.booking.staff_client import StaffClient
from tests.conftest import login_as, owner
from tests.factories import AppointmentFactory


pytestmark = pytest.mark.django_db
HOME = "/agent/commune/donnees-personnelles/"


@pytest.fixture
def admin(make_user, commune):
    client = StaffClient(commune)
    with owner():
        login_as(client, make_user("admin", commune=commune), site=commune.schema_name)
    return client


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


def test_the_page_says_what_goes_tonight_and_what_the_night_did(admin):
    now = timezone.now()
    AppointmentFactory(start=now - timedelta(days=200), status="honoured")
    before = text(admin.get(HOME))
    nightly.run(now=now)

    after = text(admin.get(HOME))

    assert "Rien n’a dépassé sa durée" not in before
    assert "Nom, courriel et téléphone d’un rendez-vous" in before
    assert "Rien n’a dépassé sa durée" in after
    assert "0 ligne" in after


def test_a_duration_is_changed_and_goes_back(admin):
    address = f"{HOME}duree/appointment_contact/"

    assert admin.post(address, {"number": "2", "reason": ""}).status_code == 302
    assert "2 mois après le rendez-vous" in text(admin.get(HOME))
    assert "2 mois après le rendez-vous" in text(admin.get("/confidentialite/"))
    assert admin.post(address, {"number": "3", "reason": ""}).status_code == 302
    assert not Choice.objects.exists()


def test_it_is_said_who_carries_messages_and_what_leaves_europe(admin, settings):
    settings.VAPID_PRIVATE_KEY, settings.SMS_GATEWAY = "", ""
    for page in (f"{HOME}registre/", "/confidentialite/"):
        said = text(admin.get(page))
        assert "SMS" not in said.partition("Sous-traitants")[2][:400]
        assert "fabricant" not in said

    settings.VAPID_PRIVATE_KEY, settings.SMS_GATEWAY = "key", "console"
    decide_texts(is_on=True, reminds=False, sender_name="", monthly_budget=0)
    for page in (f"{HOME}registre/", "/confidentialite/"):
        said = text(admin.get(page))
        assert "fournisseur" in said
        assert "chiffrées, elles passent par le fabricant" in said


@pytest.mark.parametrize(
    "typed", ["", "0", "25", "-1", "a\0", "9" * 30, "6"]
)  # 6 is allowed with a reason only
def test_a_duration_out_of_bounds_is_refused(admin, typed):
    answer = admin.post(f"{HOME}duree/appointment_contact/", {"number": typed, "reason": ""})

    assert answer.status_code == 422
    assert not Choice.objects.exists()


def test_longer_with_a_reason_is_in_the_register(admin):
    admin.post(f"{HOME}duree/appointment_contact/", {"number": "6", "reason": "Contentieux"})

    assert "Contentieux" in text(admin.get(f"{HOME}registre/"))
    assert "Contentieux" in admin.get(f"{HOME}registre.csv").content.decode("utf-8-sig")


def test_what_cannot_be_chosen_has_no_page(admin):
    assert admin.get(f"{HOME}duree/staff_account/").status_code == 404
    assert admin.get(f"{HOME}duree/unknown/").status_code == 404


def test_a_request_shows_its_clock_and_is_answered(admin):
    now = timezone.now()
    asked = DataRequest.objects.create(
        kind="correction",
        email="jeanne@example.org",
        words="Mon nom est mal écrit",
        asked_at=now - timedelta(days=10),
    )
    assert "rectification" in text(admin.get(HOME))

    admin.post(f"{HOME}demandes/{asked.pk}/", {"answer": "C’est corrigé."})

    asked.refresh_from_db()
    assert asked.answered_by == "admin"
    mail = OutgoingEmail.objects.get()
    assert (mail.to, "C’est corrigé." in mail.body) == (["jeanne@example.org"], True)
    assert "1 demande a reçu sa réponse" in text(admin.get(HOME))


def test_the_erasures_are_listed_without_anybody(admin):
    now = timezone.now()
    found = AppointmentFactory(start=now - timedelta(days=200), status="honoured")
    nightly.run(now=now)

    lines = admin.get(f"{HOME}effacements.csv").content.decode("utf-8-sig")

    assert found.reference in lines
    assert "Jeanne" not in lines


def test_queries_do_not_grow_with_requests(admin):
    def count():
        with CaptureQueriesContext(connection) as asked:
            admin.get(HOME)
        return len(asked)

    DataRequest.objects.create(kind="other", email="a@example.org", asked_at=timezone.now())
    count()
    one = count()
    DataRequest.objects.bulk_create(
        DataRequest(kind="other", email=f"{n}@example.org", asked_at=timezone.now())
        for n in range(9)
    )

    assert count() == one


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_notice_says_all_that_article_13_asks(client, language):
    client.post("/langue/", {"language": language, "next": "/"})

    page = client.get("/confidentialite/").content.decode()

    for said in ("Pauillac", "CNIL", "cnil.fr", "/mes-donnees/", "6"):
        assert said in page
