"""A session belongs to one site and ends in time; limits hold everywhere at once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from identity import limits
from identity.actions import deactivate, end_sessions
from identity.models import Attempt
from parvis.counters import counter_key
from tenants.models import Membership, User
from tests.conftest import owner
from tests.identity.conftest import PASSWORD, has_session


pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(make_user, commune):
    return make_user("booking_agent", commune=commune)


@pytest.fixture
def site(log_in, agent, hand_over, commune):
    browser, _answer = hand_over(log_in(agent), commune)
    return browser


def test_a_session_of_one_commune_is_closed_on_another(site, host_client, agent, other_commune):
    with owner():
        Membership.objects.create(user=agent, commune=other_commune, role="booking_agent")
    elsewhere = host_client("lacanau.localhost")
    elsewhere.cookies["__Host-sid"] = site.cookies["__Host-sid"].value

    elsewhere.get("/accessibilite/")

    assert not has_session(elsewhere)
    assert not has_session(site)


def test_a_session_of_a_commune_does_not_open_the_login_host(site, login_host):
    login_host.cookies["__Host-sid"] = site.cookies["__Host-sid"].value

    answer = login_host.get("/compte/")

    assert answer["Location"].startswith("/connexion/")


def test_a_session_that_nobody_stamped_is_closed(client, agent):
    client.force_login(agent)

    client.get("/accessibilite/")

    assert not has_session(client)


@pytest.mark.parametrize(("key", "age"), [("seen", 1801), ("opened", 12 * 3600 + 1)])
def test_a_session_ends_in_time(site, key, age):
    session = site.session
    session[key] = timezone.now().timestamp() - age
    session.save()

    site.get("/accessibilite/")

    assert not has_session(site)


def test_a_session_that_is_used_lives_on(site):
    session = site.session
    session["seen"] = timezone.now().timestamp() - 1700
    session.save()

    site.get("/accessibilite/")

    assert timezone.now().timestamp() - site.session["seen"] < 60


def test_who_is_taken_out_of_the_team_is_out_at_once(site, agent, make_user, commune):
    admin = make_user("admin", commune=commune)
    with owner():
        deactivate(
            by=Membership.objects.get(user=admin), membership=Membership.objects.get(user=agent)
        )

    site.get("/accessibilite/")

    assert not has_session(site)


def test_a_change_made_behind_our_back_is_seen_within_half_a_minute(site, agent):
    with owner():
        Membership.objects.filter(user=agent).update(is_active=False)
    site.get("/accessibilite/")
    assert has_session(site)

    caches["shared"].delete(f"member:c_33314:{agent.pk}")  # what 30 s do
    site.get("/accessibilite/")

    assert not has_session(site)


def test_a_new_password_closes_every_session(site, log_in, agent):
    entrance = log_in(agent)

    entrance.post("/compte/confirmer/", {"password": PASSWORD})
    answer = entrance.post(
        "/compte/mot-de-passe/",
        {
            "oldpassword": PASSWORD,
            "password1": "une autre phrase bien longue",
            "password2": "une autre phrase bien longue",
        },
    )

    assert answer.status_code == 302
    assert not has_session(site)
    assert not has_session(entrance)


@pytest.mark.parametrize("password", ["short", "eleven char", "123456789012", "1q2w3e4r5t6y"])
def test_weak_passwords_are_refused(log_in, agent, password):
    entrance = log_in(agent)

    answer = entrance.post(
        "/compte/mot-de-passe/",
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    assert answer.context["form"].errors["password1"]
    assert User.objects.get(pk=agent.pk).check_password(PASSWORD)


def test_citizens_cost_no_query(client, django_assert_num_queries):
    client.get("/robots.txt")  # the host is known from here on

    with django_assert_num_queries(0):
        client.get("/robots.txt")


def test_a_member_costs_no_query_about_herself(site, django_assert_num_queries):
    site.get("/robots.txt")

    with django_assert_num_queries(0):
        site.get("/robots.txt")


def test_ending_sessions_can_spare_the_login_host(log_in, agent, hand_over, commune):
    entrance = log_in(agent)
    site, _answer = hand_over(entrance, commune)

    with owner():
        end_sessions(user=agent, only_sites=True)

    assert has_session(entrance)
    assert not has_session(site)


# --- Limits -------------------------------------------------------------------------------


def guess(host: str, email: str) -> bool:
    """Try a wrong password; say whether it was compared at all."""
    answer = Client(headers={"host": host}).post(
        "/connexion/", {"login": email, "password": "not this one"}
    )
    return "Trop de tentatives" not in answer.content.decode()


def test_forty_hosts_give_five_guesses(agent):
    names = ["connexion.localhost", "CONNEXION.localhost", "connexion.localhost."]
    hosts = [f"{name}:{8000 + n}" for n in range(14) for name in names]
    login_hosts = [host for host in hosts if not host.startswith("connexion.localhost.:")]

    compared = sum(
        guess(host, agent.email.upper() if n % 2 else agent.email)
        for n, host in enumerate(login_hosts[:25])
    )

    assert compared == 5


def test_the_right_password_costs_nothing(agent, log_in):
    for _time in range(7):
        log_in(agent)


def test_the_right_password_is_refused_beyond_the_limit(agent, login_host):
    for _time in range(5):
        guess("connexion.localhost", agent.email)

    login_host.post("/connexion/", {"login": agent.email, "password": PASSWORD})

    assert not has_session(login_host)


def test_an_address_sends_thirty_forms_a_minute(login_host):
    statuses = [login_host.post("/inscription/", {}).status_code for _time in range(31)]

    assert 429 not in statuses[:30]
    assert statuses[30] == 429


def test_without_valkey_the_database_counts(agent, now, settings):
    for cache in ("shared", "default"):
        settings.CACHES[cache]["LOCATION"] = "redis://127.0.0.1:1/0"
    settings.CACHES = dict(settings.CACHES)
    try:
        with owner():
            for _time in range(5):
                limits.take(limits.LOGIN, agent.email, now=now)
            with pytest.raises(limits.TooMany):
                limits.take(limits.LOGIN, agent.email, now=now)
            limits.take(limits.LOGIN, agent.email, now=now + timedelta(minutes=5))
            assert Attempt.objects.count() == 5
    finally:
        for cache in ("shared", "default"):
            settings.CACHES[cache]["LOCATION"] = settings.REDIS_URL


def test_a_counter_does_not_tell_whom_it_counts(agent):
    assert agent.email not in counter_key("login", agent.email)


def test_the_login_page_says_nothing_about_accounts(agent, login_host):
    wrong = login_host.post("/connexion/", {"login": agent.email, "password": "not this one"})
    unknown = login_host.post("/connexion/", {"login": "no@example.org", "password": "not this"})

    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_settings_keep_the_cookies_home():
    assert settings.SESSION_COOKIE_NAME.startswith("__Host-")
    assert settings.CSRF_COOKIE_NAME.startswith("__Host-")
    assert settings.SESSION_COOKIE_DOMAIN is None


@pytest.mark.parametrize(("headers", "noted"), [({}, True), ({"x-refresh": "1"}, False)])
def test_a_page_that_reads_itself_again_keeps_nobody_logged_in(site, headers, noted):
    session = site.session
    session["seen"] = before = timezone.now().timestamp() - 300
    session.save()

    site.get("/accessibilite/", headers=headers)

    assert (site.session["seen"] > before) == noted


def test_words_typed_in_a_form_whose_session_ended_are_shown_again(client):
    before = "http://pauillac.localhost:8000/agent/signalements/nouveau/?carte=1"

    answer = client.post(
        "/agent/signalements/nouveau/",
        {
            "text": "Trou profond <b>devant</b>\nl’école",
            "phone": "0556591717",
            "key": "42",
            "password": "mot de passe",
        },
        headers={"referer": before, "host": "pauillac.localhost:8000"},
    )

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]
    assert "Trou profond &lt;b&gt;devant&lt;/b&gt;<br>l’école" in page
    assert "0556591717" in page
    assert "mot de passe" not in page
    assert "/connexion/?next=%2Fagent%2Fsignalements%2Fnouveau%2F%3Fcarte%3D1" in page


@pytest.mark.parametrize("before", ["", "http://else.test/x/", "http://[", "\x00"])
def test_a_form_of_nowhere_leads_to_the_login(client, before):
    answer = client.post("/agent/signalements/nouveau/", {}, headers={"referer": before})

    assert answer.status_code == 403
    assert 'href="/connexion/"' in answer.content.decode()
