"""What a password may be, and what each code is worth."""

import re
import time
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from parvis.models import OutgoingEmail
from tenants.models import User
from tests.conftest import owner
from tests.identity.conftest import PASSWORD, has_session


pytestmark = pytest.mark.django_db
PAGE = "/compte/mot-de-passe/"
LONG = "rien que des petites lettres et des espaces, soixante-quatre fois au moins"


@pytest.fixture
def agent(make_user, commune):
    return make_user("booking_agent", commune=commune)


GUESSED = [
    *("mairiepauillac33", "Pauillac-2026-Pauillac", "Lacanau!Lacanau!", "parvisparvis"),
    *("rendez-vous-mairie", "LaMairie de Pauillac", "EtatCivil33250", "Mot de passe 1234"),
    *("password19841984", "1234football5678", "sunshine12345678", "dragondragon"),
]


@pytest.mark.parametrize("guessed", GUESSED)
def test_a_password_that_the_place_suggests_is_refused(guessed):
    with pytest.raises(ValidationError):
        validate_password(guessed)


@pytest.mark.parametrize(
    "good", [LONG, "Pauillac sous la pluie du matin", "漢字漢字漢字漢字漢字漢字"]
)
def test_words_of_the_place_may_be_part_of_a_sentence(good):
    validate_password(good)


def test_a_password_never_expires(log_in, agent):
    """Nothing knows when it was chosen, and an account of twenty years opens."""
    with owner():
        User.objects.filter(pk=agent.pk).update(
            last_login=datetime(2006, 1, 1, tzinfo=UTC),
            joined_at=datetime(2006, 1, 1, tzinfo=UTC),
        )

    assert has_session(log_in(agent))
    assert [
        f.name
        for f in User._meta.get_fields()
        if re.search("password_|expir|hint|question", f.name)
    ] == []


def change(browser, old, new):
    browser.post("/compte/confirmer/", {"password": PASSWORD})
    return browser.post(PAGE, {"oldpassword": old, "password1": new, "password2": new})


@pytest.mark.parametrize("new", [LONG, "MAJUSCULES SEULEMENT", "é à ü 漢字 🙂 encore un peu"])
def test_any_characters_and_sixty_four_of_them_are_a_password(log_in, agent, new):
    assert change(log_in(agent), PASSWORD, new).status_code == 302

    assert has_session(log_in(agent, new))


@pytest.mark.parametrize("close", [LONG[:-1], LONG + " ", LONG.upper()])
def test_a_password_counts_to_its_last_character(log_in, agent, login_host, close):
    change(log_in(agent), PASSWORD, LONG)

    login_host.post("/connexion/", {"login": agent.email, "password": close})

    assert not has_session(login_host)


def test_a_password_is_changed_by_whoever_knows_it(log_in, agent):
    answer = change(log_in(agent), "not this one at all", LONG)

    assert answer.context["form"].errors["oldpassword"]
    assert User.objects.get(pk=agent.pk).check_password(PASSWORD)


def test_fields_hide_what_is_typed_and_help_password_managers(log_in, agent, login_host):
    browser = log_in(agent)
    browser.post("/compte/confirmer/", {"password": PASSWORD})
    pages = [login_host.get("/connexion/"), browser.get(PAGE)]

    fields = re.findall(r"<input[^>]*password[^>]*>", "".join(p.content.decode() for p in pages))

    assert len(fields) == 4
    assert [field for field in fields if 'type="password"' not in field] == []
    assert [
        field for field in fields if not re.search('autocomplete="[a-z]+-password"', field)
    ] == []
    assert [field for field in fields if "onpaste" in field or "maxlength" in field] == []


def code_for(browser, agent):
    browser.post("/connexion/code/", {"email": agent.email})
    with owner():
        body = OutgoingEmail.objects.latest("pk").body
    return re.search(r"^[A-Z0-9-]{6,9}$", body, re.MULTILINE).group(0)


def test_a_code_by_mail_opens_the_browser_that_asked_for_it_once(host_client, agent):
    first, second = (host_client("connexion.localhost") for _ in range(2))
    code, other = code_for(first, agent), code_for(second, agent)
    assert code != other

    second.post("/connexion/code/saisir/", {"code": code})
    assert not has_session(second)
    first.post("/connexion/code/saisir/", {"code": code})
    assert has_session(first)

    third = host_client("connexion.localhost")
    third.post("/connexion/code/saisir/", {"code": code})
    assert not has_session(third)


@pytest.fixture
def enrolled(log_in, make_user, commune):
    """An administrator with an application, and what it will show next."""
    admin = make_user("admin", commune=commune)
    browser = log_in(admin)
    secret = browser.get("/compte/second-facteur/application/").context["form"].secret
    now = int(time.time()) // 30
    shown = [format_hotp_value(hotp_value(secret, now + n)) for n in (0, 1)]
    browser.post("/compte/second-facteur/application/", {"code": shown[0]})
    return admin, shown[1], browser


def asked_for_a_code(host_client, admin):
    browser = host_client("connexion.localhost")
    browser.post("/connexion/", {"login": admin.email, "password": PASSWORD})
    return browser


def test_a_code_of_the_application_is_worth_one_login(host_client, enrolled):
    admin, code, _browser = enrolled
    first, second = (asked_for_a_code(host_client, admin) for _ in range(2))

    for browser in (first, second):
        browser.post("/connexion/second-facteur/", {"code": code})

    assert has_session(first)
    assert not has_session(second)


def test_a_recovery_code_is_worth_one_login_and_is_not_kept_as_it_is(host_client, enrolled):
    admin, _code, browser = enrolled
    page = browser.get("/compte/second-facteur/codes/").content.decode()
    recovery = re.findall(r"<code>([^<]+)</code>", page)[0]
    assert re.fullmatch(r"\d{8}", recovery.replace(" ", ""))
    assert recovery not in str(list(Authenticator.objects.filter(user=admin).values_list("data")))
    first, second = (asked_for_a_code(host_client, admin) for _ in range(2))

    for each in (first, second):
        each.post("/connexion/second-facteur/", {"code": recovery})

    assert has_session(first)
    assert not has_session(second)


def test_who_is_logged_in_sees_her_sessions_and_ends_the_others(host_client, log_in, agent):
    here, there = log_in(agent), log_in(agent)
    here.post("/compte/confirmer/", {"password": PASSWORD})

    assert here.get("/compte/sessions/").context["session_count"] == 2
    here.post("/compte/sessions/", {})

    assert has_session(here)
    assert not has_session(there)
