import dataclasses
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings

from booking.availability import Need, Question, choose_units, free_starts
from booking.openings import OpeningRule, Override
from booking.quotas import has_quotas, quota_use
from booking.timetable import Timetable
from tests.booking.worlds import PARIS, asked_of_the_kernel, worlds


MONDAY = date(2026, 11, 23)
PASSPORT, CARD = 7, 8
NIGHT = datetime(2026, 11, 1, tzinfo=PARIS)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


def rule(**more) -> OpeningRule:
    usual = {"units": frozenset({1, 2}), "key": 5}
    return OpeningRule(0, time(9), time(12), 20, **usual | more)


def timetable(*rules: OpeningRule) -> Timetable:
    return Timetable(zone=PARIS, openings=rules)


def asked(**more) -> Question:
    return Question(
        **{"length": 20, "needs": (Need(frozenset({1, 2})),), "service": PASSPORT}
        | {"online": True, "now": NIGHT}
        | more
    )


def days_with_starts(table: Timetable, question: Question, *, used=None, weeks: int = 4):
    free = free_starts(
        table, question, busy={}, first=MONDAY, days=7 * weeks, used=used or {}
    ).by_day()
    return [day for day, starts in free.items() if starts]


def taken(*starts: datetime, service: int = PASSPORT, unit: int = 1):
    return {(service, unit): [int(start.timestamp()) // 60 for start in starts]}


def used(table: Timetable, starts) -> int:
    return quota_use(table, starts, first=MONDAY, days=1).get((5, MONDAY), 0)


def test_citizens_stop_at_the_quota_of_one_occurrence_and_agents_do_not():
    table = timetable(rule(quota=3))
    full = {(5, MONDAY): 3}

    assert days_with_starts(table, asked(), used={(5, MONDAY): 2})[0] == MONDAY
    assert days_with_starts(table, asked(), used=full)[0] == MONDAY + timedelta(weeks=1)
    assert days_with_starts(table, asked(online=False), used=full)[0] == MONDAY


def test_an_opening_without_quota_at_the_same_hours_stays_open():
    table = timetable(rule(quota=0), rule(key=6, units=frozenset({2})))

    chosen = choose_units(
        table, asked(), busy={}, start=at(MONDAY, 9), load={}, used={(5, MONDAY): 0}
    )

    assert chosen == (2,)


def test_a_quota_is_used_by_what_begins_in_its_hours_at_its_units_for_its_services():
    table = timetable(rule(quota=3, services=frozenset({PASSPORT})))

    assert used(table, taken(at(MONDAY, 9), at(MONDAY, 11, 40))) == 2
    assert used(table, taken(at(MONDAY, 8, 55), at(MONDAY, 12))) == 0
    assert used(table, taken(at(MONDAY, 9), service=CARD)) == 0
    assert used(table, taken(at(MONDAY, 9), unit=3)) == 0
    assert used(table, taken(at(MONDAY, 9)) | taken(at(MONDAY, 9), unit=2)) == 2


def test_the_hours_of_a_changed_occurrence_count():
    table = timetable(rule(quota=3, overrides=(Override(MONDAY, (time(14), time(16))),)))

    assert used(table, taken(at(MONDAY, 9), at(MONDAY, 14))) == 1


def test_rules_without_quota_are_not_counted():
    assert not has_quotas(timetable(rule()))
    assert has_quotas(timetable(rule(), rule(quota=0)))
    assert not quota_use(timetable(rule()), taken(at(MONDAY, 9)), first=MONDAY, days=7)


def test_an_occurrence_is_released_that_many_days_before_at_the_given_hour():
    table = timetable(rule(release_days=3, release_time=time(9)))
    friday = MONDAY - timedelta(days=3)

    assert not days_with_starts(table, asked(now=at(friday, 8, 59)), weeks=1)
    assert days_with_starts(table, asked(now=at(friday, 9)), weeks=1)
    assert days_with_starts(table, asked(online=False, now=at(friday, 8)), weeks=1)


def test_residents_come_first_until_the_given_day():
    table = timetable(rule(residents_days=2))
    saturday = MONDAY - timedelta(days=2)
    friday_night = at(saturday, 0) - timedelta(seconds=1)

    assert not days_with_starts(table, asked(now=friday_night), weeks=1)
    assert days_with_starts(table, asked(now=friday_night, resident=True), weeks=1)
    assert days_with_starts(table, asked(now=at(saturday, 0)), weeks=1)


def test_residents_wait_for_the_release_like_everybody():
    table = timetable(rule(residents_days=2, release_days=5))

    assert not days_with_starts(
        table, asked(now=at(MONDAY - timedelta(days=6), 12), resident=True), weeks=1
    )


@pytest.mark.parametrize("change", ["2026-10-25", "2027-03-28", "2027-10-31"])
def test_a_release_keeps_its_wall_time_when_clocks_change_meanwhile(change):
    monday = date.fromisoformat(change) + timedelta(days=1)
    table = timetable(rule(release_days=7, release_time=time(9)))
    released = at(monday - timedelta(days=7), 9)

    def is_free(now: datetime) -> bool:
        question = asked(now=now)
        return bool(free_starts(table, question, busy={}, first=monday, days=1))

    assert is_free(released)
    assert not is_free(released - timedelta(seconds=1))


@settings(max_examples=100, deadline=None)
@given(worlds(frozenset({"quota"}), online=True))
def test_a_quota_that_is_more_used_never_frees_a_start(drawn):
    world, _, first, days = drawn
    table, question, busy = asked_of_the_kernel(*drawn[:2])
    more = {place: count + 1 for place, count in world.used.items()}

    before, after = (
        free_starts(table, question, busy=busy, first=first, days=days, used=each)
        for each in (world.used, more)
    )

    assert after.bits & ~before.bits == 0


@settings(max_examples=50, deadline=None)
@given(worlds(frozenset({"quota", "residents"}), online=True))
def test_limits_of_citizens_never_bind_agents(drawn):
    world, _, first, days = drawn
    table, question, busy = asked_of_the_kernel(*drawn[:2])
    free_rules = [
        dataclasses.replace(each, quota=None, release_days=None, residents_days=None)
        for each in table.openings
    ]
    unbound = dataclasses.replace(table, openings=tuple(free_rules))
    agent = dataclasses.replace(question, online=False)

    assert free_starts(
        table, agent, busy=busy, first=first, days=days, used=world.used
    ) == free_starts(unbound, question, busy=busy, first=first, days=days)
