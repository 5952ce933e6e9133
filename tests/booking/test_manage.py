"""A citizen's own pages: move, take a person out, answer, wait, and undo."""

import json
import os
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from booking import actions, links, planning, pushes, retention, topics, visitor, waiting
from booking.models import Appointment, Service, WaitingEntry
from booking.people import Person
from booking.presets import USUAL
from messaging.models import OutgoingPush, PushSubscription
from parvis.models import OutgoingEmail
from tests.booking.test_actions import AGENT
from tests.messaging.test_push import ENDPOINT, Phone


pytestmark = pytest.mark.django_db
MINE = "/mon-rendez-vous/"


class Browser(Client):
    """A browser whose visits leave the test where it was: in the schema of the commune."""

    def request(self, **request):
        here = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(here)


@pytest.fixture
def service(commune):
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")
    return Service.objects.get(slug="carte-identite")


def starts_of(service, persons=1):
    now = timezone.now()
    first = planning.local_day(now) + timedelta(days=3)
    found = planning.free(
        service=service, persons=persons, first=first, days=30, now=now, online=True
    )
    return found.starts()


@pytest.fixture
def starts(service):
    return starts_of(service)


@pytest.fixture
def family(service, starts):
    people = [Person(name="Jeanne Dupuy"), Person(name="Léo Dupuy")]
    held, token = actions.hold_slot(
        service=service, people=people, start=starts[0], language="fr", now=timezone.now()
    )
    actions.keep_details(
        appointment=held,
        name="Jeanne Dupuy",
        email="jeanne@example.org",
        phone="",
        people=[("Jeanne Dupuy", ""), ("Léo Dupuy", "")],
    )
    return actions.confirm(appointment=held, token=token, now=timezone.now())


@pytest.fixture
def client(family):
    """A browser that followed the link of a message."""
    client = Browser(headers={"host": "pauillac.localhost"}, secure=True)
    answer = client.get(links.path_to(family))
    assert answer.headers["Location"] == MINE
    return client


def test_the_signed_link_of_a_later_message_opens_the_appointment(client):
    page = client.get(MINE)

    assert "J. D." in page.text
    assert "L. D." in page.text
    assert "<svg" in page.text


def test_a_signed_link_dies_with_the_secret(client, family):
    link = links.path_to(family)
    Appointment.objects.update(token_hash="x" * 64)

    assert client.get(link).status_code == 404
    assert client.get(link[:-3] + "AAA").status_code == 404


def test_moving_shows_both_times_and_changes_nothing_before_the_second_press(
    client, family, service
):
    start = starts_of(service, 2)[8]
    slot = start.isoformat(timespec="minutes")

    check = client.post("/mon-rendez-vous/deplacement/", {"slot": slot})

    assert "Confirmez le nouveau créneau" in check.text
    assert Appointment.objects.get().start == family.start
    done = client.post("/mon-rendez-vous/deplacement/", {"slot": slot, "confirmer": "1"})
    assert done.headers["Location"] == MINE
    assert Appointment.objects.get().start == start
    assert "déplacé" in client.get(MINE).text


def test_somebody_faster_leaves_her_what_she_had_and_the_nearest_starts(
    client, family, service, starts
):
    start = starts[20]
    for resource in range(3):
        actions.book_directly(
            service=service, people=[Person()], start=start, name=f"X{resource}", email="",
            phone="", channel="phone", now=timezone.now(),
            idempotency_key=f"00000000-0000-4000-8000-00000000000{resource}",
        )  # fmt: skip
    slot = start.isoformat(timespec="minutes")

    answer = client.post("/mon-rendez-vous/deplacement/", {"slot": slot, "confirmer": "1"})

    assert answer.status_code == 409
    assert "toujours à vous" in answer.text
    assert 'class="slot"' in answer.text
    family.refresh_from_db()
    assert family.start == starts[0]


@pytest.mark.parametrize("slot", ["", "soon", "2026-01-01T00:00", "9" * 60, "\x00"])
def test_an_unreadable_slot_moves_nothing(client, family, slot):
    answer = client.post("/mon-rendez-vous/deplacement/", {"slot": slot, "confirmer": "1"})

    assert answer.status_code == 422


