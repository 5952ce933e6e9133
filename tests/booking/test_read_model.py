"""What is free, written for everybody in the transaction that changes it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from booking import actions, moving, planning, read_model
from booking.models import Allocation, Closure, ServiceNeed, Site
from booking.people import Person
from booking.taking import lock_days
from slots.models import FreeSlotDay, SlotKind
from tests.booking.test_actions import AGENT, book, held_with_details, hold
from tests.conftest import owner
from tests.factories import (
    TUESDAY_NINE,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
)


pytestmark = pytest.mark.django_db
TUESDAY = TUESDAY_NINE.date()


@pytest.fixture
def now():
    return TUESDAY_NINE - timedelta(days=1)


@pytest.fixture
def service(commune):
    service = ServiceFactory(minutes=[20, 30, 40], horizon_days=10)
    counter = ResourceFactory(services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[counter], step_minutes=10)
    return service


@pytest.fixture
def written(service, now):
    """The whole horizon, as it is before anybody books."""
    read_model.refresh_all(now=now)
    return service


def bits(persons=1, day=TUESDAY):
    row = FreeSlotDay.objects.get(day=day, kind__persons=persons)
    return int.from_bytes(row.starts, "little")


def test_each_number_of_persons_is_a_kind_with_its_own_starts(written):
    assert SlotKind.objects.count() == 3
    assert bits(1) & bits(3) == bits(3) != bits(1)
    row = FreeSlotDay.objects.get(day=TUESDAY, kind__persons=1)
    assert (row.first_start, row.n) == (TUESDAY_NINE, bits(1).bit_count())


def test_everything_that_takes_or_frees_is_written_at_once(written, now):
    steps = [
        lambda: hold(written, now),
        lambda: book(written, now, start=TUESDAY_NINE + timedelta(hours=1)),
    ]
    for step in steps:
        before = bits()
        step()
        assert bits() != before
        assert read_model.wrong_rows(now=now) == []


def test_a_booking_lived_to_its_end_leaves_no_wrong_row(written, now):
    held, token = held_with_details(written, now, people=[Person()] * 2)
    booked = actions.confirm(appointment=held, token=token, now=now)
    assert read_model.wrong_rows(now=now) == []
    moving.remove_person(participant=booked.participants.last(), by=None, now=now)
    assert read_model.wrong_rows(now=now) == []
    there = TUESDAY_NINE + timedelta(days=2)
    moving.move(appointment=booked, start=there, by=None, now=now)
    assert read_model.wrong_rows(now=now) == []
    actions.cancel(appointment=booked, by=AGENT, now=now)
    assert read_model.wrong_rows(now=now) == []
    actions.restore(appointment=booked, by=AGENT, now=now)
    assert read_model.wrong_rows(now=now) == []


def test_a_hold_that_is_over_only_hides_a_start_until_the_next_minute(written, now):
    hold(written, now)
    later = now + timedelta(minutes=11)
    row = FreeSlotDay.objects.get(day=TUESDAY, kind__persons=1)
    assert row.stale_at == now + timedelta(minutes=10)
    assert read_model.wrong_rows(now=later) == []

    actions.release_expired(now=later)

    assert bits() & 1 << (9 * 12)
    assert Allocation.objects.count() == 0


def test_a_row_that_lies_is_found_and_written_again(written, now):
    FreeSlotDay.objects.filter(day=TUESDAY).update(starts=bytes(38))

    assert len(read_model.wrong_rows(now=now)) == 3
    read_model.refresh_all(now=now)
    assert read_model.wrong_rows(now=now) == []


def test_closures_and_services_switched_off_are_no_longer_offered(written, now):
    Closure.objects.create(
        period=(TUESDAY_NINE - timedelta(hours=9), TUESDAY_NINE + timedelta(hours=15))
    )
    actions.configuration_changed()
    read_model.refresh_all(now=now)
    assert bits() == 0

    written.is_online = False
    written.save()
    actions.configuration_changed()
    read_model.refresh_all(now=now)

    assert not FreeSlotDay.objects.exists()


def test_two_sites_have_each_their_starts(written, now):
    annexe = ResourceFactory(services=[written], site=Site.objects.create(name="Annexe"))
    OpeningFactory(weekday=2, resources=[annexe], step_minutes=10)
    read_model.refresh_all(now=now)

    wednesday = FreeSlotDay.objects.filter(day=TUESDAY + timedelta(days=1), kind__persons=1)
    tuesday = FreeSlotDay.objects.filter(day=TUESDAY, kind__persons=1)
    assert [row.n > 0 for row in wednesday] == [True, True]
    assert sorted(row.n > 0 for row in tuesday) == [False, True]


def test_a_station_that_is_lacking_gives_no_start(written, now):
    ServiceNeed.objects.create(service=written, kind="station")
    ServiceNeed.objects.create(service=written, kind="counter")
    actions.configuration_changed()
    read_model.refresh_all(now=now)

    assert bits() == 0


def test_the_first_free_day_of_each_service_costs_one_query(
    written, now, django_assert_num_queries
):
    book(written, now, people=[Person()] * 3)

    with django_assert_num_queries(1):
        found = read_model.first_free([written], now=now)

    assert found == {written.pk: TUESDAY - timedelta(days=1)}
    late = TUESDAY_NINE - timedelta(days=1) + timedelta(hours=12)
    assert read_model.first_free([written], now=late) == {written.pk: TUESDAY}


def test_the_rows_say_what_the_page_says(written, now):
    book(written, now)
    found = planning.free(service=written, persons=2, first=TUESDAY, days=1, now=now, online=True)

    assert bits(2) == found.bits


def test_days_are_locked_only_where_what_is_free_is_written(service):
    with transaction.atomic(), pytest.raises(RuntimeError):
        lock_days([TUESDAY])


def test_a_commune_writes_its_own_rows_only(written, commune, other_commune):
    with owner():
        FreeSlotDay.objects.filter(day=TUESDAY).update(commune=other_commune.pk)
    connection.set_tenant(commune)
    others = FreeSlotDay.objects.filter(commune=other_commune.pk)

    assert others.update(n=5) == 0
    assert others.delete()[0] == 0
    row = FreeSlotDay.objects.filter(commune=commune.pk).first()
    row.commune_id = other_commune.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
