import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from booking import bits
from booking.availability import FreeStarts, Need, Question, choose_units, free_starts
from booking.openings import OpeningRule
from booking.timetable import REMEMBERED_HORIZONS, Closure, Timetable, horizon_of
from tests.booking import oracle
from tests.booking.worlds import (
    AUTUMN,
    CHANGES,
    NEXT_AUTUMN,
    NEXT_SPRING,
    PARIS,
    SPRING,
    asked_of_the_kernel,
    spans,
    worlds,
)


MONDAY = date(2026, 11, 23)


def at(day: date, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS, fold=fold)


def opening(start: time, end: time, *, day: date = MONDAY, step: int = 10, units=(1,)):
    return OpeningRule(day.weekday(), start, end, step, frozenset(units))


def timetable(*openings: OpeningRule, **more) -> Timetable:
    return Timetable(zone=PARIS, openings=openings, **more)


def question(length: int = 20, *, units=(1,), count: int = 1, **more) -> Question:
    return Question(length=length, needs=(Need(frozenset(units), count),), **more)


def clock_times(free: FreeStarts, day: date = MONDAY) -> list[str]:
    return [start.strftime("%H:%M") for start in free.on(day)]


MORNING = timetable(opening(time(9), time(10)))


# The same answers as the oracle, in worlds nobody would think of.


