"""The settings of who takes care: teams with their agents, other bodies, other communes."""

import pytest

from incidents.handlers import responsible
from incidents.models import Handler, RoutingRule, Team
from tests.conftest import owner
from tests.incidents.factories import QUAY, category, report, team
from tests.incidents.settings_pages import HOME, text_of, told, undo_last


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
LIST = f"{HOME}responsables/"
TEAMS = f"{LIST}equipes/"


def test_a_team_is_added_with_its_agents_and_taken_back(admin, make_user, commune):
    with owner():
        foreman = make_user("report_agent", commune=commune)
    assert "report_agent" in text_of(admin.get(f"{TEAMS}nouvelle/"))

    answer = admin.post(
        f"{TEAMS}nouvelle/",
        {"name": "Voirie", "email": "v@example.org", "members": [foreman.pk], "is_active": "on"},
    )

    assert "Équipe ajoutée : Voirie" in told(admin, answer)
    added = Team.objects.get()
    assert added.members == [foreman.pk]
    assert added.handlers.get().name == "Voirie"
    undo_last(admin)
    assert not Team.objects.exists()
    assert not Handler.objects.exists()


def test_only_those_who_handle_reports_may_be_in_a_team(admin, make_user, commune):
    with owner():
        clerk = make_user("booking_agent", commune=commune)

    answer = admin.post(f"{TEAMS}nouvelle/", {"name": "Voirie", "members": [clerk.pk]})

    assert answer.status_code == 422
    assert not Team.objects.exists()


def test_a_team_is_renamed_with_its_handler(admin):
    roads = team()

    admin.post(f"{TEAMS}{roads.team_id}/", {"name": "Routes", "is_active": "on"})

    roads.refresh_from_db()
    assert roads.name == "Routes"


def test_a_team_without_a_name_is_refused(admin):
    answer = admin.post(f"{TEAMS}nouvelle/", {"name": "", "email": "pas une adresse"})

    assert answer.status_code == 422
    page = text_of(answer)
    assert "Donnez un nom." in page
    assert 'value="pas une adresse"' in page


def test_two_teams_cannot_have_one_name(admin):
    team()

    answer = admin.post(f"{TEAMS}nouvelle/", {"name": "Voirie"})

    assert answer.status_code == 422
    assert "déjà ce nom" in text_of(answer)


def test_a_team_that_is_off_is_given_nothing_more(admin):
    roads, hole = team(), category()
    RoutingRule.objects.create(position=1, category=hole, handler=roads)
    assert responsible(hole, place=QUAY)[0] == roads

    answer = admin.post(f"{TEAMS}{roads.team_id}/", {"name": "Voirie"})

    assert "1 règle le nomme encore" in told(admin, answer)
    assert responsible(hole, place=QUAY) == (None, "")


def test_a_team_in_use_is_not_deleted_and_says_by_what(admin):
    roads, hole = team(), category()
    RoutingRule.objects.create(position=1, category=hole, handler=roads)
    report(hole)

    answer = admin.post(f"{TEAMS}{roads.team_id}/suppression/")

    assert "sert à 1 signalement, 1 règle" in told(admin, answer)
    assert Team.objects.exists()


def test_an_unused_team_is_deleted_and_comes_back(admin):
    roads = team()

    admin.post(f"{TEAMS}{roads.team_id}/suppression/")
    assert not Handler.objects.exists()
    undo_last(admin)

    assert Handler.objects.get().team.name == "Voirie"


def test_a_body_is_added_changed_and_deleted(admin):
    typed = {"kind": "body", "name": "Département", "email": "rd@example.org", "is_active": "on"}
    answer = admin.post(f"{LIST}nouveau/", typed | {"url": "gironde.fr"})
    assert "Responsable ajouté : Département" in told(admin, answer)
    body = Handler.objects.get()
    assert body.url == "https://gironde.fr"

    admin.post(f"{LIST}{body.pk}/", typed | {"pauses_clock": "on"})
    body.refresh_from_db()
    assert body.pauses_clock
    admin.post(f"{LIST}{body.pk}/suppression/")

    assert not Handler.objects.exists()


def test_a_body_in_use_is_not_deleted(admin):
    body = Handler.objects.create(kind="body", name="Département")
    RoutingRule.objects.create(position=1, handler=body)

    answer = admin.post(f"{LIST}{body.pk}/suppression/")

    assert "sert à 1 règle" in told(admin, answer)
    assert Handler.objects.exists()


def test_another_commune_is_chosen_among_those_of_parvis(admin):
    page = text_of(admin.get(f"{LIST}nouveau/"))
    assert "Lacanau" in page
    assert 'value="33314"' not in page

    admin.post(f"{LIST}nouveau/", {"kind": "member", "commune": "33214", "is_active": "on"})

    assert Handler.objects.get().name == "Lacanau"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "member"}, "Choisissez la collectivité qui reçoit."),
        ({"kind": "body"}, "Donnez un nom."),
        ({"kind": "team", "name": "Voirie"}, "Sélectionnez un choix valide"),
        ({"kind": "member", "commune": "99999"}, "Sélectionnez un choix valide"),
        ({"kind": "body", "name": "X", "url": "http://[::1"}, "URL valide"),
        ({"kind": "body", "name": "X\x00"}, "nul"),
    ],
)
def test_what_is_wrong_is_said(admin, typed, words):
    answer = admin.post(f"{LIST}nouveau/", typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
