"""The same for many reports: each by its own action, and whatever is refused is said by name."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import bulk
from incidents.cards import key_of
from incidents.models import Handler, Report
from parvis.models import OutgoingEmail
from tenants.models import Membership
from tests.conftest import owner
from tests.incidents.desk_pages import DESK, text_of
from tests.incidents.factories import NOW, category, report, team
from tests.incidents.test_filters import moved


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
MANY = f"{DESK}plusieurs/"


@pytest.fixture
def hole():
    return category()


def send(client, reports, what, **sent):
    """Send the last page of one kind."""
    keys = [key_of(each) for each in reports]
    return client.post(MANY, {"what": what, "r": keys, "asked": "1", **sent})


def states(*reports):
    return [Report.objects.get(pk=each.pk).status for each in reports]


def test_the_list_offers_boxes_to_whoever_may_act(agent, log_in, hole):
    made = report(hole)

    assert f'value="{key_of(made)}" form="chosen"' in agent.get(DESK).content.decode()
    assert 'name="r"' not in log_in("reader").get(DESK).content.decode()


def test_what_will_be_said_is_read_before_it_is_sent(agent, hole):
    two = [report(hole), report(hole, email="")]
    mails = OutgoingEmail.objects.count()

    asked = agent.post(MANY, {"what": "passer", "r": [key_of(each) for each in two]})
    read = send(agent, two, "passer", to="accepted", text="Nous passons lundi.")

    assert "2 signalements choisis" in text_of(asked)
    assert "1 personne sera prévenue." in text_of(read)
    assert "Nous passons lundi." in text_of(read)
    assert "Mairie de Pauillac" in read.content.decode().partition("<blockquote>")[2]
    assert states(*two) == ["received", "received"]
    assert OutgoingEmail.objects.count() == mails

    done = send(agent, two, "passer", to="accepted", text="Nous passons lundi.", send="1")

    assert "2 signalements sont changés." in text_of(done)
    assert states(*two) == ["accepted", "accepted"]
    assert "Nous passons lundi." in OutgoingEmail.objects.latest("pk").body


def test_what_may_not_move_is_told_by_reference_and_the_others_move(agent, hole):
    lamp = category(code="lampadaire", name="Lampadaire", needs_after_photo=True)
    ready, closed, no_photo = report(hole), report(hole), report(lamp)
    closed = moved(closed, "rejected", reason="not_found")

    done = send(
        agent,
        [ready, closed, no_photo],
        "passer",
        to="resolved",
        reason="repaired",
        send="1",
    )

    page = text_of(done)
    assert "1 signalement est changé." in page
    assert "2 n’ont pas changé" in page
    for each, why in ((closed, "ne peut pas passer"), (no_photo, "photo après travaux")):
        assert f"{each.reference[:4]} {each.reference[4:]}" in page
        assert why in page
    assert states(ready, closed, no_photo) == ["resolved", "rejected", "received"]


def test_sending_twice_changes_once(agent, hole):
    made = report(hole)
    send(agent, [made], "passer", to="accepted", send="1")
    mails = OutgoingEmail.objects.count()

    again = send(agent, [made], "passer", to="planned", send="1")

    assert "a changé entre-temps" in text_of(again)
    assert states(made) == ["accepted"]
    assert OutgoingEmail.objects.count() == mails


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ""},
        {"to": "duplicate"},
        {"to": "resolved"},
        {"to": "resolved", "reason": "abusive"},
        {"to": "forwarded"},
        {"to": "awaiting_reporter"},
        {"to": "accepted", "text": "x" * 5000},
        {"to": "accepted", "text": "a\0"},
        {"to": "planned", "planned_on": "2026-02-30"},
    ],
    ids=str,
)
def test_what_is_missing_is_asked_and_nothing_moves(agent, hole, wrong):
    made = report(hole)

    assert send(agent, [made], "passer", send="1", **wrong).status_code == 422
    assert states(made) == ["received"]


def test_they_are_given_to_a_body_that_is_told_of_each(agent, hole):
    body = Handler.objects.create(kind="body", name="Département", email="rd@example.org")
    two = [report(hole), report(hole)]

    send(agent, two, "passer", to="forwarded", handler=body.pk, send="1")

    assert states(*two) == ["forwarded", "forwarded"]
    assert OutgoingEmail.objects.filter(to=["rd@example.org"]).count() == 2


def test_they_are_given_to_a_team_and_to_somebody_each_told_once(agent, hole, make_user, commune):
    roads = team().team
    with owner():
        paul = make_user("report_agent", commune=commune, email="paul@example.org")
    three = [report(hole) for _each in range(3)]
    mails = OutgoingEmail.objects.count()

    send(agent, three, "confier", team=roads.pk, person=paul.pk)

    given = Report.objects.filter(team=roads, assignee_id=paul.pk)
    assert given.count() == 3
    assert {each.assignee_name for each in given} == {paul.display_name}
    new = OutgoingEmail.objects.order_by("pk")[mails:]
    assert sorted(each.to for each in new) == sorted([[paul.email], [roads.email]])
    assert "On vous confie 3 signalements" in new[0].body
    assert three[0].reference in new[0].body


def test_what_is_kept_is_kept(agent, hole, make_user, commune):
    roads = team().team
    with owner():
        paul = make_user("report_agent", commune=commune, email="paul@example.org")
    made = report(hole)
    send(agent, [made], "confier", team=roads.pk, person=paul.pk)
    made.refresh_from_db()

    send(agent, [made], "confier", team="0", person="=")
    made.refresh_from_db()
    assert (made.team, made.assignee_id) == (None, paul.pk)
    send(agent, [made], "confier", team="=", person="0")
    made.refresh_from_db()
    assert (made.assignee_id, made.assignee_name) == (None, "")


def test_nobody_is_given_a_report_who_does_not_handle_them(agent, hole, make_user, commune):
    with owner():
        clerk = make_user("booking_agent", commune=commune)
        gone = make_user("report_agent", commune=commune, email="gone@example.org")
        Membership.objects.filter(user=gone).update(is_active=False)
    made = report(hole)

    for each in (clerk, gone):
        assert send(agent, [made], "confier", team="=", person=each.pk).status_code == 422
    assert Report.objects.get(pk=made.pk).assignee_id is None


def test_priority_publication_and_withdrawal(agent, hole):
    private = category(code="bruit", name="Bruit", moderation="never")
    two = [report(hole), report(private)]

    send(agent, two, "priorite", priority="4")
    assert set(Report.objects.values_list("priority", flat=True)) == {4}

    two = list(Report.objects.order_by("pk").select_related("category"))
    page = text_of(send(agent, two, "publier"))
    assert "1 signalement est changé." in page
    assert "Cette catégorie n’est jamais publiée." in page
    assert Report.objects.get(pk=two[0].pk).visibility == "public"

    send(agent, [Report.objects.get(pk=two[0].pk)], "retirer")
    assert Report.objects.get(pk=two[0].pk).visibility == "hidden"


def test_one_comes_back_to_the_list_as_it_was(agent, hole):
    made = report(hole)
    back = "categorie=Voirie&retard=1"

    Report.objects.filter(pk=made.pk).update(due_at=NOW - timedelta(days=400))
    shown = agent.get(f"{DESK}?{back}").content.decode()
    assert 'name="back" value="categorie=Voirie&amp;retard=1"' in shown
    asked = send(agent, [made], "priorite", priority="", back=back)
    done = send(agent, [made], "priorite", priority="4", back=back)
    nothing = agent.post(MANY, {"what": "publier", "back": "x\r\nSet-Cookie: a=1&retard=1"})

    for answer in (asked, done):
        assert f'href="{DESK}?categorie=Voirie&amp;retard=1"' in answer.content.decode()
    assert nothing["Location"] == f"{DESK}?x%0D%0ASet-Cookie%3A+a=1&retard=1"


def test_two_hundred_at_most(agent, hole):
    keys = [f"{number:08}-1" for number in range(bulk.MOST + 1)]

    answer = agent.post(MANY, {"what": "publier", "r": keys}, follow=True)

    assert "deux cents signalements au plus" in text_of(answer)


@pytest.mark.parametrize(
    "keys", [[], ["x"], ["ABCDEFGH-1"], ["\0-1"], ["ABCDEFGH-99999999999999"], ["-"]], ids=str
)
def test_nothing_ticked_is_said(agent, hole, keys):
    answer = agent.post(MANY, {"what": "publier", "r": keys}, follow=True)

    assert "Cochez d’abord" in text_of(answer)


def test_another_kind_is_not_found(agent, hole):
    assert agent.post(MANY, {"what": "brûler"}).status_code == 404
    assert agent.post(MANY).status_code == 404


def test_a_page_that_asks_costs_the_same_for_one_and_for_many(agent, hole):
    def questions(reports):
        sent = {"what": "passer", "r": [key_of(each) for each in reports]}
        agent.post(MANY, sent)
        with CaptureQueriesContext(connection) as queries:
            assert agent.post(MANY, sent).status_code == 200
        return len(queries)

    one = questions([report(hole)])

    made = [report(hole, now=NOW - timedelta(hours=hour)) for hour in range(20)]
    assert questions(made) == one <= 6