@settings(max_examples=500, deadline=None)
@given(worlds() | worlds(frozenset({"quota", "release", "residents"}), online=True))
def test_the_kernel_gives_the_same_starts_as_the_oracle(drawn):
    world, wish, first, days = drawn
    expected = oracle.free_starts(world, wish, first=first, days=days)

    table, asked, busy = asked_of_the_kernel(world, wish)
    free = free_starts(table, asked, busy=busy, first=first, days=days, used=world.used)

    assert [start.astimezone(UTC) for start in free.starts()] == expected
    again = free_starts(table, asked, busy=busy, first=first, days=days, used=world.used)
    assert free == again
    assert [free.is_free(start) for start in expected] == [True] * len(expected)
    assert len(free) == len(expected)
    soonest = free.first()
    assert (soonest and soonest.astimezone(UTC)) == (expected[0] if expected else None)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_units_are_chosen_exactly_for_the_free_starts(drawn):
    world, wish, first, _ = drawn
    expected = oracle.free_starts(world, wish, first=first, days=1)
    midnight = datetime.combine(first, time.min, PARIS).astimezone(UTC)
    table, asked, busy = asked_of_the_kernel(world, wish)
    end = datetime.combine(first + timedelta(days=1), time.min, PARIS)

    tried = [midnight + n * oracle.MINUTES_5 for n in range((end - midnight) // oracle.MINUTES_5)]
    chosen = {
        start: units
        for start in tried
        if (units := choose_units(table, asked, busy=busy, start=start, load={}, used=world.used))
    }

    assert list(chosen) == expected
    for start, units in chosen.items():
        assert all(oracle.is_free(world, wish, unit, start) for unit in units)
        assert oracle.can_serve(wish.needs, set(units))
        assert any(set(units) <= site for site in world.sites)
        assert len(units) == sum(count for _, count in wish.needs)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_a_longer_appointment_never_has_more_starts(drawn):
    world, wish, first, days = drawn
    table, asked, busy = asked_of_the_kernel(world, wish)
    longer = dataclasses.replace(asked, length=asked.length + 10)

    short = free_starts(table, asked, busy=busy, first=first, days=days, used=world.used)
    long = free_starts(table, longer, busy=busy, first=first, days=days, used=world.used)

    assert long.bits & ~short.bits == 0


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_residents_see_what_others_see_and_agents_what_residents_see(drawn):
    world, wish, first, days = drawn
    table, asked, busy = asked_of_the_kernel(world, wish)

    other, resident, agent = (
        free_starts(
            table,
            dataclasses.replace(asked, **who),
            busy=busy,
            first=first,
            days=days,
            used=world.used,
        )
        for who in (
            {"online": True, "resident": False},
            {"online": True, "resident": True},
            {"online": False},
        )
    )

    assert other.bits & ~resident.bits == 0
    assert resident.bits & ~agent.bits == 0


# Rules of the counter.


def test_starts_follow_the_grid_of_the_opening_and_end_within_it():
    table = timetable(opening(time(9, 5), time(10), step=15))

    free = free_starts(table, question(20), busy={}, first=MONDAY, days=1)

    assert clock_times(free) == ["09:05", "09:20", "09:35"]


def test_a_booking_hides_the_starts_it_touches_and_no_other():
    busy = {1: spans((at(MONDAY, 9, 20), at(MONDAY, 9, 40)))}

    free = free_starts(MORNING, question(20), busy=busy, first=MONDAY, days=1)

    assert clock_times(free) == ["09:00", "09:40"]


def test_buffers_of_the_new_appointment_keep_away_from_the_others():
    busy = {1: spans((at(MONDAY, 9, 30), at(MONDAY, 9, 40)))}
    asked = question(10, before=5, after=10)

    free = free_starts(MORNING, asked, busy=busy, first=MONDAY, days=1)

    assert clock_times(free) == ["09:00", "09:10", "09:50"]


def test_a_span_that_is_not_aligned_is_widened_to_the_five_minutes_it_touches():
    busy = {1: spans((at(MONDAY, 9, 18), at(MONDAY, 9, 22)))}

    free = free_starts(MORNING, question(10), busy=busy, first=MONDAY, days=1)

    assert clock_times(free) == ["09:00", "09:30", "09:40", "09:50"]


def test_a_start_free_at_two_counters_is_told_once():
    table = timetable(opening(time(9), time(9, 20), units=(1, 2)))

    free = free_starts(table, question(20, units=(1, 2)), busy={}, first=MONDAY, days=1)

    assert clock_times(free) == ["09:00"]


def test_two_stations_and_one_agent_receive_one_person_at_a_time():
    table = timetable(opening(time(9), time(10), units=(1, 2, 9)))
    asked = Question(length=20, needs=(Need(frozenset({1, 2})), Need(frozenset({9}))))
    busy = {
        1: spans((at(MONDAY, 9), at(MONDAY, 9, 20))),
        9: spans((at(MONDAY, 9), at(MONDAY, 9, 20))),
    }

    free = free_starts(table, asked, busy=busy, first=MONDAY, days=1)

    assert clock_times(free) == ["09:20", "09:30", "09:40"]


def test_the_same_unit_serves_for_the_whole_length():
    table = timetable(opening(time(9), time(9, 40), units=(1, 2)))
    busy = {
        1: spans((at(MONDAY, 9, 20), at(MONDAY, 9, 40))),
        2: spans((at(MONDAY, 9), at(MONDAY, 9, 20))),
    }

    assert not len(free_starts(table, question(40, units=(1, 2)), busy=busy, first=MONDAY, days=1))


def test_one_agent_with_two_skills_is_not_two_agents():
    table = timetable(opening(time(9), time(10), units=(1, 2)))
    asked = Question(length=20, needs=(Need(frozenset({1})), Need(frozenset({1, 2}))))
    busy = {2: spans((at(MONDAY, 9), at(MONDAY, 9, 30)))}

    free = free_starts(table, asked, busy=busy, first=MONDAY, days=1)

    assert clock_times(free) == ["09:30", "09:40"]


def test_a_need_without_any_unit_is_never_met():
    assert not len(free_starts(MORNING, question(units=()), busy={}, first=MONDAY, days=1))


def test_an_appointment_never_straddles_two_openings():
    table = timetable(opening(time(9), time(9, 30)), opening(time(9, 30), time(10)))

    free = free_starts(table, question(20), busy={}, first=MONDAY, days=1)

    assert clock_times(free) == ["09:00", "09:10", "09:30", "09:40"]


def test_public_holidays_and_whole_day_closures_offer_nothing():
    days = [MONDAY + timedelta(weeks=n) for n in range(3)]
    table = timetable(
        opening(time(9), time(10), units=(1, 2)),
        holidays=frozenset({days[0]}),
        closures=(Closure.of_days(days[1], days[1], zone=PARIS),),
    )

    free = free_starts(table, question(20), busy={}, first=MONDAY, days=21)

    assert [day for day, starts in free.by_day().items() if starts] == [days[2]]


def test_a_closure_of_one_counter_leaves_the_others_open():
    table = timetable(
        opening(time(9), time(10), units=(1, 2)),
        closures=(Closure(at(MONDAY, 9, 30), at(MONDAY, 18), frozenset({1})),),
    )

    one = free_starts(table, question(20), busy={}, first=MONDAY, days=1)
    other = free_starts(table, question(20, units=(2,)), busy={}, first=MONDAY, days=1)

    assert clock_times(one) == ["09:00", "09:10"]
    assert len(other) == 5


def test_a_closure_of_the_commune_closes_every_counter():
    table = timetable(
        opening(time(9), time(10), units=(1, 2)),
        closures=(Closure(at(MONDAY, 9, 30), at(MONDAY, 18)),),
    )

    free = free_starts(table, question(20, units=(2,)), busy={}, first=MONDAY, days=1)

    assert clock_times(free) == ["09:00", "09:10"]


def test_notice_includes_its_instant_and_the_last_instant_is_excluded():
    asked = question(20, earliest=at(MONDAY, 9, 10), latest=at(MONDAY, 9, 40))

    free = free_starts(MORNING, asked, busy={}, first=MONDAY, days=1)

    assert clock_times(free) == ["09:10", "09:20", "09:30"]


# Days when clocks change.


@pytest.mark.parametrize("sunday", CHANGES)
def test_a_morning_has_the_same_local_starts_whatever_clocks_do(sunday):
    table = timetable(opening(time(9), time(12), day=sunday))

    free = free_starts(table, question(20), busy={}, first=sunday - timedelta(days=7), days=15)

    assert clock_times(free, sunday) == clock_times(free, sunday - timedelta(days=7))
    assert clock_times(free, sunday) == clock_times(free, sunday + timedelta(days=7))
    assert {start.tzinfo for start in free.starts()} == {PARIS}


def test_the_hour_that_does_not_exist_is_not_offered():
    night = timetable(opening(time(1, 30), time(4), day=SPRING, step=30))
    gone = timetable(opening(time(2), time(3), day=SPRING))

    free = free_starts(night, question(60), busy={}, first=SPRING, days=1)

    assert clock_times(free, SPRING) == ["01:30", "03:00"]
    assert not len(free_starts(gone, question(20), busy={}, first=SPRING, days=1))


def test_the_hour_that_comes_twice_is_offered_once():
    night = timetable(opening(time(2), time(4), day=AUTUMN, step=30))

    free = free_starts(night, question(30), busy={}, first=AUTUMN, days=1)

    assert clock_times(free, AUTUMN) == ["02:00", "02:30", "03:00", "03:30"]
    assert free.is_free(at(AUTUMN, 2))
    assert not free.is_free(at(AUTUMN, 2, fold=1))


@pytest.mark.parametrize(
    ("day", "size"),
    [(SPRING, 276), (MONDAY, 288), (AUTUMN, 300), (NEXT_SPRING, 276), (NEXT_AUTUMN, 300)],
)
def test_a_day_has_as_many_bits_as_it_lasts(day, size):
    assert [found for _, _, found in horizon_of(day, 1, PARIS).days()] == [size]


# Answers.


def test_the_nearest_starts_come_closest_first_from_both_sides():
    busy = {1: spans((at(MONDAY, 9, 20), at(MONDAY, 9, 40)))}
    free = free_starts(MORNING, question(10), busy=busy, first=MONDAY, days=1)

    nearest = free.nearest(at(MONDAY, 9, 25), count=3)

    assert nearest == [at(MONDAY, 9, 10), at(MONDAY, 9, 40), at(MONDAY, 9)]
    assert free.nearest(at(MONDAY, 3), count=1) == [at(MONDAY, 9)]
    assert free.nearest(at(MONDAY, 23), count=9)[0] == at(MONDAY, 9, 50)


def test_only_a_start_of_the_grid_is_free():
    free = free_starts(MORNING, question(20), busy={}, first=MONDAY, days=1)

    assert free.is_free(at(MONDAY, 9, 10))
    assert not free.is_free(at(MONDAY, 9, 5))
    assert not free.is_free(at(MONDAY, 9, 10) + timedelta(seconds=1))
    assert not free.is_free(at(MONDAY, 9) - timedelta(days=1))
    assert not free.is_free(at(MONDAY, 9) + timedelta(days=7))


def test_a_day_outside_the_horizon_has_no_start():
    free = free_starts(MORNING, question(20), busy={}, first=MONDAY, days=1)

    assert free.on(MONDAY + timedelta(days=7)) == []


def test_the_bitmap_of_a_day_counts_from_its_own_midnight():
    table = timetable(opening(time(9), time(9, 20), day=AUTUMN + timedelta(days=1)))

    free = free_starts(table, question(20), busy={}, first=AUTUMN, days=2)

    assert free.by_day() == {AUTUMN: 0, AUTUMN + timedelta(days=1): 1 << 9 * 12}


def test_the_least_busy_unit_is_chosen_then_the_first():
    table = timetable(opening(time(9), time(10), units=(1, 2, 3)))
    asked = question(20, units=(1, 2, 3))

    def chosen(load, count=1):
        return choose_units(
            table,
            dataclasses.replace(asked, needs=(Need(frozenset({1, 2, 3}), count),)),
            busy={},
            start=at(MONDAY, 9),
            load=load,
        )

    assert chosen({}) == (1,)
    assert chosen({1: 4, 2: 2}) == (3,)
    assert chosen({1: 1, 2: 1, 3: 1}) == (1,)
    assert chosen({1: 4, 2: 5, 3: 1}, count=2) == (1, 3)


def test_needs_that_share_units_leave_each_other_what_they_need():
    table = timetable(opening(time(9), time(10), units=(1, 2)))
    asked = Question(length=20, needs=(Need(frozenset({1, 2})), Need(frozenset({1}))))

    assert choose_units(table, asked, busy={}, start=at(MONDAY, 9), load={}) == (1, 2)


def test_a_timetable_forgets_old_masks_before_it_grows():
    table = timetable(opening(time(9), time(10)))

    for n in range(REMEMBERED_HORIZONS + 1):
        free_starts(table, question(20), busy={}, first=MONDAY + timedelta(days=n), days=1)

    assert len(table._masks) == 1


# Refusals.


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekday": 7},
        {"end": time(9)},
        {"start": time(9, 3)},
        {"end": time(10, 0, 1)},
        {"step": 0},
        {"step": 7},
        {"valid_from": MONDAY, "valid_to": MONDAY - timedelta(days=1)},
        {"every_weeks": 0},
        {"week_of_month": 5},
        {"quota": -1},
        {"release_days": -1},
        {"residents_days": -1},
    ],
)
def test_an_impossible_opening_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        dataclasses.replace(opening(time(9), time(10)), **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"length": 0},
        {"length": 21},
        {"before": -5},
        {"after": 3},
        {"needs": ()},
        {"earliest": datetime(2026, 11, 23, 9)},  # noqa: DTZ001
        {"latest": datetime(2026, 11, 23, 9)},  # noqa: DTZ001
        {"now": datetime(2026, 11, 23, 9)},  # noqa: DTZ001
        {"online": True},
    ],
)
def test_an_impossible_question_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        dataclasses.replace(question(20), **wrong)


