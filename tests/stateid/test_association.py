"""An association's own provider: chosen by its direction, for its people and nobody else."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from demo.strict_provider import Lie
from parvis.encryption import encrypt
from parvis.models import OutgoingEmail
from stateid import actions
from stateid.models import AssociationLogin, LinkRequest
from tenants.models import Association, Membership, User
from tests.conftest import login_as, owner
from tests.identity.conftest import has_session
from tests.stateid.conftest import ADA, asked, invite, leave, log_in, register


pytestmark = pytest.mark.django_db
PAGE = "/reglages/connexion/"
BOB = replace(ADA, siret="", idp_id="", email="bob@mairie.example", sub="bob-key")
GOOD = {
    "siren": "",
    "is_enabled": "on",
    "issuer": "https://login.example.org/",
    "client_id": "parvis",
    "secret": "a secret of theirs",
    "algorithm": "ES256",
    "domains": "Mairie.example\n@amg.example",
}


@pytest.fixture
def director(make_user, association, host_client, settings):
    """The direction, on the site of the association."""
    settings.DEMO = True
    browser = host_client("gironde.localhost")
    return login_as(browser, make_user("director"), site=f"association:{association.pk}")


@pytest.fixture
def plain(providers, association):
    """The provider of the association, registered and offered: (its name, itself)."""
    name = f"association-{association.pk}"
    register(providers.plain, name)
    with owner():
        AssociationLogin.objects.create(
            association=association,
            issuer=providers.plain.issuer,
            client_id=providers.plain.client.id,
            secret_sealed=encrypt(providers.plain.client.secret),
            algorithm="ES256",
            domains=["mairie.example"],
            is_enabled=True,
            changed_at=timezone.now(),
            changed_by_name="D",
        )
    return name, providers.plain


def known():
    """Read what is kept."""
    with owner():
        return AssociationLogin.objects.get()


def test_the_direction_chooses_and_the_secret_is_sealed(director):
    director.post(PAGE, GOOD)
    director.post(PAGE, GOOD | {"secret": "", "siren": "123456789"})

    kept = known()
    assert (kept.issuer, kept.domains) == (
        "https://login.example.org",
        ["amg.example", "mairie.example"],
    )
    assert "theirs" not in kept.secret_sealed
    assert kept.siren == "123456789"
    page = director.get(PAGE).content.decode()
    assert "theirs" not in page
    assert kept.secret_sealed not in page


def test_an_open_screen_is_not_enough(director, settings):
    """Who chooses the provider may become any of its people."""
    director.post(PAGE, GOOD)
    settings.DEMO = False

    answers = director.get(PAGE), director.post(PAGE, GOOD | {"client_id": "evil"})

    assert ["fresh=1" in answer["Location"] for answer in answers] == [True, True]
    assert known().client_id == "parvis"


def test_another_issuer_never_gets_the_secret_of_the_one_before(director):
    director.post(PAGE, GOOD)

    answer = director.post(PAGE, GOOD | {"secret": "", "issuer": "https://evil.example"})

    assert answer.status_code == 422
    assert known().issuer == "https://login.example.org"


def test_another_issuer_opens_no_account_that_the_one_before_opened(
    director, plain, browser, commune, association
):
    """A ``sub`` names a person beside its issuer only."""
    name, provider = plain
    invite(commune, email=BOB.email)
    log_in(browser, provider, BOB, name)
    assert SocialAccount.objects.filter(provider=name).exists()

    actions.configure_login(
        association=association,
        siren="",
        issuer=provider.issuer,
        client_id="another",
        secret="theirs",
        algorithm="ES256",
        domains=["amg.example"],
        is_enabled=True,
        by=SimpleNamespace(name="D"),
        now=timezone.now(),
    )
    assert SocialAccount.objects.filter(provider=name).exists()
    director.post(PAGE, GOOD)

    assert known().issuer == "https://login.example.org"
    assert not SocialAccount.objects.filter(provider=name).exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("issuer", each) for each in ("http://a.example", "https://u@a.example", "x", "")),
        *(("issuer", each) for each in ("https://[", "https://a.example/?b", "a\x00b")),
        *(("siren", each) for each in ("12", "12345678x", "١٢٣٤٥٦٧٨٩")),
        *(("domains", each) for each in ("", "a", "a b@c", "-a.fr", "a..fr", "x" * 6_000)),
        *(("domains", each) for each in ("\n".join(f"d{n}.example" for n in range(31)),)),
        *(("algorithm", each) for each in ("HS256", "none", "")),
        *(("client_id", each) for each in ("", "c" * 192)),
        ("secret", ""),
    ],
)
def test_what_is_typed_wrong_is_told(director, name, value):
    answer = director.post(PAGE, GOOD | {name: value})

    assert answer.status_code == 422
    with owner():
        assert not AssociationLogin.objects.exists()


@pytest.mark.parametrize(
    "issuer",
    [
        "https://127.0.0.1",
        "https://localhost",
        "https://169.254.169.254/latest",
        "https://[::1]",
        "https://10.0.0.1",
        "https://0x7f000001",
        "https://a.example:6379",
    ],
)
def test_the_button_asks_no_machine_of_ours(director, issuer):
    answer = director.post(PAGE, GOOD | {"issuer": issuer, "tester": "1"})

    assert answer.status_code == 422
    assert "ne répond pas comme prévu" in answer.content.decode()


def test_who_works_there_comes_in_by_an_invitation(browser, plain, commune):
    name, provider = plain
    invite(commune, email=BOB.email, role="reader")

    query = asked(leave(browser, name))
    log_in(browser, provider, BOB, name)

    assert query["code_challenge_method"] == "S256"
    assert "acr_values" not in query
    assert has_session(browser)
    assert Membership.objects.get().role == "reader"


@pytest.mark.parametrize(
    "person",
    [
        replace(BOB, email="bob@elsewhere.example"),
        replace(BOB, email="bob@mairie.example.evil.example"),
        replace(BOB, email=""),
    ],
)
def test_an_address_of_another_domain_does_not(browser, plain, commune, person):
    name, provider = plain
    invite(commune, email=person.email or BOB.email)

    assert log_in(browser, provider, person, name).status_code == 403
    assert not has_session(browser)


@pytest.mark.parametrize("said", [False, "false"])
def test_an_address_that_nobody_checked_does_not(browser, plain, commune, said):
    """Where people write their own address, anybody could be who is invited."""
    name, provider = plain
    invite(commune, email=BOB.email)
    provider.lie = Lie(user_claims=lambda claims: claims | {"email_verified": said})

    assert log_in(browser, provider, BOB, name).status_code == 403
    assert not has_session(browser)


def test_many_keys_for_one_account_write_to_its_administrators_once(
    browser, plain, make_user, commune
):
    name, provider = plain
    make_user("admin", commune=commune)
    make_user("booking_agent", commune=commune, email=BOB.email)

    for key in ("one", "two", "three"):
        log_in(browser, provider, replace(BOB, sub=key), name)

    assert LinkRequest.objects.count() == 3
    with owner():
        assert OutgoingEmail.objects.count() == 1


def test_without_an_invitation_it_gives_nothing(browser, plain, make_user, commune):
    name, provider = plain
    make_user("booking_agent", commune=commune, email=BOB.email)

    assert log_in(browser, provider, BOB, name).status_code == 403
    assert not SocialAccount.objects.exists()


@pytest.fixture
def elsewhere(commune):
    """Pauillac belongs to another association."""
    with owner():
        other = Association.objects.create(
            name="Landes", short_name="AML", slug="landes", departments=["40"]
        )
        type(commune).objects.filter(pk=commune.pk).update(association=other)
    commune.refresh_from_db()
    return commune


def test_it_has_one_name_only(browser, plain):
    """Another spelling would be another key of the same person."""
    name, _provider = plain

    assert browser.post(f"/stateid/{name}/login/").status_code == 200
    other = name.replace("-", "-0")
    assert browser.post(f"/stateid/{other}/login/").status_code == 404


def test_an_invitation_of_another_association_is_out_of_its_reach(browser, plain, elsewhere):
    name, provider = plain
    invite(elsewhere, email=BOB.email)

    assert log_in(browser, provider, BOB, name).status_code == 403


def test_whoever_also_works_elsewhere_is_out_of_its_reach(
    browser, plain, elsewhere, other_commune, make_user
):
    """The direction of one association must not become anybody of another one."""
    name, provider = plain
    make_user("admin", commune=elsewhere, email=BOB.email)
    invite(other_commune, email=BOB.email)

    answer = log_in(browser, provider, BOB, name)

    assert answer.status_code == 403
    assert "hors de cette association" in answer.content.decode()
    assert not has_session(browser)
    assert not SocialAccount.objects.exists()


def test_whoever_begins_to_work_elsewhere_leaves_its_reach(
    browser, host_client, plain, commune, other_commune
):
    name, provider = plain
    invite(commune, email=BOB.email)
    log_in(browser, provider, BOB, name)
    with owner():
        other = Association.objects.create(
            name="Landes", short_name="AML", slug="landes", departments=["40"]
        )
        type(commune).objects.filter(pk=other_commune.pk).update(association=other)
        Membership.objects.create(
            user=User.objects.get(), commune=other_commune, role="booking_agent"
        )
    again = host_client("connexion.localhost")

    assert log_in(again, provider, BOB, name).status_code == 403
    assert not has_session(again)


def test_its_factor_never_counts(browser, plain, commune, settings):
    name, provider = plain
    settings.PROCONNECT = {**settings.PROCONNECT, "mfa_providers": ["", BOB.idp_id]}
    invite(commune, email=BOB.email, role="admin")

    log_in(browser, provider, replace(BOB, amr=("mfa",)), name)

    assert browser.get("/lieux/")["Location"] == "/compte/second-facteur/"


def test_what_it_says_of_somebody_else_is_refused(browser, plain, commune):
    name, provider = plain
    invite(commune, email=BOB.email)
    provider.lie = Lie(user_claims=lambda claims: claims | {"sub": "other"})

    assert log_in(browser, provider, BOB, name).status_code == 401
    provider.lie = Lie(id_claims=lambda claims: claims | {"nonce": "n" * 43})
    assert log_in(browser, provider, BOB, name).status_code == 401


def test_its_button_is_shown_to_its_own_people(browser, plain, settings, elsewhere):
    page = "/connexion/?next=/autoriser/%3Fsite%3D{}.localhost%26state%3Dx"

    assert b"Connexion de AMG" in browser.get(page.format("lacanau")).content
    assert b"Connexion de AMG" not in browser.get(page.format("pauillac")).content
    assert b"Connexion de AMG" in browser.get("/connexion/").content
    assert browser.get("/connexion/?next=//[&site=%00").status_code == 200
    with owner():
        AssociationLogin.objects.update(is_enabled=False)
    assert b"Connexion de AMG" not in browser.get("/connexion/").content