def test_one_person_of_a_family_does_not_come_then_does(client, family):
    page = client.get("/mon-rendez-vous/personne/2/")
    assert "Léo Dupuy ne vient pas" in page.text
    assert Appointment.objects.get().persons == 2

    client.post("/mon-rendez-vous/personne/2/")
    assert Appointment.objects.get().persons == 1
    assert "Elle vient finalement" in client.get(MINE).text

    client.post("/mon-rendez-vous/personne/2/retour/")
    assert Appointment.objects.get().persons == 2
    assert client.get("/mon-rendez-vous/personne/9/").status_code == 404


def test_a_cancellation_is_taken_back_while_the_slot_is_free(client, family):
    client.post("/mon-rendez-vous/annulation/", {"reason": "Malade"})
    assert Appointment.objects.get().cancel_reason == "Malade"
    assert "encore libre" in client.get(MINE).text

    client.post("/mon-rendez-vous/retablissement/")

    assert Appointment.objects.get().status == "booked"
    assert client.get(MINE).status_code == 200


def test_a_cancelled_slot_that_is_taken_is_not_given_again(client, family, service):
    client.post("/mon-rendez-vous/annulation/")
    for resource in range(3):
        actions.book_directly(
            service=service, people=[Person()], start=family.start, name=f"X{resource}", email="",
            phone="", channel="phone", now=timezone.now(),
            idempotency_key=f"00000000-0000-4000-8000-00000000000{resource}",
        )  # fmt: skip

    client.post("/mon-rendez-vous/retablissement/")

    assert "pris depuis" in client.get(MINE).text
    family.refresh_from_db()
    assert family.status == "cancelled"


def test_a_service_not_cancelled_online_tells_whom_to_phone(client, family, service):
    Service.objects.filter(pk=service.pk).update(is_cancellable_online=False)

    page = client.get(MINE)

    assert "appelez la mairie" in page.text
    assert "Annuler le rendez-vous" not in page.text
    client.post("/mon-rendez-vous/annulation/")
    client.post("/mon-rendez-vous/personne/2/")
    assert Appointment.objects.get().status == "booked"
    assert Appointment.objects.get().persons == 2


def test_answering_that_she_comes_takes_one_press_and_no_visit_does_it(client, family):
    Appointment.objects.update(presence_asked_at=timezone.now())
    assert "Viendrez-vous" in client.get(MINE).text
    client.get("/mon-rendez-vous/presence/")
    assert Appointment.objects.get().presence_confirmed_at is None

    client.post("/mon-rendez-vous/presence/")

    assert Appointment.objects.get().presence_confirmed_at is not None
    assert "nous vous attendons" in client.get(MINE).text


def test_a_page_in_large_type_has_everything(client, family):
    page = client.get(f"{MINE}?impression=grande")

    assert 'class="large-type"' in page.text
    assert family.reference[:4] in page.text


WISH = {
    "name": "Paul Roux",
    "email": "paul@example.org",
    "phone": "",
    "first_day": "2026-01-01",
    "last_day": "2099-01-01",
}


def test_nobody_is_told_that_a_cancelled_appointment_is_expected(client, family):
    client.post("/mon-rendez-vous/annulation/", {"reason": ""})

    for action in ("presence/", "personne/1/retour/"):
        page = client.post(f"{MINE}{action}", follow=True)
        assert "Rendez-vous annulé" in page.text
        assert "nous vous attendons" not in page.text
        assert "vient de nouveau" not in page.text
    assert "Rendez-vous annulé" in client.get(f"{MINE}?impression=grande").text


def test_joining_the_list_leads_to_her_place_in_it(client, family, service):
    page = client.post("/rendez-vous/carte-identite/attente/?persons=1", WISH, follow=True)

    assert "prochaine personne" in page.text.replace("\u00a0", " ")
    assert WaitingEntry.objects.get().people[0]["situation"] is not None
    assert "liste d’attente" in OutgoingEmail.objects.order_by("pk").last().subject


def test_a_wish_that_makes_no_sense_keeps_what_was_typed(client, family):
    wrong = WISH | {"last_day": "2020-01-01", "email": "paul"}

    page = client.post("/rendez-vous/carte-identite/attente/?persons=1", wrong)

    assert page.status_code == 422
    assert "Paul Roux" in page.text
    assert "Choisissez un jour à venir." in page.text
    assert not WaitingEntry.objects.exists()


