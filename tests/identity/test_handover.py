"""From the login host to a site: one ticket, one use, one browser, one place."""

from datetime import timedelta

import pytest
from django.test import Client

from identity import actions
from identity.models import Ticket
from tenants.hosts import forget_hosts
from tenants.models import Domain, Membership
from tests.conftest import owner
from tests.identity.conftest import carried, has_session


pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(make_user, commune):
    return make_user("booking_agent", commune=commune)


@pytest.fixture
def journey(log_in, agent, client):
    """Everything up to the ticket: the site's browser holds the state."""
    entrance = log_in(agent)
    away = client.get("/connexion/", {"next": "/"})
    page = entrance.get(away["Location"].partition(":8000")[2])
    return carried(page)


def test_an_agent_reaches_her_town_hall(log_in, agent, hand_over, commune):
    site, answer = hand_over(log_in(agent), commune)

    assert answer.status_code == 302
    assert answer["Location"] == "/accessibilite/"
    assert has_session(site)


def test_a_name_of_its_own_has_its_own_session(log_in, agent, hand_over, commune, host_client):
    with owner():
        Domain.objects.filter(commune=commune).update(is_primary=False)
        Domain.objects.create(commune=commune, domain="rdv.pauillac.fr", is_primary=True)
    forget_hosts()

    site, answer = hand_over(log_in(agent), commune)

    assert (answer.status_code, answer["Location"]) == (302, "/accessibilite/")
    assert has_session(site)
    assert site.get("/agent/")["Location"].startswith("/agent/jour/")
    old = host_client("pauillac.localhost").get("/connexion/")
    assert old["Location"].startswith("http://rdv.pauillac.fr")


def test_who_handles_reports_begins_with_them(log_in, make_user, hand_over, commune):
    with owner():
        foreman = make_user("report_agent", commune=commune)
        clerk = make_user("booking_agent", commune=commune)

    _site, at_reports = hand_over(log_in(foreman), commune, "/agent/")
    _site, at_counter = hand_over(log_in(clerk), commune, "/agent/")

    assert at_reports["Location"] == "/agent/signalements/"
    assert at_counter["Location"] == "/agent/"


def test_the_session_cookie_cannot_leave_its_host(log_in, agent, hand_over, commune):
    site, _answer = hand_over(log_in(agent), commune)

    cookie = site.cookies["__Host-sid"]

    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert cookie["samesite"] == "Lax"


def test_the_state_cookie_comes_back_from_another_site(client):
    client.get("/connexion/")

    cookie = client.cookies["__Host-handover"]

    assert (cookie["samesite"], cookie["max-age"]) == ("None", 600)
    assert cookie["secure"]
    assert cookie["httponly"]
    assert not cookie["domain"]


def test_a_ticket_opens_once(client, journey):
    client.post("/connexion/retour/", journey)
    client.post("/deconnexion/")
    client.get("/connexion/")

    answer = client.post("/connexion/retour/", journey)

    assert answer.status_code == 403
    assert not has_session(client)


def test_a_ticket_is_worth_nothing_on_another_commune(host_client, client, journey):
    elsewhere = host_client("lacanau.localhost")
    elsewhere.cookies["__Host-handover"] = client.cookies["__Host-handover"].value

    answer = elsewhere.post("/connexion/retour/", journey)

    assert answer.status_code == 403
    assert not has_session(elsewhere)


def test_a_ticket_is_worth_nothing_after_thirty_seconds(client, journey):
    with owner():
        Ticket.objects.update(expires_at=Ticket.objects.get().expires_at - timedelta(seconds=31))

    answer = client.post("/connexion/retour/", journey)

    assert answer.status_code == 403
    assert not has_session(client)


def test_a_ticket_is_worth_nothing_in_another_browser(host_client, journey):
    thief = host_client("pauillac.localhost")
    thief.get("/connexion/")

    assert thief.post("/connexion/retour/", journey).status_code == 403
    assert not has_session(thief)


def test_a_wrong_try_burns_the_ticket(host_client, client, journey, commune, now):
    own_state = client.cookies["__Host-handover"].value.partition(":")[0]
    thief = host_client("pauillac.localhost")
    thief.get("/connexion/")
    thief_state = thief.cookies["__Host-handover"].value.partition(":")[0]

    thief.post("/connexion/retour/", {"ticket": journey["ticket"], "state": thief_state})
    answer = client.post("/connexion/retour/", {**journey, "state": own_state})

    assert answer.status_code == 403