def test_a_need_asks_for_somebody():
    with pytest.raises(ValueError, match="at least one unit"):
        Need(frozenset({1}), 0)


def test_a_closure_lasts_between_aware_instants():
    with pytest.raises(ValueError, match="after it starts"):
        Closure(at(MONDAY, 9), at(MONDAY, 9))
    with pytest.raises(ValueError, match="aware"):
        Closure(datetime(2026, 11, 23), at(MONDAY, 9))  # noqa: DTZ001


@pytest.mark.parametrize("days", [0, 401])
def test_a_horizon_is_neither_empty_nor_endless(days):
    with pytest.raises(ValueError, match="horizon"):
        free_starts(MORNING, question(20), busy={}, first=MONDAY, days=days)


# Bits.


@given(st.integers(0, 1 << 80), st.integers(1, 12))
def test_runs_agree_with_a_look_at_every_bit(number, count):
    lit = set(bits.ones(number))

    assert lit == {place for place in range(90) if number >> place & 1}
    assert set(bits.ones(bits.run_and(number, count))) == {
        place for place in range(90) if {*range(place, place + count)} <= lit
    }
    assert set(bits.ones(bits.run_or(number, count))) == {
        place for place in range(90) if {*range(place, place + count)} & lit
    }


@given(st.lists(st.integers(0, 1 << 20), max_size=6), st.integers(1, 4))
def test_at_least_counts_the_ones_of_each_place(masks, count):
    expected = {place for place in range(21) if sum(mask >> place & 1 for mask in masks) >= count}

    assert set(bits.ones(bits.at_least(masks, count))) == expected


def test_the_ones_are_listed_in_order():
    assert all(one < other for one, other in pairwise(bits.ones(0b1011 << 60 | 0b11)))
    assert bits.ones(0) == []
