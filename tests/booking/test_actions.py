"""What changes an appointment, and what is refused."""

import uuid
from datetime import timedelta

import pytest

from booking import actions
from booking.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Closure,
    Opening,
    Service,
)
from booking.people import Person
from booking.presets import USUAL
from identity.members import Member
from parvis.models import OutgoingEmail
from tests.factories import (
    TUESDAY_NINE,
    AppointmentFactory,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
)


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=7, name="Nadia", role="booking_agent")


@pytest.fixture
def service():
    """One counter, open on Tuesdays from 9 h to 12 h, gives it."""
    service = ServiceFactory()
    OpeningFactory(resources=[ResourceFactory(services=[service])])
    return service


def hold(service, now, **changes):
    wish = {"people": [Person()], "start": TUESDAY_NINE, "language": "fr"} | changes
    return actions.hold_slot(service=service, now=now, **wish)


def book(service, now, **changes):
    wish = {
        "people": [Person()],
        "start": TUESDAY_NINE,
        "name": "Paul Roux",
        "email": "",
        "phone": "",
        "channel": "phone",
        "idempotency_key": uuid.uuid4(),
        "taken_by": AGENT,
    } | changes
    return actions.book_directly(service=service, now=now, **wish)


def held_with_details(service, now, **changes):
    held, token = hold(service, now, **changes)
    actions.keep_details(appointment=held, name="Jeanne Dupuy", email="j@example.org", phone="")
    return held, token


def test_a_held_slot_is_hidden_from_others_until_it_expires(service, now):
    hold(service, now)

    with pytest.raises(actions.SlotTaken) as refusal:
        hold(service, now)

    step = timedelta(minutes=20)
    assert refusal.value.alternatives == [TUESDAY_NINE + step * n for n in (1, 2, 3)]
    assert hold(service, now + timedelta(minutes=10))


def test_confirming_books_records_and_writes_one_mail(service, now):
    held, token = held_with_details(service, now)

    booked = actions.confirm(appointment=held, token=token, now=now)

    mail = OutgoingEmail.objects.get()
    assert booked.status == Appointment.Status.BOOKED
    assert Allocation.objects.get().state == Allocation.State.BOOKED
    assert [event.kind for event in AppointmentEvent.objects.all()] == ["booked"]
    assert mail.to == ["j@example.org"]
    assert f"/rdv/{token}" in mail.body
    assert "9\u00a0h" in mail.subject
    assert Appointment.objects.with_token(token).get() == booked


def test_confirming_twice_changes_nothing(service, now):
    held, token = held_with_details(service, now)

    actions.confirm(appointment=held, token=token, now=now)
    actions.confirm(appointment=held, token=token, now=now)

    assert OutgoingEmail.objects.count() == 1
    assert AppointmentEvent.objects.count() == 1


def test_nobody_confirms_without_a_name_and_a_way_to_be_reached(service, now):
    held, token = hold(service, now)

    with pytest.raises(actions.DetailsMissing):
        actions.confirm(appointment=held, token=token, now=now)

    assert Allocation.objects.get().state == Allocation.State.HOLD


def test_an_expired_hold_is_taken_again_while_the_slot_is_free(service, now):
    held, token = held_with_details(service, now)
    later = now + timedelta(minutes=30)
    actions.release_expired(now=later)

    booked = actions.confirm(appointment=held, token=token, now=later)

    assert booked.status == Appointment.Status.BOOKED
    assert Allocation.objects.get().state == Allocation.State.BOOKED


def test_a_lost_slot_keeps_what_was_typed_and_offers_others(service, now):
    held, token = held_with_details(service, now)
    later = now + timedelta(minutes=11)
    hold(service, later)

    with pytest.raises(actions.SlotTaken) as refusal:
        actions.confirm(appointment=held, token=token, now=later)

    held.refresh_from_db()
    assert held.name == "Jeanne Dupuy"
    assert held.status == Appointment.Status.HELD
    assert len(refusal.value.alternatives) == 3


