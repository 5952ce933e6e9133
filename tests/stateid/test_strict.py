"""The strict login: 36 lies of a provider are refused, and none breaks a page."""

import json
import re
import time
from hashlib import sha256
from html import unescape

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.cache import caches
from django.test import Client

from demo.provider_lies import LIES
from demo.strict_provider import query_of
from parvis import egress
from stateid import discovery
from stateid.exchange import Exchange, Reply
from tenants.models import User
from tests.conftest import login_as
from tests.identity.conftest import has_session
from tests.stateid.conftest import ADA, LOGIN, asked, invite, leave, log_in, path_of


pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(providers, official, commune):
    """Somebody invited: all that a login needs."""
    invite(commune)
    return ADA


def test_who_is_invited_logs_in(ada, browser, providers):
    answer = log_in(browser, providers.proconnect)

    assert answer.status_code == 302
    assert has_session(browser)
    assert User.objects.get(email=ada.email).display_name == "Ada Byron"


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused(ada, browser, providers, lie):
    providers.proconnect.lie = LIES[lie]

    answer = log_in(browser, providers.proconnect)

    assert answer.status_code == 401
    assert not has_session(browser)
    assert not User.objects.filter(email=ada.email).exists()


def test_only_what_the_state_allows_is_asked(ada, browser, providers):
    address = leave(
        browser, next="/compte/", scope="openid phone", auth_params="acr_values=eidas0"
    )

    query = asked(address)
    assert set(query) == {
        *("response_type", "client_id", "redirect_uri", "scope", "claims", "state", "nonce"),
    }
    assert (len(query["state"]), len(query["nonce"])) == (43, 43)
    assert query["redirect_uri"] == f"{LOGIN}/stateid/proconnect/login/callback/"
    assert "phone" not in query["scope"].split()
    assert json.loads(query["claims"])["id_token"]["amr"] == {"essential": True}


def test_the_address_of_the_button_chooses_nothing(ada, browser, providers):
    address = leave(browser, "/stateid/proconnect/login/?scope=phone&auth_params=prompt%3Dnone")

    query = asked(address)
    assert "phone" not in query["scope"].split()
    assert "prompt" not in query


def test_nothing_of_a_person_is_kept_but_the_key(ada, browser, providers):
    log_in(browser, providers.proconnect)

    kept = SocialAccount.objects.get()
    assert (kept.provider, kept.uid) == ("proconnect", ada.sub)
    assert set(kept.extra_data) == {"sub", "siret", "idp_id"}
    assert not SocialToken.objects.exists()


@pytest.fixture
def way(ada, browser, providers):
    """The address by which the provider sends the browser back."""
    return path_of(providers.proconnect.grant(query_of(leave(browser)), ada))


def test_an_answer_is_worth_nothing_in_another_browser(way, host_client):
    thief = host_client("connexion.localhost")

    assert thief.get(way).status_code == 401
    leave(thief)
    assert thief.get(way).status_code == 401
    assert not has_session(thief)


def test_an_answer_is_taken_once(way, browser, host_client):
    browser.get(way)
    browser.post("/deconnexion/")

    answer = browser.get(way)

    assert answer.status_code == 401
    assert not has_session(browser)


@pytest.mark.parametrize(
    "change",
    [
        ("state=", "state=x"),
        ("&iss=", "&iss=https://evil.example/"),
        ("code=", "code=x"),
        ("state=", "etat="),
        ("code=", "error=server_error&x="),
        ("code=", "error=access_denied&x="),
        ("code=", "code=%00"),
        ("state=", "state=%00"),
    ],
)
def test_an_answer_that_was_changed_is_refused(way, browser, providers, change):
    answer = browser.get(way.replace(*change, 1))

    assert answer.status_code == 401
    assert not has_session(browser)
    if "iss" in change[0]:
        assert len(providers.proconnect.codes) == 1  # the code did not leave us


@pytest.mark.parametrize("seconds", [31, 3_600])
def test_a_code_is_good_for_thirty_seconds(way, browser, providers, seconds):
    providers.proconnect.clock = lambda: time.time() + seconds

    assert browser.get(way).status_code == 401


