"""Reminders, the question before the day, and the places given back without an answer."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking import actions, presence
from booking.misses import MustPhone, must_phone
from booking.models import Appointment, Settings
from parvis.models import OutgoingEmail
from tests.booking.test_actions import book, hold
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 24, 9, tzinfo=PARIS)  # a Tuesday


def local(day, hour):
    return datetime(2026, 11, day, hour, tzinfo=PARIS)


@pytest.fixture
def service(commune):
    service = ServiceFactory(asks_presence=True)
    counter = ResourceFactory(services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[counter])
    actions.configuration_changed()
    return service


@pytest.fixture
def booked(service):
    return book(service, local(10, 10), start=START, email="j@example.org")


def last():
    return OutgoingEmail.objects.order_by("pk").last()


def test_two_days_before_she_is_asked_once_and_told_until_when(booked):
    assert presence.write_to_citizens(now=local(21, 10)) == 1  # the reminder of the week
    presence.write_to_citizens(now=local(22, 10))
    presence.write_to_citizens(now=local(22, 11))

    booked.refresh_from_db()
    assert booked.presence_asked_at == local(22, 10)
    assert "Viendrez-vous" in last().subject
    assert "lundi 23\u00a0novembre 2026 à 12\u00a0h" in last().body
    assert OutgoingEmail.objects.filter(subject__startswith="Viendrez").count() == 1


def test_who_answers_keeps_her_place(booked):
    presence.write_to_citizens(now=local(22, 10))

    presence.confirm_presence(appointment=booked, now=local(22, 12))

    assert presence.give_back_unanswered(now=local(23, 13)) == 0
    assert [event.kind for event in booked.events.all()] == ["booked", "present"]


def test_a_place_nobody_answered_for_is_given_back_at_noon(booked, service):
    presence.write_to_citizens(now=local(22, 10))
    assert presence.give_back_unanswered(now=local(23, 11)) == 0

    assert presence.give_back_unanswered(now=local(23, 13)) == 1

    booked.refresh_from_db()
    assert (booked.status, booked.cancel_reason) == ("cancelled", "unanswered")
    assert "rendue" in last().subject
    hold(service, local(23, 14), start=START)


def test_a_place_given_back_is_taken_again_with_one_press(booked):
    presence.write_to_citizens(now=local(22, 10))
    presence.give_back_unanswered(now=local(23, 13))

    actions.restore(appointment=booked, by=None, now=local(23, 14))

    booked.refresh_from_db()
    assert booked.status == "booked"
    assert presence.give_back_unanswered(now=local(23, 15)) == 0


def test_a_place_of_a_service_that_does_not_ask_is_never_given_back(booked, service):
    service.asks_presence = False
    service.save()

    presence.write_to_citizens(now=local(22, 10))

    assert presence.give_back_unanswered(now=local(23, 13)) == 0
    assert Appointment.objects.get().status == "booked"


def test_the_documents_are_repeated_a_week_before_and_on_the_eve(booked, service):
    service.asks_presence = False
    service.save()
    sent = [presence.write_to_citizens(now=local(day, 10)) for day in range(15, 24)]

    assert sent == [0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert "Photo d’identité" in last().body


def test_nothing_is_sent_at_night_or_to_who_has_just_booked(booked, service):
    assert presence.write_to_citizens(now=local(22, 3)) == 0
    book(service, local(22, 9), start=START + timedelta(minutes=20), email="p@example.org")

    assert presence.write_to_citizens(now=local(22, 10)) == 2  # the first one only


def test_after_too_many_absences_only_the_phone_is_left(service, booked):
    Settings.objects.update(misses_allowed=0)
    now = local(26, 10)
    assert not must_phone(email="j@example.org", phone="", now=now)
    Appointment.objects.update(status="missed")

    assert must_phone(email="J@example.org", phone="", now=now)
    assert not must_phone(email="other@example.org", phone="", now=now)
    assert not must_phone(email="j@example.org", phone="", now=now + timedelta(days=400))


def test_a_commune_that_sets_no_limit_bears_everything(booked):
    Appointment.objects.update(status="missed")

    assert not must_phone(email="j@example.org", phone="", now=local(26, 10))


def test_who_must_phone_cannot_confirm_online(service, booked):
    Settings.objects.update(misses_allowed=0)
    Appointment.objects.update(status="missed")
    held, token = hold(service, local(26, 10), start=START + timedelta(days=7))
    actions.keep_details(appointment=held, name="Jeanne", email="j@example.org", phone="")

    with pytest.raises(MustPhone):
        actions.confirm(appointment=held, token=token, now=local(26, 10))