def test_another_slot_takes_over_what_was_typed_and_frees_the_first(service, now):
    held, _token = held_with_details(service, now)

    other, _token = hold(service, now, start=TUESDAY_NINE + timedelta(minutes=20), instead_of=held)

    assert other.name == "Jeanne Dupuy"
    assert Appointment.objects.get() == other
    assert hold(service, now)


def test_a_hold_is_extended_once(service, now):
    held, _token = hold(service, now)  # what a second press at the same moment has read, too

    extended = actions.extend_hold(appointment=held, now=now + timedelta(minutes=9))

    assert extended.held_until == now + timedelta(minutes=20)
    with pytest.raises(actions.AlreadyExtended):
        actions.extend_hold(appointment=held, now=now + timedelta(minutes=10))


def test_an_expired_hold_is_not_extended(service, now):
    held, _token = hold(service, now)

    with pytest.raises(actions.HoldLost):
        actions.extend_hold(appointment=held, now=now + timedelta(minutes=11))


@pytest.mark.parametrize("persons", [0, -1, 4, 10_000])
def test_only_the_lengths_of_the_service_are_booked(service, now, persons):
    with pytest.raises(actions.NotOffered):
        hold(service, now, people=[Person()] * persons)


def test_the_length_comes_from_the_service(service, now):
    held, _token = hold(service, now, people=[Person()] * 3)

    assert held.length == timedelta(minutes=40)


@pytest.mark.parametrize(
    "start",
    [
        TUESDAY_NINE - timedelta(days=7),
        TUESDAY_NINE + timedelta(minutes=7),
        TUESDAY_NINE + timedelta(hours=2, minutes=50),
        TUESDAY_NINE + timedelta(days=1),
        TUESDAY_NINE + timedelta(days=365 * 4),
    ],
    ids=["past", "off the grid", "too long for the opening", "closed", "far too late"],
)
def test_only_free_starts_are_held(service, now, start):
    with pytest.raises(actions.SlotTaken):
        hold(service, now, start=start)

    assert not Appointment.objects.exists()


def test_two_counters_serve_two_people_at_once(service, now):
    OpeningFactory(resources=[ResourceFactory(services=[service])])

    first, _token = hold(service, now)
    second, _token = hold(service, now)

    assert first.allocations.get().resource_id != second.allocations.get().resource_id


def test_buffers_are_taken_but_not_told(now):
    service = ServiceFactory(buffer_after=20)
    OpeningFactory(resources=[ResourceFactory(services=[service])])

    held, _token = hold(service, now)

    assert held.length == timedelta(minutes=20)
    with pytest.raises(actions.SlotTaken):
        hold(service, now, start=TUESDAY_NINE + timedelta(minutes=20))


def test_the_same_submission_gives_the_same_appointment(service, now):
    key = uuid.uuid4()

    first = book(service, now, idempotency_key=key)
    second = book(service, now, idempotency_key=key, name="Somebody else")

    assert first == second
    assert second.name == "Paul Roux"
    assert Appointment.objects.count() == 1


def test_an_agent_books_without_notice_and_is_named(service, now):
    start = TUESDAY_NINE
    appointment = book(service, start + timedelta(minutes=5))

    assert appointment.taken_by_name == "Nadia"
    assert appointment.events.get().by_id == 7
    assert not OutgoingEmail.objects.exists()


def test_cancelling_frees_the_slot_and_tells_the_citizen_once(service, now):
    appointment = book(service, now, email="p@example.org")

    cancelled = actions.cancel(appointment=appointment, by=None, now=now)
    actions.cancel(appointment=appointment, by=None, now=now)

    assert cancelled.status == Appointment.Status.CANCELLED
    assert hold(service, now)
    assert [mail.key.split(".")[0] for mail in OutgoingEmail.objects.order_by("pk")] == [
        "booked",
        "cancelled",
    ]


def test_a_cancellation_is_taken_back_while_the_slot_is_free(service, now):
    appointment = book(service, now)
    actions.cancel(appointment=appointment, by=AGENT, now=now)

    actions.restore(appointment=appointment, by=AGENT, now=now)

    with pytest.raises(actions.SlotTaken):
        hold(service, now)