def test_who_left_in_between_does_not_enter(client, journey, agent):
    with owner():
        Membership.objects.filter(user=agent).update(is_active=False)

    answer = client.post("/connexion/retour/", journey)

    assert answer.status_code == 403
    assert not has_session(client)


def test_no_membership_no_ticket(log_in, agent, other_commune, hand_over):
    _site, page = hand_over(log_in(agent), other_commune)

    assert page.status_code == 403
    assert Ticket.objects.count() == 0


def test_only_hashes_are_kept(client, journey):
    ticket = Ticket.objects.get()

    assert journey["ticket"] not in (ticket.digest, ticket.state_digest)
    assert len(journey["ticket"]) == 64


def test_somebody_unknown_is_asked_to_log_in_first(login_host):
    answer = login_host.get("/autoriser/?site=pauillac.localhost&state=" + "x" * 43)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/connexion/?next=/autoriser/")


@pytest.mark.parametrize(
    "query",
    [
        {"site": "pauillac.localhost", "state": "short"},
        {"site": "nowhere.localhost", "state": "x" * 43},
        {"site": "evil.example", "state": "x" * 43},
        {"site": "connexion.localhost", "state": "x" * 43},
        {"site": "pau\x00illac", "state": "x" * 43},
        {"site": "a" * 10_000, "state": "x" * 43},
        {"site": "pauillac.localhost", "state": "\x00" * 43},
        {},
    ],
)
def test_nonsense_gets_no_ticket(log_in, agent, query):
    assert log_in(agent).get("/autoriser/", query).status_code == 404


def test_the_page_may_only_post_to_the_site(log_in, agent, client):
    entrance = log_in(agent)
    away = client.get("/connexion/")

    page = entrance.get(away["Location"].partition(":8000")[2])

    policy = page["Content-Security-Policy"]
    assert "form-action 'self' http://pauillac.localhost:8000;" in policy + ";"
    assert "unsafe" not in policy


HOSTILE = [
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil",
    "javascript:alert(1)", "data:text/html,x", "http:evil", "/%0d%0aSet-Cookie:x=1", "/\x00",
    "/connexion/", "/connexion/retour/", "/deconnexion/", "/nowhere/at-all/", "\t//evil.example",
    " //evil.example", "/..//evil.example", "http://pauillac.localhost.evil.example/",
    "/" + "a" * 10_000, "//pauillac.localhost@evil.example", "", "agent", "?next=//evil.example",
    "/\ufffd", "HtTpS://evil.example", "/\t/evil.example",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_next_never_leaves_the_site(log_in, agent, hand_over, commune, path):
    _site, answer = hand_over(log_in(agent), commune, path)

    assert answer.status_code == 302
    assert answer["Location"] == "/agent/"


def test_logging_out_of_a_site_leaves_the_login_host_open(log_in, agent, hand_over, commune):
    entrance = log_in(agent)
    site, _answer = hand_over(entrance, commune)

    site.post("/deconnexion/")

    assert not has_session(site)
    assert has_session(entrance)


def test_logging_out_of_the_login_host_closes_every_site(log_in, agent, hand_over, commune):
    entrance = log_in(agent)
    site, _answer = hand_over(entrance, commune)

    entrance.post("/deconnexion/")

    assert not has_session(site)
    assert not has_session(entrance)


def test_old_tickets_are_erased(log_in, agent, commune, now):
    with owner():
        for day in (0, 2):
            actions.issue_ticket(
                user=agent,
                host="pauillac.localhost",
                state="s",
                has_second_factor=False,
                now=now + timedelta(days=day),
            )

    assert Ticket.objects.count() == 1


def test_nothing_of_the_hand_over_breaks_on_strange_bytes(client: Client):
    for value in ("\x00", "é" * 10_000, "\ud7ff", "{}", "a" * 10_000):
        client.cookies["__Host-handover"] = "x"
        answer = client.post("/connexion/retour/", {"ticket": value, "state": value})
        assert answer.status_code == 403
