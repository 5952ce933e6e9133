"""From the page of a report: a browser asks to be told, is told of a move, and may leave."""

import json
import os
from base64 import urlsafe_b64encode
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import actions, links
from incidents.workflow import Actor, Status
from messaging.models import OutgoingPush, PushSubscription
from tests.booking.settings_client import SettingsClient
from tests.incidents.factories import report
from tests.messaging.test_push import ENDPOINT, Phone


pytestmark = pytest.mark.django_db
ADDRESS = "/notifications/"


@pytest.fixture(autouse=True)
def _vapid(settings):
    settings.VAPID_PRIVATE_KEY = urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def client(commune):
    return SettingsClient(commune)


@pytest.fixture
def mine(now):
    return report(now=now, text="Devant chez Jeanne Martin")


def secret_of(made):
    return links.path_to(made).split("/")[2]


def ask(client, made, *, endpoint=ENDPOINT, **more):
    browser = json.dumps({"endpoint": endpoint, "keys": Phone().keys})
    return client.post(ADDRESS, {"secret": secret_of(made), "browser": browser, **more})


def accept(made, now):
    return actions.move(
        report=made, to=Status.ACCEPTED, actor=Actor.STAFF, by=None, now=now, text="Mots libres"
    )


def test_a_browser_is_told_of_a_move_without_name_or_free_text(client, mine, now):
    assert ask(client, mine).json() == {"told": True}
    accept(mine, now)

    row = OutgoingPush.objects.get()
    assert row.title == "Mairie de Pauillac"
    assert row.body == f"{mine.category.label}\u00a0: pris en charge"
    assert row.navigate.endswith(links.path_to(mine))
    assert row.topic == f"report-{mine.pk}"
    assert "Jeanne" not in row.words
    assert "Mots libres" not in row.words


@pytest.mark.parametrize(
    ("actor", "to", "waits"),
    [(Actor.STAFF, "accepted", True), (Actor.REPORTER, "cancelled", False)],
)
def test_at_night_only_who_acts_is_told_at_once(client, commune, actor, to, waits):
    night = datetime(2026, 11, 23, 23, tzinfo=ZoneInfo(commune.time_zone))
    mine = report(now=night)
    ask(client, mine)

    actions.move(report=mine, to=Status(to), actor=actor, by=None, now=night)

    assert OutgoingPush.objects.get().is_by_day is waits


def test_a_browser_that_left_is_told_no_more(client, mine, now):
    ask(client, mine)
    assert ask(client, mine, stop="1").json() == {"told": False}
    accept(mine, now)

    assert not PushSubscription.objects.exists()
    assert not OutgoingPush.objects.exists()


def test_the_page_offers_it_where_it_can(client, mine, settings):
    page = client.get(links.path_to(mine)).content.decode()
    assert "Me prévenir sur ce téléphone" in page
    assert "js/push.js" in page

    settings.VAPID_PRIVATE_KEY = ""
    assert "Me prévenir sur ce téléphone" not in client.get(links.path_to(mine)).content.decode()


@pytest.mark.parametrize(
    ("browser", "status"),
    [
        ("", 422),
        ("[]", 422),
        ("[" * 1900, 422),
        ('{"endpoint": 3, "keys": "x"}', 422),
        ('{"endpoint": "https://127.0.0.1/", "keys": {}}', 422),
        ('{"endpoint": "\\u0000"}', 422),
        ("\0", 422),
        ("x" * 5000, 422),
    ],
)
def test_what_is_wrong_is_refused_in_words(client, mine, browser, status):
    answer = client.post(ADDRESS, {"secret": secret_of(mine), "browser": browser})

    assert answer.status_code == status
    assert "navigateur" in answer.json()["error"]


@pytest.mark.parametrize("secret", ["", "jamais-vu", "\0", "x" * 3000])
def test_a_link_that_opens_nothing_subscribes_to_nothing(client, secret):
    assert client.post(ADDRESS, {"secret": secret, "browser": "{}"}).status_code == 404


def test_a_move_costs_the_same_for_one_browser_and_for_many(client, now):
    counts = []
    for many in (1, 5):
        made = report(now=now)
        for number in range(many):
            ask(client, made, endpoint=f"{ENDPOINT}{number}")
        with CaptureQueriesContext(connection) as seen:
            accept(made, now)
        counts.append(len(seen))

    assert counts[0] == counts[1]
