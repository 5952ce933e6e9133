"""Who logs in and who tries to is in the log of the process, and nobody is named there."""

import logging
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from audit import alerts
from parvis.models import OutgoingEmail
from tenants.models import Membership, User
from tests.conftest import owner
from tests.identity.conftest import PASSWORD, has_session


pytestmark = pytest.mark.django_db


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.INFO, logger="parvis.security")
    return lambda: [
        record.getMessage() for record in caplog.records if record.name == "parvis.security"
    ]


@pytest.fixture
def agent(make_user, commune):
    return make_user("booking_agent", commune=commune)


def events(said):
    return [line.split()[0] for line in said()]


def test_each_login_and_each_failure_is_a_line(said, login_host, agent):
    login_host.post("/connexion/", {"login": agent.email, "password": "wrong"})
    login_host.post("/connexion/", {"login": "nobody@example.org", "password": PASSWORD})
    login_host.post("/connexion/", {"login": agent.email, "password": PASSWORD})
    login_host.post("/deconnexion/")

    assert events(said) == ["wrong-password", "wrong-password", "login", "logout"]
    first, stranger, second, _last = said()
    mark = alerts.mark_of(agent.email)
    assert f"host=connexion.localhost page=account_login from=127.0.0.0/24 account={mark}" in first
    assert mark in second
    assert mark not in stranger
    assert re.findall(r"@|wrong$|secret", " ".join(said())) == []


def test_too_many_and_wrong_codes_are_lines_too(said, login_host, agent):
    for _time in range(6):
        login_host.post("/connexion/", {"login": agent.email, "password": "wrong"})
    login_host.post("/connexion/code/", {"email": agent.email})
    login_host.post("/connexion/code/saisir/", {"code": "AAAAAA"})

    assert events(said) == ["wrong-password"] * 5 + ["too-many-passwords", "wrong-mail-code"]


def test_a_form_that_is_refused_is_a_line_with_its_page(said, client):
    client.post("/mes-donnees/", {"email": "Canari"})
    client.post("/suivi/retrouver/", {"reference": "Canari", "email": "x"})

    assert [line.split(" from=")[0] for line in said()] == [
        "refused-422 host=pauillac.localhost page=privacy:ask",
        "refused-422 host=pauillac.localhost page=incidents:find_link",
    ]


def test_a_logout_leaves_no_page_behind(client, login_host, log_in, agent):
    assert client.post("/deconnexion/")["Clear-Site-Data"] == '"cache"'
    assert log_in(agent).post("/deconnexion/")["Clear-Site-Data"] == '"cache"'


# --- A lost telephone -----------------------------------------------------------------------


@pytest.fixture
def admin(make_user, commune):
    return make_user("admin", commune=commune)


def test_an_administrator_ends_the_sessions_of_a_colleague(
    settings, log_in, hand_over, agent, admin, commune
):
    settings.DEMO = True
    hers = log_in(agent)
    site, _answer = hand_over(hers, commune)
    membership = Membership.objects.get(user=agent)
    path = f"/equipe/{commune.slug}/membre/{membership.pk}/"
    manager = log_in(admin)

    assert f'action="{path}sessions/"' in manager.get(path).content.decode()
    assert hers.post(f"{path}sessions/").status_code == 403
    assert has_session(hers)
    assert manager.post(f"{path}sessions/")["Location"] == path

    site.get("/accessibilite/")
    assert (has_session(hers), has_session(site)) == (False, False)
    assert has_session(manager)
    assert Membership.objects.get(user=agent).is_active


def test_whoever_lost_every_factor_is_vouched_for_and_told(admin, agent, make_user, commune):
    other = make_user("admin", commune=commune, email="autre@example.org")
    with owner():
        for kind in ("totp", "recovery_codes"):
            Authenticator.objects.create(user=admin, type=kind, data={})
        for voucher in (admin.email, agent.email, "nobody@example.org"):
            with pytest.raises(CommandError):
                call_command("forget_factors", user=admin.email, vouched_by=voucher)
        assert Authenticator.objects.count() == 2

        call_command("forget_factors", user=admin.email, vouched_by=other.email)

        mail = OutgoingEmail.objects.get()
    assert not Authenticator.objects.exists()
    assert mail.to == [admin.email]
    assert "effacés" in mail.subject
    assert User.objects.get(pk=admin.pk).check_password(PASSWORD)


def test_the_association_vouches_for_the_only_administrator(admin, make_user):
    director = make_user("director")
    with owner():
        Authenticator.objects.create(user=admin, type="totp", data={})
        call_command("forget_factors", user=admin.email, vouched_by=director.email)

    assert not Authenticator.objects.exists()
