"""What the counter finds in a file: boxes, what is missing, and a short time to bring it."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest

from booking import outcomes, planning
from booking.actions import SlotTaken
from booking.checklists import snapshot, told
from booking.models import Allocation, Appointment, AppointmentEvent
from identity.members import Member
from parvis.models import OutgoingEmail
from tests.factories import AppointmentFactory, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 8, 10, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def agent(commune):
    return Member(user_id=7, role="booking_agent", name="Claire", commune_id=commune.pk)


@pytest.fixture
def service():
    return ServiceFactory(completion_minutes=10)


@pytest.fixture
def counter(service):
    counter = ResourceFactory(services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[counter])
    return counter


@pytest.fixture
def family(service, counter):
    documents = snapshot(service, situation={"motive": "loss"}, day=TUESDAY)
    return AppointmentFactory(
        service=service,
        resource=counter,
        site=counter.site,
        persons=2,
        people=[{"documents": documents}, {"documents": documents, "name": "Tom Dupuy"}],
    )


def at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute), planning.zone())


def find_incomplete(file, agent, *, missing, start=None, key=None):
    return outcomes.find_incomplete(
        appointment=file,
        missing=missing,
        start=start,
        by=agent,
        now=NOW,
        idempotency_key=key or uuid.uuid4(),
    )


def kinds(appointment):
    return [event.kind for event in AppointmentEvent.objects.filter(appointment=appointment)]


def test_only_documents_that_were_asked_for_are_ticked(family):
    outcomes.keep_ticks(appointment=family, seen={1: ["photo", "a rabbit"], 2: [], 9: ["photo"]})

    first, second = family.coming
    assert first.ticks == ["photo"]
    assert second.ticks == []
    assert "photo" not in outcomes.unseen(family)[1]
    assert "photo" in outcomes.unseen(family)[2]


def test_a_complete_file_was_received(family, agent):
    outcomes.find_complete(appointment=family, by=agent, now=NOW)

    family.refresh_from_db()
    assert (family.outcome, family.status, family.served_at) == ("complete", "honoured", NOW)
    assert kinds(family) == ["complete"]
    assert not OutgoingEmail.objects.exists()


def test_the_citizen_is_told_exactly_what_is_missing(family, agent):
    find_incomplete(family, agent, missing={1: ["photo"], 2: ["loss_declaration", "a rabbit"]})

    family.refresh_from_db()
    assert family.outcome == "incomplete"
    assert [person.missing for person in family.coming] == [["photo"], ["loss_declaration"]]
    mail = OutgoingEmail.objects.get()
    for words in ("Personne 1", "Personne 2", "Photo d’identité", "Déclaration de perte"):
        assert words in mail.body
    assert "Justificatif de domicile" not in mail.body
    assert "Tom" not in mail.body


def test_a_confidential_visit_has_no_list_in_its_message(family, agent, service):
    service.is_confidential = True
    service.save()

    find_incomplete(family, agent, missing={1: ["photo"]})

    content = OutgoingEmail.objects.get().body
    assert "Photo" not in content
    assert "Carte d’identité" not in content
    assert "Appelez-nous" in content


def test_a_short_appointment_lists_only_what_is_missing(family, agent):
    start = at(TUESDAY + timedelta(days=1), 9)

    short = find_incomplete(family, agent, missing={2: ["photo"]}, start=start)

    assert short.length == timedelta(minutes=10)
    assert (short.follows, short.channel, short.persons) == (family, "counter", 1)
    assert [document.key for document in told(short)] == ["photo"]
    assert short.coming[0].name == "Tom Dupuy"
    assert Allocation.objects.get(appointment=short).state == "booked"
    assert OutgoingEmail.objects.count() == 2


def test_the_same_key_keeps_one_short_appointment(family, agent):
    start, key = at(TUESDAY + timedelta(days=1), 9), uuid.uuid4()

    first = find_incomplete(family, agent, missing={2: ["photo"]}, start=start, key=key)
    second = find_incomplete(family, agent, missing={2: ["photo"]}, start=start, key=key)

    assert first == second
    assert OutgoingEmail.objects.count() == 2


def test_a_taken_start_leaves_the_file_open(family, agent, service, counter):
    start = at(TUESDAY + timedelta(days=1), 9)
    AppointmentFactory(service=service, resource=counter, site=counter.site, start=start)

    with pytest.raises(SlotTaken) as refusal:
        find_incomplete(family, agent, missing={2: ["photo"]}, start=start)

    family.refresh_from_db()
    assert family.outcome == ""
    assert len(refusal.value.alternatives) == 3
    assert not OutgoingEmail.objects.exists()


def test_three_short_starts_are_of_different_days(family):
    starts = outcomes.short_starts(family, persons=1, now=NOW)

    assert [start.date() for start in starts] == [
        TUESDAY + timedelta(days=days) for days in (1, 2, 3)
    ]


def test_an_incomplete_file_lacks_something(family, agent):
    with pytest.raises(outcomes.NothingMissing):
        find_incomplete(family, agent, missing={1: ["a rabbit"]})


def test_an_outcome_is_taken_back_with_its_short_appointment(family, agent):
    start = at(TUESDAY + timedelta(days=1), 9)
    short = find_incomplete(family, agent, missing={2: ["photo"]}, start=start)

    outcomes.reopen(appointment=family, by=agent, now=NOW)
    outcomes.reopen(appointment=family, by=agent, now=NOW)

    family.refresh_from_db()
    short.refresh_from_db()
    assert (family.outcome, family.status, family.served_at) == ("", "booked", None)
    assert [person.missing for person in family.coming] == [[], []]
    assert short.status == "cancelled"
    assert kinds(family) == ["incomplete", "reset"]


@pytest.mark.parametrize("status", ["cancelled", "missed"])
def test_nobody_looks_into_the_file_of_who_does_not_come(family, agent, status):
    Appointment.objects.filter(pk=family.pk).update(status=status)

    with pytest.raises(outcomes.NotReceived):
        outcomes.find_complete(appointment=family, by=agent, now=NOW)
    with pytest.raises(outcomes.NotReceived):
        outcomes.keep_ticks(appointment=family, seen={1: ["photo"]})
