"""Two phones of a team answer about one stop at the same moment."""

from uuid import uuid4

import pytest

from incidents import stops
from incidents.models import Intervention, Stop
from incidents.stops import AlreadyLeft, Answer
from tests.booking.test_races import together
from tests.incidents.factories import NOW
from tests.incidents.test_teamwork import in_a_row, planned


@pytest.fixture
def stop(real_commune):
    return planned(in_a_row(1)).stops.get()


def tap(stop, key):
    answer = Answer(outcome="done", key=key, reason="repaired", minutes=5)
    return lambda: stops.leave(stop=stop, answer=answer, now=NOW)


def test_the_same_answer_sent_twice_counts_once(real_commune, stop):
    key = uuid4()

    outcomes = together(real_commune, [tap(stop, key), tap(stop, key)])

    assert {type(each) for each in outcomes} == {Stop}
    assert Intervention.objects.count() == 1
    assert stop.report.changes.count() == 2


def test_of_two_answers_the_first_counts(real_commune, stop):
    outcomes = together(real_commune, [tap(stop, uuid4()), tap(stop, uuid4())])

    assert {type(each) for each in outcomes} == {Stop, AlreadyLeft}
    assert stop.report.changes.count() == 2
