"""Second factors: who must have one, how they are kept, and no way around them."""

import base64
import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from identity.access import staff_only
from identity.members import Member
from parvis.models import OutgoingEmail
from tests.conftest import owner
from tests.identity.conftest import PASSWORD, has_session


pytestmark = pytest.mark.django_db
CODE = re.compile(r"^[A-Z0-9-]{6,9}$", re.MULTILINE)
ADDRESS = re.compile(r"<code>([^<]+)</code>")


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def admin(make_user, commune):
    return make_user("admin", commune=commune)


@pytest.fixture
def enrolled(log_in, admin):
    """An administrator with an application on her telephone, and its secret."""
    browser = log_in(admin)
    page = browser.get("/compte/second-facteur/application/")
    secret = page.context["form"].secret
    answer = browser.post("/compte/second-facteur/application/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return browser, secret


CLOSED = [
    "/", "/lieux/", "/compte/", "/compte/courriel/", "/compte/mot-de-passe/", "/compte/sessions/",
    "/equipe/pauillac/", "/autoriser/?site=pauillac.localhost&state=" + "x" * 43, "/invitation/",
]  # fmt: skip


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_factor_an_administrator_reaches_its_enrolment_only(log_in, admin, method, path):
    answer = getattr(log_in(admin), method)(path)

    assert answer.status_code == 302
    assert answer["Location"] == "/compte/second-facteur/"


@pytest.mark.parametrize("role", ["director", "referent"])
def test_the_association_needs_a_factor_too(log_in, make_user, role):
    assert log_in(make_user(role)).get("/lieux/")["Location"] == "/compte/second-facteur/"


@pytest.mark.parametrize("role", ["booking_agent", "report_agent", "reader"])
def test_agents_may_do_without(log_in, make_user, commune, role):
    assert log_in(make_user(role, commune=commune)).get("/lieux/").status_code == 200


def test_the_demonstration_is_relaxed(log_in, admin, settings):
    settings.DEMO = True

    assert log_in(admin).get("/lieux/").status_code == 200


def test_the_enrolment_pages_open(log_in, admin):
    browser = log_in(admin)

    for path in ("", "application/", "cles/", "cles/ajouter/"):
        assert browser.get(f"/compte/second-facteur/{path}").status_code == 200


def test_an_enrolled_administrator_enters(enrolled, commune, hand_over, settings):
    browser, _secret = enrolled
    settings.DEMO = False

    site, answer = hand_over(browser, commune)

    assert answer.status_code == 302
    assert site.session["second_factor"]


def test_a_site_does_not_believe_a_session_without_factor(enrolled, commune, hand_over):
    site, _answer = hand_over(enrolled[0], commune)
    session = site.session
    session["second_factor"] = False
    session.save()

    assert site.get("/accessibilite/")["Location"].startswith("/connexion/?next=")
    assert site.post("/langue/").status_code == 403


def test_the_password_alone_is_not_enough(enrolled, admin, login_host):
    answer = login_host.post("/connexion/", {"login": admin.email, "password": PASSWORD})

    assert answer["Location"] == "/connexion/second-facteur/"
    for path in ("/lieux/", "/compte/", "/autoriser/?site=pauillac.localhost&state=" + "x" * 43):
        assert login_host.get(path)["Location"].startswith("/connexion/")
    assert not has_session(login_host)


def test_the_code_completes_the_login(enrolled, admin, login_host):
    login_host.post("/connexion/", {"login": admin.email, "password": PASSWORD})
    wrong = login_host.post("/connexion/second-facteur/", {"code": "000000"})
    assert wrong.context["form"].errors

    answer = login_host.post(
        "/connexion/second-facteur/",
        {"code": format_hotp_value(hotp_value(enrolled[1], int(time.time()) // 30 + 1))},
    )

    assert answer.status_code == 302
    assert has_session(login_host)


def test_five_wrong_codes_and_no_more(enrolled, admin, host_client):
    said = []
    for _round in range(3):
        browser = host_client("connexion.localhost")
        browser.post("/connexion/", {"login": admin.email, "password": PASSWORD})
        for _time in range(2):
            page = browser.post("/connexion/second-facteur/", {"code": "000000"})
            said.append("Trop de tentatives" in page.content.decode())

    assert said == [False] * 5 + [True]


def test_a_reset_password_does_not_open_without_the_factor(enrolled, admin, login_host):
    login_host.post("/mot-de-passe/", {"email": admin.email})
    with owner():
        code = re.search(
            r"^[A-Z0-9-]{6,9}$", OutgoingEmail.objects.latest("pk").body, re.MULTILINE
        )
    login_host.post("/mot-de-passe/code/", {"code": code.group(0)})
    fresh = "une toute nouvelle phrase"
    login_host.post("/mot-de-passe/nouveau/", {"password1": fresh, "password2": fresh})
    assert not has_session(login_host)

    answer = login_host.post("/connexion/", {"login": admin.email, "password": fresh})

    assert answer["Location"] == "/connexion/second-facteur/"


def test_codes_by_mail_are_not_for_administrators(admin, host_client, make_user, commune):
    agent = make_user("booking_agent", commune=commune)
    for user in (admin, agent):
        answer = host_client("connexion.localhost").post("/connexion/code/", {"email": user.email})
        assert answer["Location"] == "/connexion/code/saisir/"
    with owner():
        bodies = {mail.to[0]: mail.body for mail in OutgoingEmail.objects.all()}

    assert "Voici votre code" in bodies[agent.email]
    assert "Voici votre code" not in bodies[admin.email]


def test_a_code_by_mail_opens(login_host, make_user, commune):
    agent = make_user("booking_agent", commune=commune)
    login_host.post("/connexion/code/", {"email": agent.email})
    with owner():
        code = re.search(
            r"^[A-Z0-9-]{6,9}$", OutgoingEmail.objects.latest("pk").body, re.MULTILINE
        )

    login_host.post("/connexion/code/saisir/", {"code": code.group(0)})

    assert has_session(login_host)


def test_a_mailbox_receives_five_messages_an_hour(host_client, make_user, commune):
    agent = make_user("booking_agent", commune=commune)

    statuses = [
        host_client("connexion.localhost")
        .post("/connexion/code/", {"email": agent.email})
        .status_code
        for _ in range(6)
    ]

    assert statuses == [302] * 5 + [429]


def test_a_notice_is_never_refused(enrolled, django_capture_on_commit_callbacks):
    browser, _secret = enrolled
    path = "/compte/second-facteur/codes/nouveaux/"

    with django_capture_on_commit_callbacks(execute=True):
        statuses = [browser.post(path).status_code for _time in range(7)]

    assert statuses == [302] * 7
    with owner():
        notices = OutgoingEmail.objects.filter(subject="Nouveaux codes de secours")
        assert notices.count() == 7


def test_secrets_are_encrypted(enrolled, admin):
    stored = Authenticator.objects.get(user=admin, type="totp").data["secret"]

    assert enrolled[1] not in stored
    assert base64.urlsafe_b64decode(stored)[0] == 0x80  # the first byte of every Fernet token


def test_the_keys_turn_without_locking_anybody_out(enrolled, admin, settings):
    settings.FERNET_KEYS = [base64.urlsafe_b64encode(b"n" * 32).decode(), *settings.FERNET_KEYS]

    assert (
        Authenticator.objects.get(user=admin, type="totp")
        .wrap()
        .validate_code(format_hotp_value(hotp_value(enrolled[1], int(time.time()) // 30 + 1)))
    )


def test_recovery_codes_are_shown_once(enrolled):
    browser, _secret = enrolled

    first = ADDRESS.findall(browser.get("/compte/second-facteur/codes/").content.decode())
    second = ADDRESS.findall(browser.get("/compte/second-facteur/codes/").content.decode())

    assert len(first) == 10
    assert second == []


def test_the_last_factor_of_an_administrator_stays(enrolled, admin):
    browser, _secret = enrolled

    browser.post("/compte/second-facteur/application/retirer/")

    assert Authenticator.objects.filter(user=admin, type="totp").exists()


NONSENSE = ["", "\x00", "é" * 10_000, "[]", "{}", '{"id": 1}', '{"response": []}', "null", "1"]


@pytest.mark.parametrize("value", NONSENSE)
def test_strange_credentials_break_nothing(enrolled, admin, host_client, value):
    browser = host_client("connexion.localhost")
    for path, field in (
        ("/connexion/cle/", "credential"),
        ("/connexion/code/saisir/", "code"),
        ("/mot-de-passe/", "email"),
        ("/connexion/code/", "email"),
    ):
        assert browser.post(path, {field: value}).status_code < 500
    browser.post("/connexion/", {"login": value, "password": value})
    browser.post("/connexion/", {"login": admin.email, "password": PASSWORD})
    for field in ("credential", "code"):
        browser.get("/connexion/second-facteur/")
        assert browser.post("/connexion/second-facteur/", {field: value}).status_code < 500
    owner_browser = enrolled[0]
    owner_browser.get("/compte/second-facteur/cles/ajouter/")
    for path, field in (
        ("/compte/second-facteur/cles/ajouter/", "credential"),
        ("/compte/confirmer/", "password"),
        ("/compte/confirmer/code/", "code"),
        ("/compte/confirmer/cle/", "credential"),
        ("/compte/courriel/", "email"),
        ("/compte/", "display_name"),
        ("/equipe/pauillac/inviter/", "email"),
    ):
        answer = owner_browser.post(path, {field: value, "action_add": "1", "language": value})
        assert answer.status_code < 500, path


def test_half_a_credential_breaks_nothing(login_host):
    login_host.get("/connexion/cle/", headers={"accept": "application/json"})
    credential = {
        "id": "AAAA", "rawId": "AAAA", "type": "public-key",
        "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA",
                     "userHandle": "AAAA"},
    }  # fmt: skip

    answer = login_host.post("/connexion/cle/", {"credential": json.dumps(credential)})

    assert answer.status_code == 302


# --- Pages ---------------------------------------------------------------------------------


OPEN_PAGES = ["/connexion/", "/connexion/code/", "/mot-de-passe/", "/inscription/",
              "/connexion/inactif/", "/mot-de-passe/change/"]  # fmt: skip
OWN_PAGES = [
    "/", "/lieux/", "/compte/", "/compte/courriel/", "/compte/mot-de-passe/", "/compte/sessions/",
    "/compte/second-facteur/", "/compte/second-facteur/application/retirer/",
    "/compte/second-facteur/cles/", "/compte/second-facteur/cles/ajouter/",
    "/compte/second-facteur/codes/", "/compte/second-facteur/codes/nouveaux/",
    "/compte/confirmer/", "/compte/confirmer/code/", "/equipe/pauillac/", "/deconnexion/",
]  # fmt: skip
ENGLISH = re.compile(
    r"Sign (in|out|up)|Password\b|Authenticator|Log ?in|E-mail address", re.IGNORECASE
)


def visible(page) -> str:
    text = re.sub(r"<(script|style)[\s\S]*?</\1>", "", page.content.decode())
    return re.sub(r"<[^>]+>", " ", text)


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_open_pages_speak_french(login_host, path):
    page = login_host.get(path)

    assert page.status_code == 200
    assert not (ENGLISH.findall(visible(page)))
    assert " style=" not in page.content.decode()


def test_ones_own_pages_speak_french(enrolled):
    browser, _secret = enrolled
    for path in OWN_PAGES:
        page = browser.get(path)
        assert page.status_code == 200, path
        words = visible(page).replace("Google Authenticator", "")
        assert not ENGLISH.search(words), (path, ENGLISH.search(words))


@pytest.mark.parametrize("path", [path for path in OWN_PAGES if path != "/deconnexion/"])
def test_ones_own_pages_need_a_login(login_host, path):
    answer = login_host.get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/connexion/")


def test_pages_run_nothing_inline(enrolled):
    browser, _secret = enrolled
    for path in [*OWN_PAGES, "/connexion/"]:
        text = browser.get(path).content.decode()
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or 'type="application/json"' in tag
        assert not re.search(r"\son\w+=", text)


def test_ones_name_and_language_change(log_in, make_user, commune):
    agent = make_user("booking_agent", commune=commune)

    answer = log_in(agent).post("/compte/", {"display_name": "Zoé Martin", "language": "en"})

    agent.refresh_from_db()
    assert (agent.display_name, agent.language) == ("Zoé Martin", "en")
    assert answer.cookies["__Host-langue"].value == "en"


# --- Guards of views ----------------------------------------------------------------------


@staff_only("admin", "booking_agent")
def page_of_some(request):
    return HttpResponse("ok")


@pytest.mark.parametrize(
    ("role", "outcome"),
    [("admin", 200), ("booking_agent", 200), ("reader", 403), ("report_agent", 403), (None, 302)],
)
def test_a_page_is_for_the_roles_it_names(role, outcome, settings):
    settings.ROOT_URLCONF = "identity.urls_commune"
    request = RequestFactory().get("/agent/?day=1")
    request.member = Member(user_id=1, name="A", role=role) if role else None

    if outcome == 403:
        with pytest.raises(PermissionDenied):
            page_of_some(request)
        return
    answer = page_of_some(request)

    assert answer.status_code == outcome
    if outcome == 302:
        assert answer["Location"] == "/connexion/?next=%2Fagent%2F%3Fday%3D1"
