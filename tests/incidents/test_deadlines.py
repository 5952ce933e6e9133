"""Promised dates: working days of the commune, public holidays, pauses."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from incidents.deadlines import Pause, Promise, Unit, due_at, is_working_day


PARIS = ZoneInfo("Europe/Paris")
CHRISTMAS = date(2026, 12, 25)  # a Friday
STARTS = st.integers(0, 730 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
LENGTHS = st.timedeltas(timedelta(minutes=1), timedelta(days=9))


def local(day, hour=0, month=12):
    return datetime(2026, month, day, hour, tzinfo=PARIS)


def days(amount):
    return Promise(amount, Unit.WORKING_DAYS)


@pytest.mark.parametrize(
    ("promise", "start", "due"),
    [
        (days(1), local(4, 16), local(8)),  # from Friday: Monday, to its end
        (days(1), local(5, 10), local(8)),
        (days(5), local(7, 9), local(15)),
        (days(1), local(24, 9), local(29)),  # Christmas is no working day
        (Promise(24, Unit.HOURS), local(25, 9), local(26, 9)),
    ],
)
def test_a_promise_counts_what_the_commune_works(promise, start, due):
    assert due_at(promise, start=start, zone=PARIS, off={CHRISTMAS}) == due


def test_a_day_on_which_the_clock_stood_still_does_not_count():
    pause = Pause(local(8, 15), local(9, 9))

    assert due_at(days(3), start=local(7, 9), zone=PARIS, pauses=[pause]) == local(15)


def test_hours_are_pushed_by_what_the_pauses_last():
    pauses = [Pause(local(7, 10), local(7, 12)), Pause(local(7, 11), local(7, 13))]

    due = due_at(Promise(4, Unit.HOURS), start=local(7, 9), zone=PARIS, pauses=pauses)

    assert due == local(7, 16)


def test_a_pause_that_pushes_into_another_one_is_followed_by_it():
    pauses = [Pause(local(7, 10), local(7, 12)), Pause(local(7, 14), local(7, 15))]

    due = due_at(Promise(4, Unit.HOURS), start=local(7, 9), zone=PARIS, pauses=pauses)

    assert due == local(7, 16)


@pytest.mark.parametrize("amount", [0, 401])
def test_impossible_promises_are_refused(amount):
    with pytest.raises(ValueError, match="promise"):
        Promise(amount, Unit.HOURS)


@given(start=STARTS, amount=st.integers(1, 30))
def test_working_days_end_at_midnight_of_a_working_day(start, amount):
    due = due_at(days(amount), start=start, zone=PARIS, off={CHRISTMAS})

    last = due.astimezone(PARIS).date() - timedelta(days=1)
    assert due.astimezone(PARIS).hour == 0
    assert is_working_day(last, off={CHRISTMAS})
    first = start.astimezone(PARIS).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(is_working_day(day, off={CHRISTMAS}) for day in between) == amount


@given(start=STARTS, begin=STARTS, length=LENGTHS, amount=st.integers(1, 20))
def test_a_pause_never_brings_a_promise_forward(start, begin, length, amount):
    pause = Pause(begin, begin + length)
    for promise in (days(amount), Promise(amount, Unit.HOURS)):
        plain = due_at(promise, start=start, zone=PARIS)
        assert due_at(promise, start=start, zone=PARIS, pauses=[pause]) >= plain
