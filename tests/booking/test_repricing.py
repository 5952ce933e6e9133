"""A price that changes between the booking and the visit is told once, with the new amount."""

import pytest

from booking import repricing
from booking.models import Appointment, Participant
from parvis.models import OutgoingEmail
from tests.booking.test_presence import book, local
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
SUBJECT = "Le prix du timbre fiscal a changé"


@pytest.fixture
def passport(commune):
    service = ServiceFactory(titles="PASSPORT")
    counter = ResourceFactory(services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[counter])
    return service


@pytest.fixture
def booked(passport):
    return book(passport, local(10, 10), start=local(24, 9), email="j@example.org")


def announce(booked, cents):
    """Make as if another price had been announced."""
    [person] = booked.participants.all()
    lines = person.documents["documents"]
    for line in lines:
        if line["key"] == "tax_stamp":
            line["amount_cents"] = cents
    person.save()


def stamp():
    [person] = Participant.objects.all()
    return next(line for line in person.documents["documents"] if line["key"] == "tax_stamp")


def mails():
    return OutgoingEmail.objects.filter(subject=SUBJECT)


def test_a_new_price_is_told_once_and_kept(booked):
    announce(booked, 7_900)

    assert repricing.tell_new_prices(now=local(11, 3)) == 1
    assert repricing.tell_new_prices(now=local(12, 3)) == 0

    assert stamp()["amount_cents"] == 8_600
    assert "86" in mails().get().body


def test_each_change_is_told(booked):
    for cents, day in ((7_900, 11), (9_900, 12)):
        announce(booked, cents)
        repricing.tell_new_prices(now=local(day, 3))

    assert mails().count() == 2


def test_nobody_is_bothered_when_nothing_changed(booked):
    assert repricing.tell_new_prices(now=local(11, 3)) == 0
    assert not mails().exists()


def test_who_is_cancelled_or_has_come_is_left_alone(booked):
    announce(booked, 7_900)
    assert repricing.tell_new_prices(now=local(25, 3)) == 0

    Appointment.objects.update(status=Appointment.Status.CANCELLED)
    assert repricing.tell_new_prices(now=local(11, 3)) == 0
    assert not mails().exists()
