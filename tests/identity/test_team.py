"""Who may give which role to whom, and the life of an invitation."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st

from identity import actions, limits
from identity.access import ASSOCIATION_ROLES, COMMUNE_ROLES, RANKS, TOP_ROLES, may_grant
from identity.models import Invitation
from parvis.models import OutgoingEmail
from tenants.models import Membership, User


pytestmark = [pytest.mark.django_db, pytest.mark.public, pytest.mark.owner]
ROLES = [*COMMUNE_ROLES, *ASSOCIATION_ROLES]


@pytest.fixture
def admin(make_user, commune):
    return Membership.objects.get(user=make_user("admin", commune=commune))


@pytest.fixture
def agent(make_user, commune):
    return Membership.objects.get(user=make_user("booking_agent", commune=commune))


def token_in_mail() -> str:
    body = OutgoingEmail.objects.latest("pk").body
    return re.search(r"/invitation/([^/]+)/", body).group(1)


@pytest.mark.parametrize(("by", "role"), list(product(ROLES, ROLES)))
def test_nobody_grants_a_role_above_her_own(by, role):
    same_kind = {by, role} <= COMMUNE_ROLES or {by, role} <= ASSOCIATION_ROLES

    assert may_grant(by, role) == (by in TOP_ROLES and same_kind and RANKS[role] <= RANKS[by])


@pytest.mark.parametrize("by", sorted(COMMUNE_ROLES - {"admin"}))
@pytest.mark.parametrize("role", sorted(COMMUNE_ROLES))
def test_only_administrators_invite(make_user, commune, now, by, role):
    inviter = Membership.objects.get(user=make_user(by, commune=commune))

    with pytest.raises(actions.NotAllowed):
        actions.invite(by=inviter, place=commune, email="x@example.org", role=role, now=now)


def test_an_administrator_invites_nobody_elsewhere(admin, other_commune, now):
    with pytest.raises(actions.NotAllowed):
        actions.invite(
            by=admin, place=other_commune, email="x@example.org", role="reader", now=now
        )


def test_an_administrator_of_a_commune_makes_no_director(admin, association, commune, now):
    for place, role in ((association, "director"), (commune, "director"), (association, "admin")):
        with pytest.raises(actions.NotAllowed):
            actions.invite(by=admin, place=place, email="x@example.org", role=role, now=now)


def test_an_administrator_changes_no_role_elsewhere(admin, make_user, other_commune):
    stranger = Membership.objects.get(user=make_user("reader", commune=other_commune))

    with pytest.raises(actions.NotAllowed):
        actions.change_role(by=admin, membership=stranger, role="admin")


def test_nobody_promotes_herself(agent):
    with pytest.raises(actions.NotAllowed):
        actions.change_role(by=agent, membership=agent, role="admin")


def test_the_last_administrator_stays(admin, agent):
    with pytest.raises(actions.LastAdministrator):
        actions.change_role(by=admin, membership=admin, role="reader")
    with pytest.raises(actions.LastAdministrator):
        actions.deactivate(by=admin, membership=admin)

    actions.change_role(by=admin, membership=agent, role="admin")
    actions.deactivate(by=admin, membership=admin)

    assert not Membership.objects.get(pk=admin.pk).is_active


@hypothesis_settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    moves=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 3),
            st.sampled_from([*sorted(COMMUNE_ROLES), "director", "leave"]),
        ),
        max_size=12,
    )
)
def test_whatever_a_team_does_somebody_manages_it(commune, moves):
    Membership.objects.filter(commune=commune).delete()
    User.objects.all().delete()
    start = ["admin", "booking_agent", "reader", "report_agent"]
    team = [
        Membership.objects.create(
            user=User.objects.create_user(f"u{n}@example.org"), commune=commune, role=role
        )
        for n, role in enumerate(start)
    ]
    for by, whom, role in moves:
        before = Membership.objects.get(pk=team[by].pk)
        target = Membership.objects.get(pk=team[whom].pk)
        allowed = before.is_active and before.role == "admin"
        try:
            if role == "leave":
                actions.deactivate(by=before, membership=target)
            else:
                actions.change_role(by=before, membership=target, role=role)
        except (actions.NotAllowed, actions.LastAdministrator):
            continue
        assert allowed
        assert role != "director"
    admins = Membership.objects.filter(commune=commune, role="admin", is_active=True)
    assert admins.exists()


# --- Invitations --------------------------------------------------------------------------


def test_an_invited_person_joins_with_a_new_account(admin, commune, now):
    actions.invite(by=admin, place=commune, email="New@Example.org", role="reader", now=now)
    token = token_in_mail()

    user = actions.accept_invitation(
        token=token, user=None, name="Ana", password="une phrase assez longue", now=now
    )

    assert (user.email, user.display_name) == ("new@example.org", "Ana")
    assert Membership.objects.get(user=user).role == "reader"
    with pytest.raises(actions.InvitationGone):
        actions.accept_invitation(token=token, user=user, now=now)


def test_an_account_gains_another_place(admin, make_user, commune, other_commune, now):
    user = make_user("reader", commune=other_commune)
    actions.invite(by=admin, place=commune, email=user.email, role="booking_agent", now=now)

    actions.accept_invitation(token=token_in_mail(), user=user, now=now)

    assert Membership.objects.filter(user=user).count() == 2


def test_an_invitation_is_for_the_invited_only(admin, make_user, commune, other_commune, now):
    stranger = make_user("reader", commune=other_commune)
    actions.invite(by=admin, place=commune, email="other@example.org", role="reader", now=now)

    with pytest.raises(actions.NotAllowed):
        actions.accept_invitation(token=token_in_mail(), user=stranger, now=now)


def test_an_existing_account_is_not_taken_over(admin, make_user, commune, other_commune, now):
    user = make_user("reader", commune=other_commune)
    actions.invite(by=admin, place=commune, email=user.email, role="admin", now=now)

    with pytest.raises(actions.AddressTaken):
        actions.accept_invitation(
            token=token_in_mail(), user=None, name="X", password="mine, mine, mine", now=now
        )


@pytest.mark.parametrize("fate", ["expired", "cancelled", "resent", "wrong"])
def test_a_dead_link_opens_nothing(admin, commune, now, fate):
    invitation = actions.invite(
        by=admin, place=commune, email="x@example.org", role="reader", now=now
    )
    token = token_in_mail()
    if fate == "cancelled":
        actions.cancel_invitation(by=admin, invitation=invitation, now=now)
    if fate == "resent":
        actions.resend_invitation(by=admin, invitation=invitation, now=now)
    later = now + timedelta(days=14) if fate == "expired" else now
    if fate == "wrong":
        token = "x" * 32

    with pytest.raises(actions.InvitationGone):
        actions.find_invitation(token=token, now=later)


def test_a_resent_link_opens(admin, commune, now):
    invitation = actions.invite(
        by=admin, place=commune, email="x@example.org", role="reader", now=now
    )

    actions.resend_invitation(by=admin, invitation=invitation, now=now)

    assert actions.find_invitation(token=token_in_mail(), now=now) == invitation
    assert OutgoingEmail.objects.count() == 2


def test_an_expired_invitation_makes_room_for_another(admin, commune, now):
    actions.invite(by=admin, place=commune, email="x@example.org", role="reader", now=now)
    with pytest.raises(actions.AlreadyInvited):
        actions.invite(by=admin, place=commune, email="X@example.org", role="reader", now=now)

    later = now + timedelta(days=15)
    actions.invite(by=admin, place=commune, email="x@example.org", role="reader", now=later)

    assert Invitation.objects.pending().count() == 1


def test_a_colleague_is_not_invited_twice(admin, agent, commune, now):
    with pytest.raises(actions.AlreadyMember):
        actions.invite(by=admin, place=commune, email=agent.user.email, role="reader", now=now)


def test_twenty_invitations_a_day(admin, commune, now):
    for n in range(20):
        actions.invite(by=admin, place=commune, email=f"x{n}@example.org", role="reader", now=now)

    with pytest.raises(limits.TooMany):
        actions.invite(by=admin, place=commune, email="y@example.org", role="reader", now=now)


def test_the_link_is_kept_as_a_hash(admin, commune, now):
    invitation = actions.invite(
        by=admin, place=commune, email="x@example.org", role="reader", now=now
    )

    assert token_in_mail() != invitation.digest


# --- The pages ----------------------------------------------------------------------------


@pytest.fixture
def relaxed(settings):
    settings.DEMO = True


def test_an_invitation_from_page_to_page(log_in, admin, commune, host_client, relaxed):
    manager = log_in(admin.user)
    answer = manager.post(
        "/equipe/pauillac/inviter/", {"email": "new@example.org", "role": "booking_agent"}
    )
    assert answer["Location"] == "/equipe/pauillac/"
    assert "new@example.org" in manager.get("/equipe/pauillac/").content.decode()

    guest = host_client("connexion.localhost")
    answer = guest.get(f"/invitation/{token_in_mail()}/")
    assert answer["Location"] == "/invitation/"
    assert "Pauillac" in guest.get("/invitation/").content.decode()
    answer = guest.post("/invitation/", {"display_name": "Ana", "password": "court"})
    assert answer.context["form"].errors
    answer = guest.post("/invitation/", {"display_name": "Ana", "password": ""})

    assert answer["Location"] == "/"
    assert Membership.objects.get(user__email="new@example.org").role == "booking_agent"


def test_an_administrator_needs_a_password(log_in, admin, commune, host_client, now):
    actions.invite(by=admin, place=commune, email="a@example.org", role="admin", now=now)
    guest = host_client("connexion.localhost")
    guest.get(f"/invitation/{token_in_mail()}/")

    answer = guest.post("/invitation/", {"display_name": "Ana", "password": ""})

    assert "password" in answer.context["form"].errors


@pytest.mark.parametrize(
    "path",
    ["/invitation/", "/invitation/wrong/", "/invitation/%00/", "/invitation/" + "a" * 9000 + "/"],
)
def test_a_wrong_link_gets_a_clear_page(login_host, path):
    answer = login_host.get(path)

    assert answer.status_code == 410
    assert "invitation" in answer.content.decode()


PAGES = [
    ("get", "/equipe/pauillac/"),
    ("post", "/equipe/pauillac/inviter/"),
    ("post", "/equipe/pauillac/invitation/1/renvoyer/"),
    ("post", "/equipe/pauillac/invitation/1/annuler/"),
    ("get", "/equipe/pauillac/membre/1/"),
    ("post", "/equipe/pauillac/membre/1/retirer/"),
]


@pytest.mark.usefixtures("relaxed")
@pytest.mark.parametrize("page", PAGES)
def test_the_pages_of_a_team_are_its_managers_own(
    log_in, login_host, make_user, agent, other_commune, page
):
    method, path = page
    stranger = make_user("admin", commune=other_commune, email="stranger@example.org")
    director = make_user("director", email="director@example.org")

    assert getattr(login_host, method)(path).status_code == 302
    assert getattr(log_in(agent.user), method)(path).status_code == 403
    assert getattr(log_in(stranger), method)(path).status_code == 404
    assert getattr(log_in(director), method)(path).status_code == 404


def test_somebody_of_another_commune_is_not_found_through_mine(
    log_in, admin, make_user, other_commune, relaxed
):
    stranger = Membership.objects.get(user=make_user("reader", commune=other_commune))

    answer = log_in(admin.user).post(f"/equipe/pauillac/membre/{stranger.pk}/retirer/")

    assert answer.status_code == 404
    assert Membership.objects.get(pk=stranger.pk).is_active


def test_roles_change_from_the_page(log_in, admin, agent, relaxed):
    answer = log_in(admin.user).post(f"/equipe/pauillac/membre/{agent.pk}/", {"role": "reader"})

    assert answer.status_code == 302
    agent.refresh_from_db()
    assert agent.role == "reader"


def test_the_page_says_why_the_last_administrator_stays(log_in, admin, relaxed):
    answer = log_in(admin.user).post(f"/equipe/pauillac/membre/{admin.pk}/", {"role": "reader"})

    assert "dernière personne" in answer.content.decode()


def test_a_director_invites_into_the_association(log_in, make_user, relaxed):
    director = make_user("director")

    answer = log_in(director).post(
        "/equipe/association/gironde/inviter/", {"email": "r@example.org", "role": "referent"}
    )

    assert answer.status_code == 302
    assert Invitation.objects.get().association.slug == "gironde"


def test_the_team_page_costs_the_same_for_ten(
    log_in, admin, commune, relaxed, django_assert_max_num_queries
):
    browser = log_in(admin.user)
    browser.get("/equipe/pauillac/")
    with django_assert_max_num_queries(30) as first:
        browser.get("/equipe/pauillac/")
    for n in range(9):
        user = User.objects.create_user(f"n{n}@example.org")
        Membership.objects.create(user=user, commune=commune, role="reader")
    with django_assert_max_num_queries(len(first)):
        browser.get("/equipe/pauillac/")


def test_settings_are_strict():
    assert settings.ACCOUNT_PREVENT_ENUMERATION == "strict"
