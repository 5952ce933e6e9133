"""What happens when changes cross: two moves, an offer and a walk-in, a station that fails."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest

from booking import actions, moving, read_model, waiting
from booking.models import Allocation, Appointment
from booking.people import Person
from tests.booking.test_races import holding, overlaps, together
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


TWENTY = timedelta(minutes=20)


@pytest.fixture
def service(real_commune):
    """One counter, open on Tuesdays from 9 h to 12 h."""
    service = ServiceFactory()
    OpeningFactory(resources=[ResourceFactory(services=[service])])
    return service


@pytest.fixture(autouse=True)
def right_rows(service, now):
    """What is free is written as it is, whatever was done at once."""
    read_model.refresh_all(now=now)
    yield
    assert read_model.wrong_rows(now=now) == []
    assert overlaps() == 0


def booking(service, now, start=TUESDAY_NINE, channel="phone"):
    return lambda: actions.book_directly(
        service=service,
        people=[Person()],
        start=start,
        name="Jeanne",
        email="",
        phone="",
        channel=channel,
        idempotency_key=uuid.uuid4(),
        now=now,
    )


def test_two_moves_that_cross_end_without_deadlock_and_without_a_double(
    real_commune, service, now
):
    next_week = TUESDAY_NINE + timedelta(days=7)
    first, second = booking(service, now)(), booking(service, now, next_week)()

    outcomes = together(
        real_commune,
        [
            lambda: moving.move(appointment=first, start=next_week, by=None, now=now),
            lambda: moving.move(appointment=second, start=TUESDAY_NINE, by=None, now=now),
        ],
    )

    assert {type(each) for each in outcomes} <= {Appointment, actions.SlotTaken}
    assert Appointment.objects.filter(status="booked").count() == 2
    assert Allocation.objects.count() == 2


def test_two_people_who_move_to_one_start_leave_the_other_where_she_was(
    real_commune, service, now
):
    wanted = TUESDAY_NINE + timedelta(days=7)
    both = [booking(service, now, TUESDAY_NINE + n * TWENTY)() for n in range(2)]

    outcomes = together(
        real_commune,
        [
            lambda each=each: moving.move(appointment=each, start=wanted, by=None, now=now)
            for each in both
        ],
    )

    kinds = Counter(type(each) for each in outcomes)
    assert kinds == {Appointment: 1, actions.SlotTaken: 1}
    assert Allocation.objects.count() == 2


def test_a_freed_place_goes_to_the_list_or_to_a_walk_in_never_to_both(real_commune, service, now):
    given_up = booking(service, now)()
    entry = waiting.join(
        service=service,
        people=[Person()],
        name="Jeanne",
        email="j@example.org",
        phone="",
        first_day=TUESDAY_NINE.date(),
        last_day=TUESDAY_NINE.date(),
        weekdays=[],
        language="fr",
        now=now,
    )
    for n in range(1, 9):
        booking(service, now, TUESDAY_NINE + n * TWENTY)()
    actions.cancel(appointment=given_up, by=None, now=now)

    outcomes = together(
        real_commune,
        [lambda: waiting.serve(now=now), booking(service, now, channel="walk_in")] * 2,
    )

    offered = waiting.offer_of(entry, now=now)
    walked_in = [each for each in outcomes if isinstance(each, Appointment)]
    assert (offered is not None) + len(walked_in) == 1


def test_accepting_an_offer_twice_at_once_books_once(real_commune, service, now):
    entry = waiting.join(
        service=service,
        people=[Person()],
        name="Jeanne",
        email="j@example.org",
        phone="",
        first_day=TUESDAY_NINE.date(),
        last_day=TUESDAY_NINE.date(),
        weekdays=[],
        language="fr",
        now=now,
    )
    waiting.serve(now=now)

    outcomes = together(real_commune, [lambda: waiting.accept(entry=entry, now=now)] * 3)

    assert sum(isinstance(each, tuple) for each in outcomes) == 1
    assert Appointment.objects.filter(status="booked").count() == 1


def test_a_place_given_up_while_others_want_it_is_sold_once(real_commune, service, now):
    booked = booking(service, now)()

    outcomes = together(
        real_commune,
        [
            lambda: actions.cancel(appointment=booked, by=None, now=now),
            *[holding(service, now)] * 4,
        ],
    )

    assert sum(isinstance(each, tuple) for each in outcomes) <= 1


def test_taking_a_person_out_while_the_end_is_wanted_frees_it_once(real_commune, service, now):
    family = actions.book_directly(
        service=service,
        people=[Person()] * 2,
        start=TUESDAY_NINE,
        name="Jeanne",
        email="",
        phone="",
        channel="phone",
        idempotency_key=uuid.uuid4(),
        now=now,
    )
    person = family.participants.last()

    outcomes = together(
        real_commune,
        [
            lambda: moving.remove_person(participant=person, by=None, now=now),
            *[holding(service, now, TUESDAY_NINE + TWENTY)] * 3,
        ],
    )

    family.refresh_from_db()
    assert family.persons == 1
    assert sum(isinstance(each, tuple) for each in outcomes) <= 1