def test_a_cancellation_is_taken_back_where_slots_have_moved_since(service, now):
    appointment = book(service, now)
    actions.cancel(appointment=appointment, by=AGENT, now=now)
    Opening.objects.all().delete()
    actions.configuration_changed()

    actions.restore(appointment=appointment, by=AGENT, now=now)

    assert [each.state for each in appointment.allocations.all()] == ["booked"]


def test_a_cancellation_stands_once_the_day_is_closed(service, now):
    appointment = book(service, now)
    actions.cancel(appointment=appointment, by=AGENT, now=now)
    day = timedelta(days=1)
    Closure.objects.create(period=(appointment.start - day, appointment.end + day))
    actions.configuration_changed()

    with pytest.raises(actions.SlotTaken):
        actions.restore(appointment=appointment, by=AGENT, now=now)


def test_a_cancellation_stands_once_somebody_else_has_the_slot(service, now):
    appointment = book(service, now)
    actions.cancel(appointment=appointment, by=AGENT, now=now)
    hold(service, now)

    with pytest.raises(actions.SlotTaken):
        actions.restore(appointment=appointment, by=AGENT, now=now)

    appointment.refresh_from_db()
    assert appointment.status == Appointment.Status.CANCELLED


def test_what_has_begun_is_not_cancelled_by_the_citizen(service, now):
    appointment = book(service, now)

    with pytest.raises(actions.NotCancellable):
        actions.cancel(appointment=appointment, by=None, now=TUESDAY_NINE)


def test_marks_follow_each_other_and_are_remembered(service, now):
    appointment = book(service, now)

    for status in ("arrived", "honoured", "reset", "missed"):
        marked = actions.mark(appointment=appointment, status=status, by=AGENT, now=now)

    assert marked.status == Appointment.Status.MISSED
    assert marked.arrived_at is None
    assert [event.kind for event in appointment.events.all()] == [
        "booked",
        "arrived",
        "honoured",
        "reset",
        "missed",
    ]


def test_a_cancelled_appointment_is_not_marked(now):
    with pytest.raises(actions.NotMarkable):
        actions.mark(
            appointment=AppointmentFactory(cancelled=True), status="arrived", by=AGENT, now=now
        )


def test_unfinished_bookings_are_freed_then_forgotten(service, now):
    hold(service, now)

    assert actions.release_expired(now=now + timedelta(minutes=9)) == 0
    assert actions.release_expired(now=now + timedelta(minutes=11)) == 1
    assert Appointment.objects.exists()
    actions.release_expired(now=now + timedelta(hours=3))

    assert not Appointment.objects.exists()


def test_a_new_link_replaces_the_old_one():
    appointment = AppointmentFactory(token="old", email="Jeanne@example.org")

    assert actions.send_link_again(reference=appointment.reference, email="jeanne@example.org")

    assert "/rdv/" in OutgoingEmail.objects.get().body
    assert not Appointment.objects.with_token("old").exists()


@pytest.mark.parametrize(
    ("reference", "email"), [("K7M20000", ""), ("ZZZZZZZZ", "jeanne@example.org")]
)
def test_a_link_is_sent_to_nobody_else(reference, email):
    AppointmentFactory(reference="K7M20000", email="")

    assert not actions.send_link_again(reference=reference, email=email)
    assert not OutgoingEmail.objects.exists()


def test_the_presets_open_a_commune_and_repeat_without_harm(now):
    actions.install_presets(preset=USUAL, site_name="Mairie")
    actions.install_presets(preset=USUAL, site_name="Mairie")

    assert Service.objects.count() == len(USUAL.services)
    assert hold(Service.objects.get(slug="passeport"), now)


def test_the_presets_offer_rarer_services_switched_off_with_what_follows_them(now):
    actions.install_presets(preset=USUAL, site_name="Mairie")

    rarer = Service.objects.get(slug="changement-de-nom")
    link = rarer.links.get()
    assert not rarer.is_active
    assert rarer.documents == ["identity", "name_change_form", "birth_certificate_3_months"]
    assert (link.second.slug, link.min_days) == ("changement-de-nom-confirmation", 31)
