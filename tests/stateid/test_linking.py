"""Which identity opens which account: an invitation at first, its key ever after."""

from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from demo.provider_server import OTHER
from identity.models import Invitation
from parvis.models import OutgoingEmail
from stateid.models import AssociationLogin, LinkRequest
from tenants.models import Membership, User
from tests.conftest import login_as, owner
from tests.identity.conftest import has_session
from tests.stateid.conftest import ADA, SIRETS, invite, log_in


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("official")]
ELSEWHERE = replace(ADA, siret=SIRETS["33214"])


@pytest.fixture
def lenient(settings):
    """Let administrators in without a second factor, as the demo does."""
    settings.DEMO = True


@pytest.fixture
def boss(make_user, commune, host_client, lenient):
    """The administrator of Pauillac, at her desk."""
    user = make_user("admin", commune=commune)
    return login_as(host_client("connexion.localhost"), user, site="login")


def written():
    """Read the subjects and receivers of the messages of the platform."""
    with owner():
        return [(mail.subject, mail.to) for mail in OutgoingEmail.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("person", "fields"),
    [
        (replace(ADA, email="somebody@example.org"), {}),
        (replace(ADA, email=""), {}),
        (replace(ADA, email="no address"), {}),
        (replace(ADA, siret=""), {}),
        (replace(ADA, siret="21330314"), {}),
        (ELSEWHERE, {}),
        (ADA, {"expires_at": -1}),
        (ADA, {"cancelled_at": 0}),
        (ADA, {"accepted_at": 0}),
    ],
)
def test_without_its_invitation_an_identity_opens_nothing(
    browser, providers, commune, person, fields
):
    invitation = invite(commune)
    with owner():
        moved = {key: timezone.now() + timedelta(days=days) for key, days in fields.items()}
        if moved:
            Invitation.objects.filter(pk=invitation.pk).update(**moved)

    answer = log_in(browser, providers.proconnect, person)

    assert answer.status_code == 403
    assert not has_session(browser)
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_an_invitation_gives_its_role_in_its_place_alone(
    browser, providers, commune, other_commune
):
    invite(commune, role="reader")
    invite(other_commune, role="admin")

    log_in(browser, providers.proconnect)

    assert list(Membership.objects.values_list("commune", "role")) == [(commune.pk, "reader")]
    assert Invitation.objects.pending().get().commune == other_commune
    assert written()[-1] == ("Une identité ouvre désormais votre compte", [ADA.email])


def test_afterwards_the_key_decides_and_nothing_else(browser, host_client, providers, commune):
    invite(commune)
    log_in(browser, providers.proconnect)
    again, thief = (host_client("connexion.localhost") for _browser in range(2))

    log_in(again, providers.proconnect, replace(ELSEWHERE, email="new@example.org"))
    refused = log_in(thief, providers.proconnect, replace(ADA, sub="another"))

    assert has_session(again)
    assert refused.status_code == 403
    assert SocialAccount.objects.count() == 1
    assert SocialAccount.objects.get().extra_data["siret"] == SIRETS["33214"]


def test_an_account_that_exists_waits_for_an_administrator(
    browser, providers, commune, make_user, boss
):
    make_user("booking_agent", commune=commune, email=ADA.email)
    first = log_in(browser, providers.proconnect)
    log_in(browser, providers.proconnect)
    assert not has_session(browser)
    asked = LinkRequest.objects.get()

    page = boss.get("/equipe/pauillac/identites/").content.decode()
    boss.post(f"/equipe/pauillac/identites/{asked.pk}/accepter/")
    log_in(browser, providers.proconnect)

    assert first.status_code == 403
    assert ADA.email in page
    assert ADA.siret in page
    assert [to for subject, to in written() if "demande" in subject] == [["admin@example.org"]]
    assert has_session(browser)


def test_a_new_key_of_the_same_person_waits_even_with_an_invitation(
    browser, host_client, providers, commune, other_commune
):
    invite(commune)
    log_in(browser, providers.proconnect)
    invite(other_commune)
    other = host_client("connexion.localhost")

    answer = log_in(other, providers.proconnect, replace(ELSEWHERE, sub="another"))

    assert answer.status_code == 403
    assert Invitation.objects.pending().exists()
    assert not has_session(other)


def test_an_invitation_opens_no_account_that_others_own(
    browser, providers, commune, other_commune, make_user
):
    """Whoever invites must not enter another commune as a colleague of hers."""
    make_user("admin", commune=other_commune, email=ADA.email)
    invite(commune)

    answer = log_in(browser, providers.proconnect)

    assert answer.status_code == 403
    assert Invitation.objects.pending().exists()
    assert not SocialAccount.objects.exists()
    assert not has_session(browser)


def test_an_invitation_opens_an_account_that_works_in_the_same_place(
    browser, providers, commune, association, make_user
):
    make_user("booking_agent", commune=commune, email=ADA.email)
    with owner():
        AssociationLogin.objects.create(
            association=association,
            siren=ADA.siret[:9],
            changed_at=timezone.now(),
            changed_by_name="D",
        )
    invite(association, role="referent")

    assert log_in(browser, providers.proconnect).status_code == 302
    assert Membership.objects.count() == 2
    assert has_session(browser)


