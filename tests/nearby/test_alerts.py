"""Alerts: confirmed by a link, told once, stopped by one press; how long one waits."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from booking import read_model
from demo import nearby_alerts
from nearby import actions, badges, retention, subject
from nearby.links import path_to
from nearby.models import Alert
from parvis.models import OutgoingEmail
from parvis.subjects import Person
from privacy.policy import spans
from tenants.models import Erasure
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory
from tests.nearby.conftest import PAUILLAC, offer


pytestmark = pytest.mark.django_db
MAIL = "ana@example.org"


@pytest.fixture
def here(commune, ready):
    """Pauillac receives, and has nothing."""
    return offer(commune, {}, place=PAUILLAC)


def wanted(now, **other):
    terms = {
        "email": MAIL, "language": "fr", "reason": "CNI", "persons": 1, "radius_km": 40,
        "last_day": now.date() + timedelta(days=60), "now": now,
    }  # fmt: skip
    actions.ask(**terms | other)
    return Alert.objects.latest("pk")


@pytest.fixture
def alert(here, now):
    alert = wanted(now)
    actions.confirm(alert=alert, now=now)
    alert.refresh_from_db()
    return alert


def mails():
    return list(OutgoingEmail.objects.order_by("pk").values_list("subject", flat=True))


FREE = "Un créneau s’est libéré près de chez vous"


def test_nothing_is_told_before_the_address_says_yes(client, commune, here, other_commune, now):
    form = {
        "demarche": "CNI", "personnes": 1, "rayon": 40, "email": MAIL,
        "last_day": (now + timedelta(days=3000)).date(),
    }  # fmt: skip
    refused = client.post("/alerte/", form)
    assert refused.status_code == 422
    assert "six mois au plus" in refused.text
    assert MAIL in refused.text
    asked = client.post("/alerte/", form | {"last_day": soon()})
    assert asked.url == "/alerte/demandee/"
    connection.set_tenant(commune)
    offer(other_commune, {3: [9]})
    assert actions.tell(now=now) == 0
    message = OutgoingEmail.objects.get()
    link = re.search(r"http://\S+?(/alerte/\S+/)", message.body)[1]

    page = client.get(link)

    connection.set_tenant(commune)
    assert Alert.objects.get().confirmed_at is None  # a visit changes nothing
    assert "Confirmer l’alerte" in page.text
    client.post(link, {"act": "confirm"})
    connection.set_tenant(commune)
    assert Alert.objects.get().confirmed_at is not None


def soon():
    return (timezone.now() + timedelta(days=30)).date().isoformat()


@pytest.mark.parametrize("change", [{"stopped_at": 0}, {"last_day": -1}])
def test_an_alert_that_is_over_promises_nothing(client, here, now, change):
    alert = wanted(now)
    ((field, days),) = change.items()
    moment = timezone.now() + timedelta(days=days)
    Alert.objects.update(**{field: moment.date() if field == "last_day" else moment})

    page = client.post(path_to(alert), {"act": "confirm"}, follow=True)

    assert "vous serez prévenu" not in page.text
    assert "Cette alerte est arrêtée" in page.text


def test_a_service_without_letters_is_not_proposed(client, here, now):
    """Nothing else could be found by its name: an alert would be lost without a word."""
    named, nameless = (ServiceFactory(name=name, titles="") for name in ("PACS", "…"))
    OpeningFactory(resources=[ResourceFactory(services=[named, nameless])])

    page = client.get("/alerte/").text

    assert f'value="s{named.pk}"' in page
    assert f'value="s{nameless.pk}"' not in page


def test_what_comes_free_nearby_is_told_once(alert, other_commune, now):
    offer(other_commune, {3: [9], 5: [9]})

    assert (actions.tell(now=now), actions.tell(now=now)) == (1, 0)

    message = OutgoingEmail.objects.get(subject=FREE)
    body = message.body.replace("\u00a0", " ")
    assert "Mairie de Lacanau, jeudi 26 novembre 2026 à 9 h (à 35 km)" in body
    assert "http://lacanau.localhost:8000/creneau/" in message.body
    assert message.to == [MAIL]
    assert "/arreter/" in message.unsubscribe


def test_only_an_earlier_day_is_news(alert, other_commune, now):
    offer(other_commune, {5: [9]})
    assert actions.tell(now=now) == 1
    offer(other_commune, {5: [8]})
    assert actions.tell(now=now) == 0
    offer(other_commune, {4: [15]})
    assert actions.tell(now=now) == 1


def test_nobody_is_written_to_more_than_three_times_a_day(alert, other_commune, now):
    told = []
    for day in (20, 19, 18, 17):
        offer(other_commune, {day: [9]})
        told.append(actions.tell(now=now))

    assert told == [1, 1, 1, 0]
    assert actions.tell(now=now + timedelta(days=1)) == 1  # what was held back


@pytest.mark.parametrize(
    ("terms", "day"),
    [
        ({"radius_km": 20}, 3),
        ({"persons": 2}, 3),
        ({"reason": "PASSPORT"}, 3),
        ({"reason": "", "key": "pacs", "name": "PACS"}, 3),
        ({}, 70),
    ],
)
def test_what_does_not_suit_is_not_told(here, other_commune, now, terms, day):
    actions.confirm(alert=wanted(now, **terms), now=now)
    offer(other_commune, {day: [9]}, horizon_days=90)

    assert actions.tell(now=now) == 0


def test_many_alerts_are_looked_after_with_as_many_queries_as_one(
    alert, here, now, django_assert_max_num_queries
):
    for number in range(20):
        actions.confirm(alert=wanted(now, email=f"a{number}@example.org", persons=2), now=now)

    with django_assert_max_num_queries(3):  # who, where, what is free
        actions.tell(now=now)


def test_one_press_of_a_mail_program_stops_it(alert, commune, other_commune, now):
    alone = Client(headers={"host": "pauillac.localhost"}, enforce_csrf_checks=True)
    address = f"{path_to(alert)}arreter/"
    assert alone.get(address).status_code == 302
    connection.set_tenant(commune)
    alert.refresh_from_db()
    assert alert.stopped_at is None

    answer = alone.post(address, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    connection.set_tenant(commune)
    offer(other_commune, {3: [9]})
    assert actions.tell(now=now) == 0
    address = path_to(alert)
    assert "arrêtée" in alone.get(address).text


def test_the_page_of_an_alert_stops_it(client, commune, alert):
    address = path_to(alert)
    page = client.get(address)
    assert "L’alerte est en route" in page.text
    client.post(address, {"act": "stop"})
    connection.set_tenant(commune)
    alert.refresh_from_db()
    assert alert.stopped_at is not None
    assert client.get("/alerte/forged/").status_code == 404


def test_the_same_wish_again_is_one_alert(here, now):
    first, again = wanted(now), wanted(now, email=MAIL.upper(), radius_km=10)

    assert first.pk == again.pk
    assert again.radius_km == 10
    assert mails() == ["Confirmez votre alerte"] * 2


def test_an_alert_wants_one_thing(here, now):
    with pytest.raises(DatabaseError), transaction.atomic():
        Alert.objects.create(
            email=MAIL, reason="CNI", key="pacs", last_day=now.date(), created_at=now
        )


def test_alerts_end_as_places_in_a_waiting_list(alert, here, now):
    wanted(now, persons=4)
    step, kept = retention.STEPS[0], spans({})
    assert step.count(kept, now) == 0
    assert step.count(kept, now + timedelta(days=4)) == 1  # never confirmed
    actions.stop(alert=alert, now=now)

    assert step.erase(kept, now + timedelta(days=8)) == 2

    assert not Alert.objects.exists()
    assert Erasure.objects.filter(kind="waiting").count() == 2


def test_whoever_asks_sees_and_erases_her_alerts(alert, now):
    (held,) = subject.held(Person(MAIL.upper()), now=now)
    assert held.title == "Carte d’identité"
    assert subject.erase(Person(MAIL), now=now) == 1
    assert subject.held(Person(MAIL), now=now) == []


def test_another_commune_knows_nothing_of_it(alert, other_commune, now):
    address = path_to(alert)
    with schema_context(other_commune.schema_name):
        assert not Alert.objects.exists()
    there = Client(headers={"host": "lacanau.localhost"})
    assert there.get(address).status_code == 404


# --- Waits ---


def test_the_wait_for_each_service_is_shown_and_drawn(client, commune, ready):
    service = ServiceFactory(slug="carte", name="Carte & titres")
    ServiceFactory(slug="aide", name="Aide sociale", titles="", is_confidential=True)
    counter = ResourceFactory(services=[service])
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[counter])
    read_model.refresh_all(now=timezone.now())

    page, picture = client.get("/delais/"), client.get("/delais/carte.svg")

    assert re.search("demain|dans 2 jours|dans 3 jours|aujourd’hui", page.text)
    assert "&lt;img src=&quot;http://pauillac.localhost:8000/delais/carte.svg" in page.text
    assert "Aide sociale" not in page.text
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Carte &amp; titres" in picture.content.decode()
    assert client.get("/delais/aide.svg").status_code == 404


def test_nothing_typed_escapes_from_a_badge():
    drawn = badges.draw('"><script>', "dans 3 jours")

    assert "<script" not in drawn
    assert 'aria-label="&quot;&gt;&lt;script&gt;\u00a0: dans 3 jours"' in drawn
    assert '"><script' not in badges.embed(name='"><script>', page="/", picture="/a.svg")


def test_the_alerts_of_the_demo_hold_and_write_to_nobody(here, other_commune, now):
    nearby_alerts.show(now=now)
    offer(other_commune, {3: [9]})

    assert Alert.objects.running(now.date()).count() == 3
    assert actions.tell(now=now) == 0