def test_waiting_to_come_sooner_and_taking_the_offer_moves_the_appointment(
    client, family, service, starts
):
    actions.cancel(appointment=family, by=AGENT, now=timezone.now())
    actions.restore(appointment=family, by=AGENT, now=timezone.now())
    client.post("/mon-rendez-vous/deplacement/", {
        "slot": starts_of(service, 2)[40].isoformat(timespec="minutes"), "confirmer": "1",
    })  # fmt: skip
    page = client.post("/mon-rendez-vous/attente/", WISH, follow=True)
    address = page.request["PATH_INFO"]
    assert "prochaine personne" in page.text.replace("\u00a0", " ")

    assert waiting.serve(now=timezone.now()) == 1
    assert "Une place est libre pour vous" in client.get(address).text
    before = Appointment.objects.get(pk=family.pk).start

    client.post(f"{address}prendre/")

    assert Appointment.objects.get().start < before
    assert client.get(MINE).status_code == 200


def test_an_offer_taken_without_an_appointment_opens_the_new_one(client, family, service):
    page = client.post("/rendez-vous/carte-identite/attente/?persons=1", WISH, follow=True)
    address = page.request["PATH_INFO"]
    waiting.serve(now=timezone.now())

    answer = client.post(f"{address}prendre/")

    assert answer.headers["Location"] == "/rendez-vous/confirme/"
    assert visitor.MANAGE in answer.cookies
    assert Appointment.objects.filter(status="booked").count() == 2
    assert client.post(f"{address}prendre/").status_code in {404, 410}


def test_leaving_an_offer_and_the_list(client, family, service):
    page = client.post("/rendez-vous/carte-identite/attente/?persons=1", WISH, follow=True)
    address = page.request["PATH_INFO"]
    waiting.serve(now=timezone.now())

    client.post(f"{address}laisser/")
    assert not Appointment.objects.filter(status="held").exists()
    client.post(f"{address}quitter/")

    assert "plus sur la liste" in client.get(address).text
    assert "Ce lien n’ouvre rien" in client.get("/attente/AAAA/").text
    assert client.get("/attente/AAAA/").status_code == 404


@pytest.fixture
def vapid(settings):
    settings.VAPID_PRIVATE_KEY = urlsafe_b64encode(os.urandom(32)).decode()


def ask(client, appointment, **more):
    browser = json.dumps({"endpoint": ENDPOINT, "keys": Phone().keys})
    said = {"secret": pushes.secret_of(appointment), "browser": browser, **more}
    return client.post("/notifications/", said)


def test_the_page_listens_to_its_appointment_and_each_change_says_so(client, family, settings):
    settings.VAPID_PRIVATE_KEY = ""
    page = client.get(MINE).text
    assert "data-live-topic" in page
    assert 'data-refresh="state"' in page
    assert "Me prévenir sur ce téléphone" not in page  # nothing is sent from here

    actions.cancel(appointment=family, by=AGENT, now=timezone.now())

    topic = topics.of_appointment(family.pk)
    assert topic in {getattr(each[1], "topic", "") for each in connection.run_on_commit}


def test_a_browser_is_told_of_a_change_at_a_decent_hour_and_never_what_for(
    client,
    family,
    vapid,
    commune,
):
    assert pushes.secret_of(family) in client.get(MINE).text
    assert pushes.secret_of(family) == pushes.secret_of(family)
    assert ask(client, family).json() == {"told": True}
    night = datetime(2026, 11, 23, 23, tzinfo=ZoneInfo(commune.time_zone))

    actions.cancel(appointment=family, by=AGENT, now=night)

    row = OutgoingPush.objects.get()
    assert row.title == "Mairie de Pauillac"
    assert row.body.startswith("Rendez-vous annulé\u00a0: ")
    assert row.navigate.startswith("http://pauillac.localhost")
    assert row.not_before.astimezone(night.tzinfo).hour == 8
    assert "Jeanne" not in row.words
    assert "identité" not in row.words


def test_only_the_holder_of_the_link_is_told_and_until_it_changes(client, family, vapid):
    assert ask(client, family, secret=pushes.secret_of(family)[:-4] + "AAAA").status_code == 404
    assert ask(client, family, secret=links.secret_of(family)).status_code == 404
    secret = pushes.secret_of(family)
    Appointment.objects.update(token_hash="x" * 64)
    assert ask(client, family, secret=secret).status_code == 404
    assert not PushSubscription.objects.exists()


def test_a_browser_is_forgotten_with_who_came(client, family, vapid, now):
    ask(client, family)
    assert [each.endpoint for each in pushes.subscriptions([family.pk])] == [ENDPOINT]

    retention.forget("appointment_contact", [family.reference], at=now)

    assert not PushSubscription.objects.exists()
