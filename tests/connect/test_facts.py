"""What happens to appointments and reports is told, in the words of the contract and no others."""

import json
from datetime import timedelta

import pytest

from booking import actions, moving
from booking.actions import configuration_changed
from connect import events, webhook_actions
from connect.models import Delivery
from identity.members import Member
from incidents import actions as incidents
from incidents.workflow import Actor, Status
from tests.booking.test_actions import AGENT, book
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory
from tests.incidents.factories import report


pytestmark = pytest.mark.django_db
BY = Member(user_id=7, name="Odile Admin", role="admin")
WHO = ("jeanne@example.org", "Jeanne Essai", "Albert-Pichon", "Un trou")


@pytest.fixture
def now():
    return TUESDAY_NINE - timedelta(days=1)


@pytest.fixture
def _told():
    webhook_actions.create(name="x", url="https://x.fr/", events=list(events.CHOICES), by=BY)


@pytest.fixture
def service(commune):
    service = ServiceFactory(minutes=[20, 30, 40], slug="carte-identite")
    counter = ResourceFactory(services=[service])
    OpeningFactory(weekday=1, resources=[counter], step_minutes=10)
    configuration_changed()
    return service


def said():
    bodies = [json.loads(each.body) for each in Delivery.objects.order_by("pk")]
    assert not [word for word in WHO if word in json.dumps(bodies, ensure_ascii=False)]
    return [(each["event"], each["data"]) for each in bodies]


@pytest.mark.usefixtures("_told")
def test_the_life_of_an_appointment_is_told_without_whose_it_is(service, now):
    booked = book(service, now, email="jeanne@example.org")
    start = TUESDAY_NINE + timedelta(minutes=10)
    moved = moving.move(appointment=booked, start=start, by=None, now=now)
    actions.mark(appointment=moved, status="honoured", by=AGENT, now=start)
    other = book(service, now, start=TUESDAY_NINE + timedelta(hours=1))
    actions.cancel(appointment=other, by=None, now=now)

    told = said()
    assert [event for event, _data in told] == [
        "appointment.booked", "appointment.moved", "appointment.outcome",
        "appointment.booked", "appointment.cancelled",
    ]  # fmt: skip
    assert told[1][1] == {
        "reference": booked.reference,
        "service": "carte-identite",
        "site": booked.site_id,
        "start": "2026-11-24T08:10:00Z",
        "end": "2026-11-24T08:30:00Z",
        "persons": 1,
        "status": "booked",
        "outcome": "",
        "channel": booked.channel,
        "version": booked.version + 1,
    }
    assert [data["status"] for _event, data in told][2:] == ["honoured", "booked", "cancelled"]


@pytest.mark.usefixtures("_told")
def test_the_life_of_a_report_is_told_without_words_nor_place(now):
    found = report(name="Jeanne Essai")
    found = incidents.move(report=found, to=Status.ACCEPTED, actor=Actor.STAFF, by=BY, now=now)
    incidents.move(
        report=found, to=Status.RESOLVED, actor=Actor.STAFF, by=BY, now=now, reason="repaired"
    )

    told = said()
    assert [event for event, _data in told] == [
        "report.created", "report.updated", "report.closed",
    ]  # fmt: skip
    assert told[1][1]["before"] == "received"
    assert set(told[0][1]) == {
        "reference", "category", "status", "before", "reason", "visibility", "channel",
        "submitted_at", "due_at", "closed_at",
    }  # fmt: skip
    assert told[0][1]["category"] == "nid-de-poule"


@pytest.mark.usefixtures("_told")
def test_a_refused_booking_is_not_told(service, now):
    book(service, now)
    with pytest.raises(actions.SlotTaken):
        book(service, now)

    assert len(said()) == 1
