"""Silent bodies and companies are chased: by hand, and by itself after five working days."""

from datetime import timedelta

import pytest

from identity.members import Member
from incidents import chasing, partners, transfers
from incidents.actions import move
from incidents.models import Handler
from incidents.workflow import Actor, Status
from parvis.models import OutgoingEmail
from tests.incidents.desk_pages import DESK, path_of, text_of
from tests.incidents.factories import NOW, category, report


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")


def days(number):
    return NOW + timedelta(days=number)


@pytest.fixture
def county():
    return Handler.objects.create(kind="body", name="Département", email="cd@example.org")


@pytest.fixture
def given(county):
    made = report(category())
    return transfers.forward(report=made, handler=county, text="Merci.", by=AGENT, now=NOW)


def letters():
    return [mail for mail in OutgoingEmail.objects.order_by("pk") if mail.to == ["cd@example.org"]]


def test_after_five_working_days_without_a_word_a_letter_leaves_once(given):
    assert chasing.chase_silent(now=days(4)) == 0
    assert chasing.chase_silent(now=days(8)) == 1  # a Monday given, the next Tuesday
    assert chasing.chase_silent(now=days(8)) == 0

    assert len(letters()) == 2
    assert "Rappel" in letters()[-1].body
    assert "/intervenant/" in letters()[-1].body
    event = given.events.get(kind="chased")
    assert (event.by_name, event.detail["words"]) == ("", "Département (1)")


def test_three_times_at_most(given):
    for week in range(1, 8):
        chasing.chase_silent(now=days(9 * week))

    assert given.events.filter(kind="chased").count() == 3
    with pytest.raises(chasing.ChasedEnough):
        chasing.chase(report=given, by=AGENT, now=days(90))


@pytest.mark.parametrize("act", ["seen", "said", "planned", "closed"])
def test_whoever_has_answered_is_left_alone(given, county, act):
    common = {"report": given, "handler": county, "now": days(1)}
    if act == "seen":
        partners.acknowledge(day=None, text="", **common)
    elif act == "said":
        partners.write(text="Nous regardons.", **common)
    elif act == "planned":
        partners.acknowledge(day=days(60).date(), text="", **common)
    else:
        move(
            report=given,
            to=Status.REJECTED,
            actor=Actor.STAFF,
            by=AGENT,
            now=NOW,
            reason="abusive",
        )

    assert chasing.chase_silent(now=days(30)) == 0


def test_given_again_they_are_asked_again(given, county):
    partners.acknowledge(report=given, handler=county, day=None, text="", now=days(1))
    move(report=given, to=Status.ACCEPTED, actor=Actor.STAFF, by=AGENT, now=days(2))
    transfers.forward(report=given, handler=county, text="", by=AGENT, now=days(3))

    assert chasing.chase_silent(now=days(30)) == 1


def test_who_has_no_address_is_not_written_to(given, county):
    Handler.objects.filter(pk=county.pk).update(email="")

    assert chasing.chase_silent(now=days(30)) == 0
    with pytest.raises(chasing.NotWithPartner):
        chasing.chase(report=given, by=AGENT, now=NOW)


def test_the_button_is_there_where_it_helps(agent, log_in, given):
    own = report()

    assert "Relancer" in text_of(agent.get(path_of(given)))
    assert "Relancer" not in text_of(agent.get(path_of(own)))
    agent.post(f"{DESK}relance/{given.reference}/")
    assert len(letters()) == 2
    page = agent.post(f"{DESK}relance/{own.reference}/", follow=True)
    assert "que l’on peut relancer" in text_of(page)
    assert log_in("reader").post(f"{DESK}relance/{given.reference}/").status_code == 403


def test_one_question_finds_the_silent_however_many(given, county, django_assert_num_queries):
    for _each in range(5):
        transfers.forward(report=report(), handler=county, text="", by=AGENT, now=NOW)

    with django_assert_num_queries(1):
        assert len(list(chasing._silent(before=days(1)))) == 6
