"""Moving an appointment, taking a person out, and receiving beyond the room."""

import uuid
from datetime import date, timedelta

import pytest

from booking import actions, moving, planning
from booking.models import Allocation, Appointment, AppointmentEvent
from booking.people import Person
from identity.members import Member
from parvis.models import OutgoingEmail
from tests.booking.test_actions import AGENT, book, hold
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
TWENTY = timedelta(minutes=20)


@pytest.fixture
def now():
    return TUESDAY_NINE - timedelta(days=1)


@pytest.fixture
def service(commune):
    service = ServiceFactory(minutes=[20, 30, 40])
    counter = ResourceFactory(services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[counter], step_minutes=10)
    actions.configuration_changed()
    return service


def periods():
    kept = Allocation.objects.exclude(state="released").order_by("start_at")
    return [(each.period.lower, each.period.upper) for each in kept]


def test_a_move_of_ten_minutes_over_its_own_time_keeps_the_link(service, now):
    booked = book(service, now, email="j@example.org")
    start = TUESDAY_NINE + timedelta(minutes=10)

    moved = moving.move(appointment=booked, start=start, by=None, now=now)

    assert (moved.start, moved.length) == (start, TWENTY)
    assert moved.token_hash == booked.token_hash
    assert moved.version == booked.version + 1
    assert periods() == [(start, start + TWENTY)]
    assert [event.kind for event in moved.events.all()] == ["booked", "moved"]
    assert "déplacé" in OutgoingEmail.objects.order_by("pk").last().subject


def test_a_move_to_a_taken_start_changes_nothing_and_offers_others(service, now):
    booked = book(service, now)
    other = book(service, now, start=TUESDAY_NINE + timedelta(hours=1))

    with pytest.raises(actions.SlotTaken) as refusal:
        moving.move(appointment=booked, start=other.start, by=AGENT, now=now)

    assert len(refusal.value.alternatives) == 3
    booked.refresh_from_db()
    assert booked.start == TUESDAY_NINE
    assert len(periods()) == 2


def test_a_citizen_moves_only_to_what_can_be_booked_online(service, now):
    booked = book(service, now)
    soon = now + timedelta(hours=1)

    with pytest.raises(actions.SlotTaken):
        moving.move(appointment=booked, start=soon, by=None, now=now)
    assert moving.move(appointment=booked, start=soon, by=AGENT, now=now).start == soon


def test_a_service_not_cancelled_online_is_moved_by_agents_only(service, now):
    service.is_cancellable_online = False
    service.save()
    booked = book(service, now)

    with pytest.raises(moving.NotMovable):
        moving.move(appointment=booked, start=TUESDAY_NINE + TWENTY, by=None, now=now)
    moving.move(appointment=booked, start=TUESDAY_NINE + TWENTY, by=AGENT, now=now)


def test_a_screen_that_is_out_of_date_moves_nothing(service, now):
    booked = book(service, now)
    moving.move(appointment=booked, start=TUESDAY_NINE + TWENTY, by=AGENT, now=now)

    with pytest.raises(moving.StaleVersion):
        moving.move(
            appointment=booked, start=TUESDAY_NINE, by=AGENT, now=now, version=booked.version
        )


@pytest.mark.parametrize("status", ["held", "cancelled", "honoured", "missed"])
def test_only_a_confirmed_appointment_moves(service, now, status):
    booked = book(service, now)
    Appointment.objects.update(status=status, held_until=now if status == "held" else None)

    with pytest.raises(moving.NotMovable):
        moving.move(appointment=booked, start=TUESDAY_NINE + TWENTY, by=AGENT, now=now)


def test_a_family_moves_with_its_length(service, now):
    family = book(service, now, people=[Person()] * 3)

    moved = moving.move(appointment=family, start=TUESDAY_NINE + TWENTY, by=None, now=now)

    assert moved.length == timedelta(minutes=40)


def test_taking_one_person_out_frees_the_end_of_the_slot(service, now):
    family = book(service, now, people=[Person()] * 3, email="j@example.org")
    start = TUESDAY_NINE + timedelta(minutes=30)

    shorter = moving.remove_person(participant=family.participants.all()[1], by=None, now=now)

    assert shorter.persons == 2
    assert [each.position for each in shorter.coming] == [1, 3]
    assert periods() == [(TUESDAY_NINE, start)]
    hold(service, now, start=start)
    assert "2 personnes" in OutgoingEmail.objects.order_by("pk").last().body


def test_taking_the_last_person_out_cancels(service, now):
    booked = book(service, now)

    moving.remove_person(participant=booked.participants.get(), by=None, now=now)

    booked.refresh_from_db()
    assert booked.status == "cancelled"
    assert periods() == []


def test_taking_somebody_out_twice_changes_nothing(service, now):
    family = book(service, now, people=[Person()] * 3)
    person = family.participants.first()

    moving.remove_person(participant=person, by=None, now=now)
    moving.remove_person(participant=person, by=None, now=now)

    assert Appointment.objects.get().persons == 2
    assert AppointmentEvent.objects.filter(kind="shortened").count() == 1


def test_a_person_comes_back_while_the_end_is_free(service, now):
    family = book(service, now, people=[Person()] * 2)
    person = family.participants.last()
    moving.remove_person(participant=person, by=None, now=now)

    back = moving.put_back(participant=person, by=None, now=now)

    assert (back.persons, back.length) == (2, timedelta(minutes=30))
    assert periods() == [(TUESDAY_NINE, TUESDAY_NINE + timedelta(minutes=30))]


def test_a_person_does_not_come_back_once_the_end_is_taken(service, now):
    family = book(service, now, people=[Person()] * 2)
    person = family.participants.last()
    moving.remove_person(participant=person, by=None, now=now)
    book(service, now, start=TUESDAY_NINE + TWENTY)

    with pytest.raises(actions.SlotTaken):
        moving.put_back(participant=person, by=None, now=now)
    assert Appointment.objects.order_by("pk").first().persons == 1


def beyond(service, now, **changes):
    wish = {
        "people": [Person()],
        "start": TUESDAY_NINE,
        "resource": service.resources.get(),
        "reason": "Voyage demain",
        "name": "Paul Roux",
        "email": "",
        "phone": "",
        "channel": "counter",
        "taken_by": AGENT,
        "idempotency_key": uuid.uuid4(),
    } | changes
    return moving.overbook(service=service, now=now, **wish)


def test_overbooking_takes_no_place_from_anybody(service, now):
    book(service, now)

    extra = beyond(service, now)

    assert extra.override_reason == "Voyage demain"
    assert extra.allocations.get().state == "overbooked"
    later = beyond(service, now, start=TUESDAY_NINE + TWENTY)
    assert later.start == TUESDAY_NINE + TWENTY
    day = date(2026, 11, 24)
    free = planning.free(service=service, persons=1, first=day, days=1, now=now, online=True)
    assert free.is_free(TUESDAY_NINE + TWENTY)


def test_overbooking_wants_a_reason_and_a_right(service, now):
    with pytest.raises(moving.ReasonMissing):
        beyond(service, now, reason=" ")
    with pytest.raises(moving.NotAllowed):
        beyond(service, now, taken_by=Member(**{**vars_of(AGENT), "role": "reader"}))


def test_overbooking_twice_with_one_form_books_once(service, now):
    key = uuid.uuid4()

    assert beyond(service, now, idempotency_key=key) == beyond(service, now, idempotency_key=key)


def vars_of(member):
    return {name: getattr(member, name) for name in member.__dataclass_fields__}
