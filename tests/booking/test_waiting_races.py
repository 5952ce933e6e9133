"""The waiting list when several things happen at the same moment."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking import actions, waiting
from booking.models import Allocation, Appointment, WaitingEntry
from booking.people import Person
from tests.booking.test_actions import AGENT
from tests.booking.test_races import overlaps, together
from tests.booking.test_waiting import TUESDAY, join
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


@pytest.fixture
def now():
    return datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def narrow(real_commune):
    """One counter with one place on Tuesday, in a commune whose rows are committed."""
    service = ServiceFactory(minutes=[20])
    counter = ResourceFactory(services=[service])
    OpeningFactory(resources=[counter], end_time="09:20", valid_to=TUESDAY)
    return service


def accept_or_not(entry, now):
    try:
        return waiting.accept(entry=entry, now=now)
    except waiting.OfferGone as refusal:
        return refusal


def as_agent(service, now):
    return lambda: actions.book_directly(
        service=service, people=[Person()], start=TUESDAY_NINE, name="Sans rendez-vous", email="",
        phone="", channel="walk_in", now=now, idempotency_key=uuid.uuid4(), taken_by=AGENT,
    )  # fmt: skip


def test_an_offer_and_a_walk_in_never_share_a_place(real_commune, narrow, now):
    join(narrow, now)

    outcomes = together(real_commune, [lambda: waiting.serve(now=now), as_agent(narrow, now)] * 2)

    assert Allocation.objects.count() == 1
    assert overlaps() == 0
    booked = sum(isinstance(each, Appointment) for each in outcomes)
    offered = sum(each for each in outcomes if isinstance(each, int))
    assert booked + offered == 1


def test_two_rounds_of_the_list_at_once_offer_nobody_two_places(real_commune, narrow, now):
    OpeningFactory(
        resources=list(narrow.resources.all()), start_time="10:00", end_time="12:00",
        valid_to=TUESDAY,
    )  # fmt: skip
    join(narrow, now)
    join(narrow, now + timedelta(seconds=1), email="paul@example.org")

    together(real_commune, [lambda: waiting.serve(now=now)] * 4)

    offered = Appointment.objects.values_list("waiting_entry", flat=True)
    assert len(offered) == len(set(offered)) == 2
    assert overlaps() == 0


def test_accepting_at_the_end_of_the_offer_and_the_next_round_give_one_owner(
    real_commune, narrow, now
):
    first = join(narrow, now)
    join(narrow, now + timedelta(seconds=1), email="paul@example.org")
    waiting.serve(now=now)
    offered = waiting.offer_of(first, now=now)
    over = offered.held_until

    together(
        real_commune,
        [
            lambda: accept_or_not(first, over - timedelta(seconds=1)),
            lambda: waiting.serve(now=over),
        ],
    )

    assert Allocation.objects.count() == 1
    assert overlaps() == 0
    assert WaitingEntry.objects.filter(served_at__isnull=False).count() <= 1