@pytest.mark.usefixtures("lenient")
def test_nobody_decides_about_her_own_account_nor_elsewhere(
    browser, host_client, commune, other_commune, make_user, providers
):
    boss = make_user("admin", commune=commune, email=ADA.email)
    agent = make_user("booking_agent", commune=commune)
    stranger = make_user("admin", commune=other_commune, email="far@example.org")
    log_in(browser, providers.proconnect)
    asked = LinkRequest.objects.get()

    def decide(user, place="pauillac"):
        desk = login_as(host_client("connexion.localhost"), user, site="login")
        return desk.post(f"/equipe/{place}/identites/{asked.pk}/accepter/").status_code

    assert [decide(boss), decide(agent), decide(stranger), decide(stranger, "lacanau")] == [
        302, 403, 404, 404,
    ]  # fmt: skip
    assert LinkRequest.objects.get().state == "pending"
    assert not SocialAccount.objects.exists()


def test_what_was_refused_or_is_too_old_opens_nothing(
    browser, providers, commune, make_user, boss
):
    agent = make_user("booking_agent", commune=commune, email=ADA.email)
    log_in(browser, providers.proconnect)
    asked = LinkRequest.objects.get()
    path = f"/equipe/pauillac/identites/{asked.pk}"

    boss.post(f"{path}/refuser/")
    boss.post(f"{path}/accepter/")
    assert log_in(browser, providers.proconnect).status_code == 403
    with owner():
        LinkRequest.objects.update(
            state="pending", decided_at=None, asked_at=timezone.now() - timedelta(days=15)
        )
    boss.post(f"{path}/accepter/")

    assert not SocialAccount.objects.filter(user=agent).exists()


def test_the_sentence_does_not_tell_whether_an_account_exists(
    browser, host_client, providers, commune, make_user
):
    make_user("booking_agent", commune=commune, email=ADA.email)
    pages = [
        log_in(host_client("connexion.localhost"), providers.proconnect, person).content.decode()
        for person in (ADA, replace(ADA, sub="nobody", email="nobody@example.org"))
    ]

    said = [page.partition("<main")[2].partition("</main")[0] for page in pages]
    assert said[0] == said[1] != ""


def test_an_association_is_known_by_its_siren(browser, providers, association, lenient):
    invite(association, role="referent")
    assert log_in(browser, providers.proconnect).status_code == 403
    with owner():
        AssociationLogin.objects.create(
            association=association,
            siren=ADA.siret[:9],
            changed_at=timezone.now(),
            changed_by_name="D",
        )

    assert log_in(browser, providers.proconnect).status_code == 302
    assert Membership.objects.get().role == "referent"


def test_whose_account_is_closed_does_not_enter(browser, providers, commune):
    invite(commune)
    log_in(browser, providers.proconnect)
    browser.post("/deconnexion/")
    with owner():
        User.objects.update(is_active=False)

    log_in(browser, providers.proconnect)

    assert not has_session(browser)


def test_she_sees_what_opens_her_account_and_takes_it_off(
    browser, host_client, providers, commune, make_user
):
    invite(commune)
    log_in(browser, providers.proconnect)
    linked = SocialAccount.objects.get()
    other = login_as(
        host_client("connexion.localhost"), make_user("reader", commune=commune), site="login"
    )

    assert "ProConnect" in browser.get("/compte/identites/").content.decode()
    assert other.post(f"/compte/identites/{linked.pk}/retirer/").status_code == 410
    browser.post(f"/compte/identites/{linked.pk}/retirer/")

    assert not SocialAccount.objects.exists()


# --- The second factor --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amr", "idp", "enters"),
    [
        (("pwd", "mfa"), ADA.idp_id, True),
        (("pwd",), ADA.idp_id, False),
        (("pwd", "mfa"), OTHER, False),
        (("pwd", "mfa"), "", False),
    ],
)
def test_a_factor_counts_where_a_trusted_provider_saw_it(  # noqa: PLR0917
    browser, providers, commune, hand_over, amr, idp, enters
):
    invite(commune, role="admin")

    log_in(browser, providers.proconnect, replace(ADA, amr=amr, idp_id=idp))
    site, answer = hand_over(browser, commune, "/agent/commune/")

    if enters:
        assert answer["Location"] == "/agent/commune/"
        assert site.get("/agent/commune/").status_code == 200
    else:
        assert answer["Location"] == "/compte/second-facteur/"


def test_an_act_that_wants_a_fresh_proof_asks_her_to_come_again(browser, providers, commune):
    """She has no password here, and ProConnect cannot be asked for a fresh login."""
    invite(commune, role="admin")
    log_in(browser, providers.proconnect, replace(ADA, amr=("mfa",)))
    path = f"/autoriser/?site=pauillac.localhost&state={'x' * 43}&fresh=1"
    assert "ticket" in browser.get(path).content.decode()
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 700
    session.save()

    answer = browser.get(path)

    assert answer.status_code == 403
    assert "connexion toute récente" in answer.content.decode()


def test_the_factor_of_one_account_is_none_of_another(
    browser, providers, commune, make_user, hand_over
):
    """A thief who knows a password shows a factor of her own first, in the same browser."""
    invite(commune, role="reader")
    log_in(browser, providers.proconnect, replace(ADA, amr=("mfa",)))
    with owner():
        boss = make_user("admin", commune=commune)
    session = browser.session
    said = session["elsewhere"]
    browser.post("/deconnexion/")
    thief = browser
    session = thief.session
    session["elsewhere"] = said
    session.save()
    thief.cookies["__Host-sid"] = session.session_key

    thief.post("/connexion/", {"login": boss.email, "password": "a long enough secret"})

    assert has_session(thief)
    assert thief.get("/lieux/")["Location"] == "/compte/second-facteur/"