def test_two_tabs_may_log_in_at_once(ada, browser, providers):
    first, second = (leave(browser) for _tab in range(2))
    grant = providers.proconnect.grant

    answers = [browser.get(path_of(grant(query_of(address), ada))) for address in (second, first)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert has_session(browser)
    assert len(providers.proconnect.codes) == 1  # the second answer was not needed


def test_whoever_is_logged_in_starts_no_other_login(make_user, commune, browser, providers):
    login_as(browser, make_user("reader", commune=commune), site="login")

    answer = browser.post("/stateid/proconnect/login/")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert providers.proconnect.asked == []


def test_a_page_of_others_cannot_begin_a_login(providers):
    stranger = Client(enforce_csrf_checks=True, headers={"host": "connexion.localhost"})

    assert stranger.get("/stateid/proconnect/login/").status_code == 405
    assert stranger.post("/stateid/proconnect/login/").status_code == 403


def test_a_key_that_is_new_is_looked_for_once(ada, browser, providers):
    provider = providers.proconnect
    leave(browser)
    discovery.keys(f"{provider.issuer}/jwks")
    provider.kid, before = "2027", provider.kid

    try:
        assert log_in(browser, provider).status_code == 302
        asked_for = [each for each in provider.asked if each.endswith("/jwks")]
        assert len(asked_for) == 2
    finally:
        provider.kid = before


def test_an_unknown_provider_does_not_exist(browser, providers, settings):
    for name in ("nobody", "association-1", "association-" + "9" * 40, "franceconnect"):
        assert browser.post(f"/stateid/{name}/login/").status_code == 404
    settings.PROCONNECT = {**settings.PROCONNECT, "secret": ""}
    assert browser.post("/stateid/proconnect/login/").status_code == 404
    assert browser.get("/stateid/proconnect/login/callback/?code=a&state=b").status_code == 404
    assert b"ProConnect" not in browser.get("/connexion/").content


def test_a_provider_that_is_away_is_told(browser, providers, settings):
    settings.PROCONNECT = {**settings.PROCONNECT, "issuer": "http://127.0.0.1:1/proconnect"}

    page = browser.post("/stateid/proconnect/login/")

    assert page.status_code == 502
    assert "n’a pas répondu comme prévu" in page.content.decode()


@pytest.mark.parametrize("said", ["[]", '["access_token"]', '"access_token"', "7", "null", "{"])
def test_an_answer_that_is_no_object_is_an_error_of_the_provider(said):
    reply = Reply(egress.Answer(200, "application/json", said.encode()))

    with pytest.raises(OAuth2Error):
        reply.json()


def test_a_provider_that_names_another_one_is_refused(browser, providers):
    known = discovery.document(providers.proconnect.issuer)
    address = f"{providers.proconnect.issuer}{discovery.WELL_KNOWN}"
    name = f"stateid:{sha256(address.encode()).hexdigest()}"
    caches["shared"].set(name, known | {"issuer": "https://evil.example"}, 60)

    assert browser.post("/stateid/proconnect/login/").status_code == 502


def test_what_nobody_named_is_asked_at_public_addresses_only(board, providers, settings):
    settings.PROCONNECT = settings.FRANCECONNECT = {**settings.PROCONNECT, "issuer": ""}

    for address in (f"{board.providers['plain'].issuer}/jwks", "https://localhost/", "https://["):
        with pytest.raises(OAuth2Error), Exchange() as http:
            http.get(address)
    assert board.providers["plain"].asked == []


def test_leaving_closes_the_session_of_the_provider_too(ada, browser, providers):
    log_in(browser, providers.proconnect)

    page = browser.post("/deconnexion/")

    away = unescape(re.search(r'<a href="([^"]+)" id="onward"', page.content.decode()).group(1))
    assert not has_session(browser)
    back = providers.proconnect.leave(query_of(away))
    assert back.startswith(f"{LOGIN}/connexion/?state=")
    assert providers.proconnect.asked[-1] == f"logout {ada.sub}"


def test_who_came_with_a_password_leaves_no_provider(make_user, commune, browser, providers):
    login_as(browser, make_user("reader", commune=commune), site="login")

    assert browser.post("/deconnexion/")["Location"] == "/connexion/"
