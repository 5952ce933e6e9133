"""One report on one screen: who reads what, and what its buttons do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import desk, following
from incidents.models import Intervention, Report, RoutingRule, Team
from parvis.models import OutgoingEmail
from tests.incidents.desk_pages import path_of, text_of
from tests.incidents.factories import NOW, category, report, team
from tests.incidents.test_actions import FOREMAN


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def hole():
    return category()


@pytest.fixture
def found(hole):
    return report(hole, name="Jeanne Dupuy", phone="0556591717")


def act(client, found, what, **sent):
    answer = client.post(path_of(found, what), sent)
    found.refresh_from_db()
    return answer


def test_everything_is_on_one_screen(agent, hole):
    roads = team()
    RoutingRule.objects.create(
        position=1, category=hole, handler=roads, explanation="Voirie communale"
    )
    found = report(hole, name="Jeanne Dupuy", phone="0556591717")
    thanks = category(code="merci", name="Merci", door="compliment")
    report(thanks, praises=found, text="Bravo à l’équipe.")
    Intervention.objects.create(done_on=NOW.date(), minutes=40).reports.add(found)
    near = report(hole, address="Quai Paul-Doumer")

    page = text_of(agent.get(path_of(found)))

    for words in (
        "Nid-de-poule",
        "Règle 1 : Voirie communale",
        "Jeanne Dupuy",
        "05 56 59 17 17",
        "Bravo à l’équipe.",
        "40 min",
        "Quai Paul-Doumer",
        "45.1995, -0.7475",
        "Passer à « résolu »",
    ):
        assert words.replace(" ", "") in page.replace(" ", "").replace("\u00a0", ""), words
    assert near.reference[:4] in page


def test_a_reader_sees_no_contact_and_no_button(log_in, found):
    page = agent_page = log_in("reader").get(path_of(found)).content.decode()

    assert "Dupuy" not in page
    assert "jeanne@example.org" not in page
    assert "Écrire au déclarant" not in agent_page


def test_somebody_who_books_does_not_read_reports(log_in, found):
    assert log_in("booking_agent").get(path_of(found)).status_code == 403


def test_an_unknown_report_is_not_found(agent):
    assert agent.get("/agent/signalements/ABCDEFGH/").status_code == 404


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "a" * 5000], ids=["", "blank", "NUL", "long"])
@pytest.mark.parametrize("what", ["note", "message"])
def test_words_that_cannot_be_kept_are_shown_again(agent, found, what, text):
    assert act(agent, found, what, text=text).status_code == 422


def test_a_note_stays_inside_and_a_message_goes_out(agent, found):
    before = OutgoingEmail.objects.count()

    act(agent, found, "note", text="Voir avec Paul.")
    assert OutgoingEmail.objects.count() == before
    act(agent, found, "message", text="Nous passons demain.")

    assert "Nous passons demain." in OutgoingEmail.objects.latest("pk").body
    assert "Voir avec Paul." in text_of(agent.get(path_of(found)))


def test_what_is_done_can_be_undone(agent, found, hole):
    act(agent, found, "publication")
    assert found.visibility == "public"
    act(agent, found, "retrait")
    assert found.visibility == "hidden"
    act(agent, found, "prise")
    assert found.assignee_name == "report_agent"
    act(agent, found, "liberation")
    assert found.assignee_id is None
    act(agent, found, "pause", cause="weather")
    assert "météo" in text_of(agent.get(path_of(found)))
    act(agent, found, "reprise")
    assert not found.pauses.filter(ended_at=None).exists()
    master = report(hole)
    act(agent, found, "reunion", master=master.reference.lower())
    assert found.duplicate_of == master
    act(agent, found, "separation")
    assert found.duplicate_of is None


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        ("pause", {"cause": "x"}),
        ("reprise", {}),
        ("reunion", {"master": "ZZZZZZZZ"}),
        ("reunion", {"master": "a\0"}),
        ("separation", {}),
    ],
)
def test_what_cannot_be_done_is_said(agent, found, what, sent):
    answer = agent.post(path_of(found, what), sent, follow=True)

    assert answer.status_code == 200
    assert "flash--danger" in answer.content.decode()


def test_what_nobody_knows_is_not_found(agent, found):
    assert act(agent, found, "autre").status_code == 404


def test_a_report_is_put_right_and_only_what_changed_is_written(agent, found):
    lamp = category(code="lampadaire", group="Éclairage", name="Lampadaire", promise=2)
    roads = Team.objects.create(name="Éclairage")
    sent = {
        "category": lamp.pk,
        "priority": "3",
        "team": roads.pk,
        "address": "Rue Ferdinand-Buisson",
        "lat": "45.2",
        "lon": "-0.75",
    }

    agent.post(path_of(found, "modifier"), sent)
    agent.post(path_of(found, "modifier"), sent)

    found.refresh_from_db()
    assert (found.category, found.priority, found.team) == (lamp, 3, roads)
    assert (found.address, found.lat) == ("Rue Ferdinand-Buisson", 45.2)
    kinds = list(found.events.values_list("kind", flat=True))
    assert sorted(kinds) == ["assigned", "placed", "priority", "requalified"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "x"},
        {"priority": "9"},
        {"lat": "nan"},
        {"lat": "1e999"},
        {"lon": ""},
        {"team": "99999999999999999999"},
        {"address": "a\0"},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_changes(agent, found, wrong):
    sent = {
        "category": found.category_id,
        "priority": "3",
        "address": "Rue X",
        "lat": "45.2",
        "lon": "-0.75",
    }

    answer = agent.post(path_of(found, "modifier"), sent | wrong)

    assert answer.status_code == 422
    found.refresh_from_db()
    assert found.priority == 2


def test_the_page_asks_ten_questions_whatever_the_history(agent, hole, found):
    def questions():
        agent.get(path_of(found))
        with CaptureQueriesContext(connection) as queries:
            assert agent.get(path_of(found)).status_code == 200
        return [each["sql"] for each in queries if "incidents_" in each["sql"]]

    few = questions()
    for number in range(6):
        report(hole)
        desk.note(report=found, text="Vu.", by=FOREMAN, now=NOW + timedelta(hours=number))
        following.follow(report=found, email=f"v{number}@example.org", language="fr", now=NOW)
        report(category(code=f"m{number}", name="Merci", door="compliment"), praises=found)
        Intervention.objects.create(done_on=NOW.date()).reports.add(found)
        merged = report(hole)
        Report.objects.filter(pk=merged.pk).update(
            status="duplicate", duplicate_of=found, closed_at=NOW
        )

    assert len(questions()) == len(few) <= 10


def test_it_is_given_to_a_colleague_who_is_told(agent, found, make_user, commune):
    paul = make_user("report_agent", commune=commune, email="paul@example.org")
    roads = team().team

    act(agent, found, "confier", team=roads.pk, person=paul.pk)

    assert (found.team, found.assignee_id) == (roads, paul.pk)
    told = OutgoingEmail.objects.order_by("-pk")[:2]
    assert {tuple(each.to) for each in told} == {("paul@example.org",), (roads.email,)}
    assert "On vous confie un signalement" in told[0].subject
    mails = OutgoingEmail.objects.count()
    act(agent, found, "confier", team=roads.pk, person=paul.pk)
    assert OutgoingEmail.objects.count() == mails
    act(agent, found, "confier", team="", person="")
    assert (found.team, found.assignee_id, found.assignee_name) == (None, None, "")


@pytest.mark.parametrize("person", ["x", "0", "-1", "9" * 30, "\0"])
def test_it_is_given_to_nobody_from_elsewhere(agent, found, person):
    agent.post(path_of(found, "confier"), {"team": "", "person": person})

    found.refresh_from_db()
    assert found.assignee_id is None


def test_whoever_takes_it_herself_gets_no_mail(agent, found):
    mails = OutgoingEmail.objects.count()

    act(agent, found, "prise")

    assert OutgoingEmail.objects.count() == mails


@pytest.mark.parametrize("what", ["publication", "retrait", "prise", "liberation"])
def test_pressed_twice_is_written_once(agent, found, what):
    act(agent, found, "prise" if what == "liberation" else "retrait")

    act(agent, found, what)
    seen = found.events.count()
    answer = act(agent, found, what)

    assert answer.status_code == 302
    assert found.events.count() == seen
