"""Limits: N pass, the next one does not, over all communes, with Valkey and without it."""

from datetime import timedelta

import pytest
from django.db import connection
from redis.exceptions import RedisError

from identity import limits
from identity.models import Attempt
from parvis import counters, pacing
from parvis.counters import Limit, TooMany, take, take_all
from tests.conftest import NOW


pytestmark = pytest.mark.django_db
EVERY = [
    limits.LOGIN,
    limits.SECOND_FACTOR,
    limits.ADDRESS,
    limits.CODE_MAIL,
    limits.INVITATION,
    limits.SEARCH,
    limits.HOLD,
    limits.HOLDS_AT_ONCE,
    limits.REPORT,
    limits.REPORT_CONTACT,
    limits.LOOKUP,
    limits.EXPORT,
    limits.SMS_HOUR,
    limits.SMS_DAY,
]


@pytest.fixture
def no_valkey(monkeypatch):
    """Valkey is down."""

    def down(script, keys, values):
        raise RedisError("nobody listens")

    monkeypatch.setattr(counters, "run", down)
    monkeypatch.setattr(pacing, "run", down)


def spend(limit, who="Jeanne@Example.org ", now=NOW):
    for _each in range(limit.seats):
        take(limit, who, now=now)


@pytest.mark.parametrize("limit", EVERY, ids=lambda each: each.name)
def test_n_pass_and_one_more_does_not_until_the_first_is_over(limit):
    spend(limit)

    with pytest.raises(TooMany) as refusal:
        take(limit, "jeanne@example.org", now=NOW)

    assert refusal.value.retry_after_s == limit.period.total_seconds()
    take(limit, "somebody else", now=NOW)
    take(limit, "jeanne@example.org", now=NOW + limit.period)


def test_other_communes_count_the_same_seats(commune, other_commune):
    for number in range(limits.HOLD.seats):
        connection.set_tenant((commune, other_commune)[number % 2])
        take(limits.HOLD, "203.0.113.9", now=NOW)

    connection.set_tenant(other_commune)
    with pytest.raises(TooMany):
        take(limits.HOLD, "203.0.113.9", now=NOW)


def test_what_one_limit_refuses_costs_nothing_under_the_other():
    short, long = Limit("short", 1, timedelta(hours=1)), Limit("long", 2, timedelta(hours=1))
    take_all([(short, "a"), (long, "a")], now=NOW)
    with pytest.raises(TooMany):
        take_all([(long, "a"), (short, "a")], now=NOW)

    take(long, "a", now=NOW)
    with pytest.raises(TooMany):
        take(long, "a", now=NOW)


def test_a_seat_given_back_is_free():
    spend(limits.HOLDS_AT_ONCE)
    counters.give_back(limits.HOLDS_AT_ONCE, "jeanne@example.org")

    take(limits.HOLDS_AT_ONCE, "jeanne@example.org", now=NOW)


def test_without_valkey_a_commune_counts_in_the_database(no_valkey):
    spend(limits.SMS_HOUR)
    with pytest.raises(TooMany):
        take(limits.SMS_HOUR, "jeanne@example.org", now=NOW)
    take(limits.SMS_HOUR, "jeanne@example.org", now=NOW + limits.SMS_HOUR.period)

    counters.forget_old(now=NOW + limits.SMS_HOUR.period)
    assert Attempt.objects.count() == 1


def test_without_valkey_reading_is_open(no_valkey):
    for _each in range(limits.SEARCH.seats + 1):
        take(limits.SEARCH, "203.0.113.9", now=NOW)


def test_one_number_counts_once_however_it_is_written():
    limits.take_sms("06 12 34 56 78", now=NOW)
    limits.take_sms("+33612345678", now=NOW)
    with pytest.raises(TooMany):
        limits.take_sms("0033 6 12 34 56 78", now=NOW)

    later = NOW + timedelta(hours=1)
    limits.take_sms("0612345678", now=later)
    limits.take_sms("0612345678", now=later)
    with pytest.raises(TooMany):  # four within a day
        limits.take_sms("0612345678", now=later + timedelta(hours=1))


class TestPace:
    """Messages to one address, whoever typed it."""

    def test_three_leave_at_once_and_the_others_as_the_hours_pass(self):
        left = [pacing.departure("Famille@example.org", now=NOW) for _each in range(7)]

        hours = [(each - NOW) // timedelta(hours=1) for each in left]
        assert hours == [0, 0, 0, 1, 1, 1, 2]

    def test_the_eleventh_of_a_day_does_not_leave_by_itself(self):
        left = [pacing.departure("a@example.org", now=NOW) for _each in range(11)]

        assert None not in left[:10]
        assert left[10] is None
        assert pacing.departure("b@example.org", now=NOW) == NOW
        assert pacing.departure("a@example.org", now=NOW + timedelta(days=2)) is not None

    def test_forty_communes_send_three_within_an_hour(self, commune, other_commune):
        """T7: the address of somebody else, typed everywhere."""
        left = []
        for number in range(40):
            connection.set_tenant((commune, other_commune)[number % 2])
            left.append(pacing.departure("victim@example.org", now=NOW))

        assert sum(each == NOW for each in left) == 3
        assert sum(each is not None for each in left) == 10

    def test_without_valkey_the_pace_is_kept(self, no_valkey):
        left = [pacing.departure("a@example.org", now=NOW) for _each in range(4)]

        assert left == [NOW] * 3 + [NOW + timedelta(hours=1)]


def test_waiting_is_told_in_words():
    assert counters.in_minutes(61) == "2 minutes"
    assert counters.in_minutes(6 * 3600) == "6 heures"
    assert "05 56" in counters.sentence(TooMany(60), phone="05 56 00 00 00")
