"""The demo's visits are believable, whatever the day it is loaded."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from onboarding.practice_agenda import Offer, Pace, fill
from onboarding.practice_people import invent


PARIS = ZoneInfo("Europe/Paris")
WEEK = {day: [(time(8, 30), time(12, 30)), (time(13, 30), time(17, 15))] for day in range(5)}
OFFERS = [Offer(1, (20, 30, 40), 5), Offer(2, (45,), 1)]
PACE = Pace(counters=2, online=83, phone=13, wait=3, days_before=28, days_after=35)
NOW = datetime(2026, 11, 23, 10, 7, tzinfo=UTC)


def visits(seed=33, now=NOW, pace=PACE, holidays=()):
    return fill(
        pace=pace,
        week=WEEK,
        holidays=holidays,
        offers=OFFERS,
        now=now,
        zone=PARIS,
        luck=random.Random(seed),
    )


def test_the_same_seed_gives_the_same_visits():
    assert visits(33) == visits(33)
    assert visits(33) != visits(34)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3 * 365 * 24 * 60), st.integers(0, 1000))
def test_a_counter_receives_one_visit_at_a_time_and_nobody_comes_from_the_future(later, seed):
    now = NOW + timedelta(minutes=later)
    found = visits(seed, now=now)

    standing = sorted(
        (visit.counter, visit.start, visit.end) for visit in found if not visit.cancelled_at
    )
    for (counter, _start, end), (next_counter, start, _end) in pairwise(standing):
        assert counter != next_counter or end <= start
    for visit in found:
        assert visit.created_at < min(visit.start, now)
        assert visit.status in {"booked", "cancelled"} or visit.end <= now
        if visit.cancelled_at:
            assert visit.created_at <= visit.cancelled_at <= now


def test_visits_lie_within_the_opening_hours_and_not_on_holidays():
    feast = date(2026, 11, 26)

    for visit in visits(holidays=[feast]):
        start, end = visit.start.astimezone(PARIS), visit.end.astimezone(PARIS)
        assert start.date() != feast
        assert any(a <= start.time() and end.time() <= b for a, b in WEEK[start.weekday()])


def test_every_month_shows_the_wanted_share():
    found = visits()

    for month in ([10], [11], [10, 11]):
        channels = Counter(v.channel for v in found if v.created_at.month in month)
        assert channels["online"] / channels.total() == pytest.approx(0.83, abs=0.025)


def test_most_visitors_came_and_a_few_did_not():
    past = Counter(v.status for v in visits() if v.end < NOW - timedelta(hours=1))

    assert past["honoured"] / past.total() > 0.85
    assert 0.02 < past["missed"] / past.total() < 0.09
    assert past["cancelled"]


def test_nobody_invented_can_be_reached():
    luck = random.Random(1)

    for _number in range(300):
        person = invent(luck)
        assert person.email.endswith(("@example.org", "@example.net", "@example.com"))
        assert person.email.isascii()
        assert person.phone.startswith(("063998", "053649"))
        assert len(person.phone) == 10
