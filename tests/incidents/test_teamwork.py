"""Rounds: prepared in a short order, answered on the spot, each answer exactly once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from identity.members import Member
from incidents import links, stops, teamwork
from incidents.actions import move
from incidents.geo import Place
from incidents.models import Intervention, Message, Photo, Report, Round
from incidents.refusals import PhotoMissing, ReasonMissing
from incidents.stops import Answer
from incidents.workflow import Actor, Status
from parvis.models import OutgoingEmail
from tests.incidents.factories import NOW, QUAY, category, report, team
from tests.incidents.test_photos import photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")
DAY = date(2026, 11, 24)


def in_a_row(count, **options):
    kind = category(**options)
    return [
        report(kind, place=Place(QUAY.lat, QUAY.lon + step / 1000), text=f"Trou {step}")
        for step in range(count)
    ]


def planned(reports, **options):
    given = {"title": "Centre", "day": DAY, "by": AGENT} | options
    crew = given.pop("team", None) or team().team
    return teamwork.plan_round(reports=reports, team=crew, **given)


def done(stop, **known):
    answer = Answer(**({"outcome": "done", "key": uuid4(), "reason": "repaired"} | known))
    return stops.leave(stop=stop, answer=answer, now=NOW)


def way(tour):
    return [stop.report.text for stop in tour.stops.select_related("report")]


def test_a_round_is_in_the_order_of_the_way():
    one, two, three = in_a_row(3)

    tour = planned([two, three, one], start=Place(QUAY.lat, QUAY.lon - 0.01))

    assert way(tour) == ["Trou 0", "Trou 1", "Trou 2"]
    assert [stop.position for stop in tour.stops.all()] == [1, 2, 3]


def test_what_is_closed_or_there_already_is_left_out():
    one, two = in_a_row(2)
    closed = report()
    closed = move(
        report=closed, to=Status.REJECTED, actor=Actor.STAFF, by=AGENT, now=NOW, reason="abusive"
    )
    tour = planned([one, closed])

    assert teamwork.add_to_round(tour=tour, reports=[one, two, closed]) == 1
    assert way(tour) == ["Trou 0", "Trou 1"]


def test_a_round_of_nothing_is_none():
    with pytest.raises(teamwork.NothingToVisit):
        planned([])

    assert not Round.objects.exists()


def test_a_day_has_an_end():
    tour = planned(in_a_row(1))
    many = [Report(pk=number + 10_000, status="received") for number in range(60)]

    with pytest.raises(teamwork.TooManyStops):
        teamwork.add_to_round(tour=tour, reports=many)


def test_a_report_without_a_place_comes_last():
    placed = in_a_row(2)
    lost = report(place=None, address="Devant l’école", text="Sans lieu")

    assert way(planned([lost, *placed]))[-1] == "Sans lieu"


def test_stops_move_and_leave():
    tour = planned(in_a_row(4))
    first, *_others, last = tour.stops.all()

    teamwork.shift(stop=last, by_ranks=-1)
    assert way(tour) == ["Trou 0", "Trou 1", "Trou 3", "Trou 2"]
    teamwork.shift(stop=first, by_ranks=-1)
    assert way(tour)[0] == "Trou 0"
    teamwork.remove(stop=first)

    assert way(tour) == ["Trou 1", "Trou 3", "Trou 2"]
    assert [stop.position for stop in tour.stops.all()] == [1, 2, 3]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_rest_is_ordered_from_the_last_visit_on():
    tour = planned(in_a_row(4))
    done(tour.stops.all()[3])

    teamwork.propose_order(tour=tour)

    assert way(tour) == ["Trou 3", "Trou 2", "Trou 1", "Trou 0"]


def test_a_closed_round_is_not_prepared_any_more_and_may_be_taken_up_again():
    (one,) = in_a_row(1)
    tour = planned([one])
    teamwork.close(tour=tour, now=NOW)

    with pytest.raises(teamwork.RoundOver):
        teamwork.propose_order(tour=tour)
    teamwork.reopen(tour=tour)
    teamwork.propose_order(tour=tour)


def test_what_is_done_is_closed_by_the_team_and_told():
    (one,) = in_a_row(1)
    tour = planned([one])
    told = OutgoingEmail.objects.count()

    done(tour.stops.get(), picture=photo(), minutes=20, material="Enrobé", note="Rebouché.")

    one.refresh_from_db()
    change = one.changes.last()
    assert (one.status, one.reason) == ("resolved", "repaired")
    assert (change.actor, change.by_name) == ("staff", "Voirie")
    assert Photo.objects.get().stage == "after"
    assert Intervention.objects.get().minutes == 20
    assert Message.objects.get().audience == "staff"
    assert OutgoingEmail.objects.count() == told + 1
    assert not Round.objects.filter(closed_at=None).exists()


def test_the_same_answer_counts_once():
    (one, _two) = in_a_row(2)
    tour = planned([one, _two])
    stop, key = tour.stops.first(), uuid4()

    for _each in range(3):
        done(stop, key=key, picture=photo(), minutes=5)

    assert Photo.objects.count() == Intervention.objects.count() == 1
    assert one.changes.count() == 2
    with pytest.raises(stops.AlreadyLeft):
        done(stop, key=uuid4())


def test_what_needs_a_photo_or_a_reason_waits_for_it():
    (one,) = in_a_row(1, needs_after_photo=True)
    stop = planned([one]).stops.get()

    with pytest.raises(PhotoMissing):
        done(stop)
    with pytest.raises(ReasonMissing):
        done(stop, reason="", picture=photo())

    stop.refresh_from_db()
    assert (stop.outcome, stop.done_at) == ("", None)
    assert not Photo.objects.exists()


def test_what_is_not_found_is_asked_where_it_is():
    (one,) = in_a_row(1)

    done(planned([one]).stops.get(), outcome="not_found", reason="", note="Rien au n° 12.")

    one.refresh_from_db()
    assert one.status == "awaiting_reporter"
    assert "préciser l’endroit" in OutgoingEmail.objects.order_by("pk").last().body
    note = Message.objects.get(audience="staff")
    assert note.text == "Pas trouvé sur place. Rien au n° 12."


def test_whoever_cannot_be_asked_is_not():
    one = report(category(), email="")

    done(planned([one]).stops.get(), outcome="not_found", reason="")

    one.refresh_from_db()
    assert one.status == "received"
    assert Message.objects.get().text == "Pas trouvé sur place."


def test_what_is_seen_again_later_stays_as_it_was():
    (one,) = in_a_row(1)

    stop = done(
        planned([one]).stops.get(), outcome="later", reason="", note="Nacelle.", picture=photo()
    )

    one.refresh_from_db()
    assert (one.status, stop.outcome) == ("received", "later")
    assert Photo.objects.get().stage == "evidence"
    assert Message.objects.get().text == "Nacelle."


def test_what_was_done_counts_even_when_the_town_hall_closed_first():
    (one,) = in_a_row(1)
    tour = planned([one])
    move(report=one, to=Status.RESOLVED, actor=Actor.STAFF, by=AGENT, now=NOW, reason="answered")
    teamwork.close(tour=tour, now=NOW)

    done(tour.stops.get(), picture=photo())

    assert Photo.objects.count() == 1
    assert one.changes.count() == 2


def test_the_link_ends_with_its_time_or_when_it_is_replaced():
    tour = planned(in_a_row(1))
    secret = links.path_to_round(tour).split("/")[2]

    assert links.round_behind(secret, today=DAY) == tour
    assert links.round_behind(secret, today=DAY + timedelta(days=31)) is None
    assert links.round_behind("1-abc.def", today=DAY) is None
    teamwork.renew_link(tour=tour)
    assert links.round_behind(secret, today=DAY) is None
    tour.refresh_from_db()
    assert tour.token_hash not in links.path_to_round(tour)


def test_preparing_asks_as_often_for_many_as_for_few(django_assert_num_queries):
    few, many = in_a_row(3), in_a_row(20, code="autre")
    crew = team().team
    with connection.execute_wrapper(counted := Counted()):
        planned(few, team=crew)
    with django_assert_num_queries(counted.count):
        planned(many, team=crew)


class Counted:
    """Count the statements of a block."""

    count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)
