"""Two workers chase at the same moment, or a report is taken back while it is looked at."""

from threading import Event

import pytest
from django.db import transaction

from incidents import chasing, transfers
from incidents.actions import move
from incidents.models import Handler
from incidents.workflow import Actor, Status
from tests.booking.test_races import together
from tests.incidents.factories import NOW, report
from tests.incidents.test_chasing import AGENT, days


@pytest.fixture
def given(real_commune):
    county = Handler.objects.create(kind="body", name="Département", email="cd@example.org")
    return transfers.forward(report=report(), handler=county, text="", by=AGENT, now=NOW)


def test_two_workers_chase_once(real_commune, given):
    chased = together(real_commune, [lambda: chasing.chase_silent(now=days(8))] * 3)

    assert sorted(chased) == [0, 0, 1]
    assert given.events.filter(kind="chased").count() == 1


def test_what_is_taken_back_meanwhile_stops_nobody(real_commune, given):
    is_moved, is_looked_at = Event(), Event()

    @transaction.atomic
    def take_back():
        move(report=given, to=Status.ACCEPTED, actor=Actor.STAFF, by=AGENT, now=days(8))
        is_moved.set()
        is_looked_at.wait(2)  # chasing waits for this row by now

    def chase():
        is_moved.wait(10)
        return chasing.chase_silent(now=days(8))

    _moved, chased = together(real_commune, [take_back, chase])

    assert chased == 0
    assert not given.events.filter(kind="chased").exists()
