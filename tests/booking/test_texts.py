"""Whoever leaves a mobile and no e-mail is told by text; everybody is reminded two days before."""

from datetime import UTC, datetime

import pytest

from booking import actions, presence
from booking.models import Appointment
from messaging import gsm
from messaging.actions import decide_texts
from messaging.models import OutgoingText
from parvis.models import OutgoingEmail
from tests.booking.test_actions import book
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def service(settings):
    settings.SMS_GATEWAY = "console"
    decide_texts(is_on=True, reminds=True, sender_name="", monthly_budget=10_000)
    service = ServiceFactory(is_confidential=True, name="Acte de décès")
    counter = ResourceFactory(services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[counter])
    actions.configuration_changed()
    return service


def at(day, hour):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_confirmation_goes_by_text_to_who_left_no_email(service):
    booked = book(service, at(10, 9), start=START, email="", phone="06 12 34 56 78")

    text = OutgoingText.objects.get()
    assert (text.key, text.to) == (f"booked.{booked.pk}.1", "+33612345678")
    assert text.not_after == START
    assert "Mairie de Pauillac : rendez-vous confirmé le mardi 24 novembre 2026" in text.body
    assert "/rdv/" in text.body
    assert "décès" not in text.body
    assert booked.name not in text.body
    assert not gsm.size(text.body).is_wide
    assert text.segments <= 2
    assert not OutgoingEmail.objects.exists()


def test_who_left_an_email_gets_no_text_until_two_days_before(service):
    book(service, at(10, 9), start=START, email="j@example.org", phone="0612345678")
    assert not OutgoingText.objects.exists()

    presence.write_to_citizens(now=at(21, 10))
    assert not OutgoingText.objects.exists()
    presence.write_to_citizens(now=at(22, 10))
    Appointment.objects.update(version=2)  # its link was sent again: nobody is told twice
    presence.write_to_citizens(now=at(22, 11))

    text = OutgoingText.objects.get()
    assert "rappel de votre rendez-vous" in text.body


def test_a_cancelled_appointment_is_not_recalled(service):
    booked = book(service, at(10, 9), start=START, email="", phone="0612345678")
    actions.cancel(appointment=booked, by=None, now=at(11, 9))

    presence.write_to_citizens(now=at(22, 10))

    assert [text.key.split(".")[0] for text in OutgoingText.objects.order_by("pk")] == [
        "booked",
        "cancelled",
    ]


def test_nothing_goes_by_text_where_it_is_off_or_to_a_landline(service):
    book(service, at(10, 9), start=START, email="", phone="05 56 59 12 34")
    assert not OutgoingText.objects.exists()
    decide_texts(is_on=True, reminds=False, sender_name="", monthly_budget=10_000)
    Appointment.objects.update(phone="0612345678")
    presence.write_to_citizens(now=at(22, 10))

    assert not OutgoingText.objects.exists()


def test_a_reminder_that_still_waits_dies_with_its_appointment(service):
    booked = book(service, at(10, 9), start=START, email="j@example.org", phone="0612345678")
    presence.write_to_citizens(now=at(22, 10))
    assert OutgoingText.objects.waiting().count() == 1
    assert OutgoingEmail.objects.waiting().filter(key__startswith="reminder.").count() == 1

    actions.cancel(appointment=booked, by=None, now=at(22, 12))

    assert not OutgoingText.objects.waiting().exists()
    left = OutgoingEmail.objects.waiting().values_list("key", flat=True)
    assert {key.split(".")[0] for key in left} == {"booked", "cancelled"}
