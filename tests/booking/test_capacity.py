import dataclasses
from datetime import date, time, timedelta

from booking.availability import Need, Question
from booking.capacity import week_capacity
from booking.openings import OpeningRule, Override, School
from booking.timetable import Closure, Timetable
from tests.booking.worlds import PARIS


MONDAY = date(2026, 11, 23)


def rule(weekday: int = 0, start=time(9), end=time(12), units=(1,), step=10, **more):
    return OpeningRule(weekday, start, end, step, frozenset(units), **more)


def count(*rules, length=20, needs=None, monday=MONDAY, table=None, **more) -> int:
    needs = needs or (Need(frozenset({1, 2, 3})),)
    question = Question(length=length, needs=needs, **more)
    return week_capacity(table or Timetable(zone=PARIS, openings=rules), question, monday=monday)


def test_appointments_follow_one_another_without_a_gap():
    assert count(rule()) == 9
    assert count(rule(), length=30) == 6
    assert count(rule(), length=50) == 3
    assert count(*(rule(day) for day in range(5))) == 45


def test_the_grid_decides_where_the_next_one_may_begin():
    assert count(rule(step=30)) == 6
    assert count(rule(step=15), length=20) == 6


def test_each_unit_counts_and_each_only_once():
    assert count(rule(units=(1, 2))) == 18
    assert count(rule(units=(1, 2)), rule(units=(2, 3))) == 27


def test_a_need_of_several_resources_is_counted_together():
    needs = (Need(frozenset({1, 2})), Need(frozenset({9})))

    assert count(rule(units=(1, 2, 9)), needs=needs) == 9
    assert count(rule(units=(1, 2)), needs=needs) == 0


def test_units_of_two_sites_do_not_serve_together():
    table = Timetable(
        zone=PARIS,
        openings=(rule(units=(1, 9)),),
        sites=(frozenset({1}), frozenset({9})),
    )

    assert count(table=table, needs=(Need(frozenset({1})), Need(frozenset({9})))) == 0
    assert count(table=table, needs=(Need(frozenset({1, 9})),)) == 18


def test_buffers_take_time():
    assert count(rule(), after=10) == 6
    assert count(rule(), before=5, after=5) == 6


def test_the_week_is_an_ordinary_one():
    table = Timetable(
        zone=PARIS,
        openings=(
            rule(overrides=(Override(MONDAY),)),
            rule(1, school=School.HOLIDAYS),
            rule(2, school=School.TERM),
        ),
        closures=(Closure.of_days(MONDAY, MONDAY, zone=PARIS),),
        holidays=frozenset({MONDAY}),
        school_holidays=frozenset({MONDAY + timedelta(days=2)}),
    )

    assert count(table=table) == 18


def test_every_second_week_counts_in_its_week():
    fortnightly = rule(every_weeks=2, valid_from=MONDAY)

    assert count(fortnightly) == 9
    assert count(fortnightly, monday=MONDAY + timedelta(weeks=1)) == 0


def test_what_binds_citizens_does_not_limit_the_week():
    assert count(rule(quota=2, release_days=3)) == 9


def test_other_services_have_their_own_openings():
    only = dataclasses.replace(rule(), services=frozenset({7}))

    assert count(only, service=7) == 9
    assert count(only, service=8) == 0
