"""Acts that ask for a proof of a moment ago: it is given on the login host, and travels."""

import time

import pytest
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore

from identity.models import Ticket
from tests.conftest import owner
from tests.identity.conftest import carried


pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(make_user, commune):
    """Her role needs no second factor: her password is the proof."""
    return make_user("reader", commune=commune)


def path_of(answer):
    return answer["Location"].partition(":8000")[2]


def age(browser, seconds):
    """Let the proof of the login host grow old."""
    session = SessionStore(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - seconds
    session.save()


def test_a_recent_proof_travels_to_the_site(client, log_in, reader):
    entrance = log_in(reader)
    away = client.get("/connexion/", {"next": "/", "fresh": "1"})
    assert "fresh=1" in away["Location"]

    page = entrance.get(path_of(away))
    client.post("/connexion/retour/", carried(page))

    with owner():
        assert Ticket.objects.get().proved_at is not None
    assert time.time() - client.session["proved"] < 60


def test_an_old_proof_is_asked_for_again(client, log_in, reader):
    entrance = log_in(reader)
    age(entrance, 11 * 60)
    away = client.get("/connexion/", {"next": "/", "fresh": "1"})

    answer = entrance.get(path_of(away))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/compte/confirmer/")
    with owner():
        assert not Ticket.objects.exists()


def test_an_ordinary_login_does_not_make_an_old_proof_recent(client, log_in, reader):
    entrance = log_in(reader)
    age(entrance, 11 * 60)
    page = entrance.get(path_of(client.get("/connexion/", {"next": "/"})))

    client.post("/connexion/retour/", carried(page))

    assert time.time() - client.session["proved"] > 600


def test_an_old_proof_leads_to_a_new_one_and_back(client, log_in, reader):
    entrance = log_in(reader)
    age(entrance, 11 * 60)
    asked = path_of(client.get("/connexion/", {"next": "/", "fresh": "1"}))
    confirm = entrance.get(asked)["Location"]

    back = entrance.post(confirm, {"password": "a long enough secret"})

    assert back.status_code == 302
    assert back["Location"] == asked
    assert entrance.get(asked).status_code == 200
