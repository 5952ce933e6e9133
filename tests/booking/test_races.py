"""What happens when citizens press the button at the same moment."""

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Count

from booking import actions, read_model
from booking.models import Allocation, Appointment
from booking.people import Person
from parvis.errors import DomainError
from parvis.models import OutgoingEmail
from tenants.models import Commune
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


@pytest.fixture
def service(real_commune):
    """Two counters, open on Tuesdays from 9 h to 12 h."""
    service = ServiceFactory()
    OpeningFactory(resources=ResourceFactory.create_batch(2, services=[service]))
    return service


@pytest.fixture(autouse=True)
def right_rows(service, now):
    """What is free is written as it is, whatever was done at once."""
    read_model.refresh_all(now=now)
    yield
    assert read_model.wrong_rows(now=now + timedelta(minutes=30)) == []


def together(commune: Commune, works: list[Callable[[], object]]) -> list[object]:
    """Run the works in threads that start at the same instant; refusals are outcomes."""
    barrier = Barrier(len(works))

    def run(work):
        connection.set_tenant(commune)
        barrier.wait()
        try:
            return work()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def holding(service, now, start=TUESDAY_NINE):
    return lambda: actions.hold_slot(
        service=service, people=[Person()], start=start, language="fr", now=now
    )


def overlaps() -> int:
    """Count pairs of live allocations of one resource that share an instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM booking_allocation a JOIN booking_allocation b"
            " ON a.id < b.id AND a.resource_id = b.resource_id AND a.period && b.period"
            " WHERE a.state IN ('hold', 'booked') AND b.state IN ('hold', 'booked')"
        )
        return cursor.fetchone()[0]


def test_of_two_people_on_the_last_place_one_wins_the_other_gets_alternatives(
    real_commune, service, now
):
    holding(service, now)()

    outcomes = together(real_commune, [holding(service, now)] * 2)

    refused = [each for each in outcomes if isinstance(each, actions.SlotTaken)]
    assert len(refused) == 1
    assert len(refused[0].alternatives) == 3
    assert Allocation.objects.count() == 2


def test_twenty_people_on_five_starts_fill_every_place_once(real_commune, service, now):
    starts = [TUESDAY_NINE + timedelta(minutes=20 * n) for n in range(5)]

    outcomes = together(real_commune, [holding(service, now, starts[n % 5]) for n in range(20)])

    kinds = Counter(isinstance(each, tuple) for each in outcomes)
    assert kinds == {True: 10, False: 10}
    assert overlaps() == 0
    by_start = Allocation.objects.values("start_at").annotate(n=Count("pk"))
    assert sorted(row["n"] for row in by_start) == [2] * 5


def test_an_expired_hold_is_taken_over_by_exactly_one(real_commune, service, now):
    holding(service, now)()
    holding(service, now + timedelta(minutes=5))()

    outcomes = together(real_commune, [holding(service, now + timedelta(minutes=11))] * 8)

    assert sum(isinstance(each, tuple) for each in outcomes) == 1
    assert overlaps() == 0


def test_pressing_confirm_twice_at_once_books_and_writes_once(real_commune, service, now):
    held, token = holding(service, now)()
    actions.keep_details(appointment=held, name="Jeanne", email="j@example.org", phone="")

    outcomes = together(
        real_commune, [lambda: actions.confirm(appointment=held, token=token, now=now)] * 4
    )

    assert {each.status for each in outcomes} == {"booked"}
    assert OutgoingEmail.objects.count() == 1


def test_the_loser_keeps_what_was_typed(real_commune, service, now):
    """Two holds ran out on the same last place; both people press confirm."""
    holding(service, now + timedelta(hours=1))()
    rivals = [
        actions.hold_slot(
            service=service, people=[Person()], start=TUESDAY_NINE, language="fr", now=now
        )
    ]
    rivals.append(
        actions.hold_slot(
            service=service,
            people=[Person()],
            start=TUESDAY_NINE,
            language="fr",
            now=now + timedelta(minutes=11),
        )
    )
    for held, _token in rivals:
        email = f"{held.reference}@example.org"  # two people of one name
        actions.keep_details(appointment=held, name="Jeanne", email=email, phone="")
    later = now + timedelta(minutes=30)

    outcomes = together(
        real_commune,
        [
            lambda h=held, t=token: actions.confirm(appointment=h, token=t, now=later)
            for held, token in rivals
        ],
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["Appointment", "SlotTaken"]
    assert overlaps() == 0
    assert set(Appointment.objects.values_list("name", flat=True)) == {"", "Jeanne"}


def test_the_same_submission_in_four_tabs_is_one_appointment(real_commune, service, now):
    key = uuid.uuid4()

    def book():
        return actions.book_directly(
            service=service,
            people=[Person()],
            start=TUESDAY_NINE,
            name="Jeanne",
            email="",
            phone="",
            channel="phone",
            idempotency_key=key,
            now=now,
        )

    outcomes = together(real_commune, [book] * 4)

    assert len({each.pk for each in outcomes}) == 1
    assert Appointment.objects.count() == 1


def test_swapping_two_held_slots_does_not_deadlock(real_commune, service, now):
    tuesday, next_tuesday = TUESDAY_NINE, TUESDAY_NINE + timedelta(days=7)
    first, _token = holding(service, now, tuesday)()
    second, _token = holding(service, now, next_tuesday)()

    def swap(held, start):
        return lambda: actions.hold_slot(
            service=service,
            people=[Person()],
            start=start,
            language="fr",
            now=now,
            instead_of=held,
        )

    outcomes = together(real_commune, [swap(first, next_tuesday), swap(second, tuesday)])

    assert all(isinstance(each, tuple) for each in outcomes)
    assert Appointment.objects.count() == 2
