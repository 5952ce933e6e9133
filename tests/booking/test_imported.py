"""Appointments promised by another tool: kept at their hour, never twice at one counter."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from booking import imported, metrics
from booking.imported import Promise
from booking.models import Allocation, Appointment
from booking.people import Person
from booking.taking import SlotTaken, lock_number
from parvis.models import OutgoingEmail
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def service():
    service = ServiceFactory()
    OpeningFactory(resources=[ResourceFactory(services=[service])])
    return service


def promise(service, start=TUESDAY_NINE, **changes):
    said = {"name": "Jeanne Dupuy", "email": "jeanne@example.org"} | changes
    return Promise(service=service, start=start, people=(Person(name="Jeanne Dupuy"),), **said)


def take(service, now, start=TUESDAY_NINE, *, key=None, is_told=False, **changes):
    return imported.take_over(
        promise(service, start, **changes), key=key or uuid4(), is_told=is_told, by=None, now=now
    )


def test_an_hour_off_the_grid_and_outside_the_hours_is_kept(service, now):
    taken = take(service, now, TUESDAY_NINE + timedelta(hours=9, minutes=7))

    assert (taken.status, taken.channel) == ("booked", "import")
    assert taken.allocations.get().state == Allocation.State.BOOKED
    assert not OutgoingEmail.objects.exists()


def test_one_counter_receives_nobody_twice(service, now):
    take(service, now)

    with pytest.raises(SlotTaken) as refusal:
        take(service, now, TUESDAY_NINE + timedelta(minutes=10))

    assert refusal.value.alternatives
    assert Appointment.objects.count() == 1


def test_the_same_key_is_the_same_appointment_and_a_citizen_is_told_only_if_asked(service, now):
    key = uuid4()

    first, again = (take(service, now, key=key, is_told=True) for _each in range(2))

    assert first.pk == again.pk
    assert OutgoingEmail.objects.count() == 1


def test_a_new_hour_frees_the_former_one(service, now):
    taken = take(service, now)
    later = TUESDAY_NINE + timedelta(hours=1)

    imported.update(promise(service, later, phone="06"), appointment=taken, by=None, now=now)

    taken.refresh_from_db()
    assert (taken.start, taken.phone) == (later, "06")
    take(service, now)


def test_taking_back_frees_the_hour_and_erases_the_name(service, now):
    taken = take(service, now)

    assert imported.take_back(appointment=taken, by=None, now=now)

    taken.refresh_from_db()
    assert (taken.status, taken.name, taken.email) == ("cancelled", "–", "")
    assert set(taken.participants.values_list("name", flat=True)) == {""}
    take(service, now)


def test_what_was_touched_since_is_not_taken_back(service, now):
    taken = take(service, now)
    imported.update(
        promise(service, TUESDAY_NINE + timedelta(hours=1)), appointment=taken, by=None, now=now
    )

    assert not imported.take_back(appointment=taken, by=None, now=now)


def test_what_was_taken_over_is_not_counted_as_taken(service):
    take(service, datetime.now(PARIS), TUESDAY_NINE)
    today = datetime.now(PARIS).date()

    assert metrics.count_appointments(first=today, last=today, zone=PARIS) == {}


@pytest.mark.parametrize(
    ("schema", "number"),
    [("c_33314", 0x33314), ("c_2b033", 0x2B033), ("e_200069995", 200_069_995)],
)
def test_every_schema_has_a_lock_of_four_bytes_of_its_own(schema, number):
    assert lock_number(schema) == number < 2**31
