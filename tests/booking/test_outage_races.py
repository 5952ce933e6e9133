"""An outage when several things happen at the same moment."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import actions, outages, read_model
from booking.models import Allocation, Appointment, Closure, Outage
from booking.people import Person
from tests.booking.test_actions import AGENT
from tests.booking.test_races import overlaps, together
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.fixture
def now():
    return datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def service(real_commune):
    return ServiceFactory(minutes=[20])


@pytest.fixture
def station(service):
    """One place on Tuesdays."""
    station = ResourceFactory(name="Station 1", kind="station", services=[service])
    OpeningFactory(resources=[station], end_time="09:20")
    return station


@pytest.fixture(autouse=True)
def right_rows(service, station, now):
    """What is free is written as it is, whatever was done at once."""
    read_model.refresh_all(now=now)
    yield
    assert read_model.wrong_rows(now=now) == []
    assert overlaps() == 0


def booking(service, now, start=TUESDAY_NINE, email="jeanne@example.org"):
    return lambda: actions.book_directly(
        service=service, people=[Person()], start=start, name="Jeanne", email=email, phone="",
        channel="walk_in", now=now, idempotency_key=uuid.uuid4(), taken_by=AGENT,
    )  # fmt: skip


def failing(station, now, key=None):
    period = DateTimeTZRange(TUESDAY_NINE, TUESDAY_NINE + timedelta(hours=1))
    return lambda: outages.report(
        period=period, site=None, resource=station, reason="Panne", by=AGENT, now=now,
        idempotency_key=key or uuid.uuid4(),
    )  # fmt: skip


def accepting(appointment, start, now):
    return lambda: outages.accept(appointment=appointment, start=start, by=None, now=now)


@pytest.fixture
def jeanne(service, station, now):
    return booking(service, now)()


@pytest.fixture
def asked(station, jeanne, now):
    outage = failing(station, now)()
    outages.propose(outage=outage, by=AGENT, now=now)
    return outage


def test_the_form_pressed_twice_at_once_closes_once(real_commune, station, jeanne, now):
    key = uuid.uuid4()

    together(real_commune, [failing(station, now, key)] * 4)

    assert Closure.objects.count() == Outage.objects.count() == 1


def test_two_agents_who_propose_at_once_ask_once(real_commune, station, jeanne, now):
    outage = failing(station, now)()

    outcomes = together(
        real_commune, [lambda: outages.propose(outage=outage, by=AGENT, now=now)] * 3
    )

    assert sum(outcomes) == 1
    assert Appointment.objects.filter(status="held").count() == 3


def test_two_times_pressed_at_once_move_her_to_one_of_them(real_commune, asked, jeanne, now):
    outcomes = together(
        real_commune, [accepting(jeanne, TUESDAY_NINE + n * WEEK, now) for n in (1, 2)] * 2
    )

    moved = {each.start for each in outcomes if isinstance(each, Appointment)}
    assert len(moved) == 1
    jeanne.refresh_from_db()
    assert {jeanne.start} == moved
    assert Allocation.objects.count() == 1
    assert Appointment.objects.count() == 1


def test_a_time_taken_at_its_end_and_a_walk_in_have_one_owner(
    real_commune, service, asked, jeanne, now
):
    start = TUESDAY_NINE + WEEK
    over = now + outages.ANSWER

    outcomes = together(
        real_commune,
        [accepting(jeanne, start, over - SECOND), booking(service, over, start, email="")],
    )

    assert sum(isinstance(each, Appointment) for each in outcomes) == 1
    assert Appointment.objects.filter(status="booked", period__startswith=start).count() == 1


def test_the_scheduler_that_frees_and_she_who_accepts_do_not_meet(
    real_commune, asked, jeanne, now
):
    start, over = TUESDAY_NINE + WEEK, now + outages.ANSWER

    together(
        real_commune,
        [
            accepting(jeanne, start, over - SECOND),
            lambda: actions.release_expired(now=over),
            lambda: outages.release_answered(now=over),
        ],
    )

    jeanne.refresh_from_db()
    assert jeanne.status == "booked"
    assert Allocation.objects.filter(appointment=jeanne).count() == 1
    assert read_model.wrong_rows(now=over) == []
    read_model.refresh_all(now=now)  # written at two instants that are a day apart


def test_repairing_while_she_accepts_leaves_her_one_place(real_commune, asked, jeanne, now):
    start = TUESDAY_NINE + WEEK

    together(
        real_commune,
        [
            accepting(jeanne, start, now),
            lambda: outages.repair(outage=asked, by=AGENT, now=now),
            lambda: outages.propose(outage=asked, by=AGENT, now=now, again=True),
        ],
    )

    jeanne.refresh_from_db()
    assert jeanne.start in {TUESDAY_NINE, start}
    assert Allocation.objects.count() == Appointment.objects.count() == 1
    assert not Closure.objects.exists()


def test_a_walk_in_and_the_outage_of_that_moment_do_not_miss_each_other(
    real_commune, service, station, now
):
    outcomes = together(real_commune, [booking(service, now), failing(station, now)] * 2)

    booked = Appointment.objects.filter(status="booked")
    touched = {case.appointment for outage in Outage.objects.all() for case in outage.cases.all()}
    assert set(booked) == touched or not booked.exists()
    assert len(outcomes) == 4
