"""Reminders, the question before the day, and the places given back without an answer."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from booking import actions, moving, presence
from booking.misses import MustPhone, must_phone
from booking.models import Appointment, Settings
from parvis.models import OutgoingEmail
from tests.booking.test_actions import book, hold
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 24, 9, tzinfo=PARIS)  # a Tuesday

EASTER = date(2027, 3, 28)


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


@pytest.mark.parametrize(("sunday", "days"), [(date(2026, 10, 25), (1, 9)), (EASTER, (2, 10))])
def test_reminders_come_at_nine_by_the_clock_on_the_wall_when_it_changes(service, sunday, days):
    """Of a day soon after the clock changed, and of one more than a week after it."""
    service.asks_presence = False
    service.save()
    starts = [datetime.combine(sunday + timedelta(days=n), time(9), PARIS) for n in days]
    for number, start in enumerate(starts):
        booked_at = start - timedelta(days=12)
        book(service, booked_at, start=start, email=f"j{number}@example.org")

    moments = [
        datetime.combine(sunday + timedelta(days=day), time(hour), UTC)
        for day in range(-7, 11)
        for hour in (6, 7, 8, 9)
    ]
    sent = [each.astimezone(PARIS) for each in moments if presence.write_to_citizens(now=each)]

    expected = sorted(s.date() - timedelta(days=before) for s in starts for before in (7, 1))
    assert [(each.date(), each.hour) for each in sent] == [(day, 9) for day in expected]


def reminders():
    return OutgoingEmail.objects.waiting().filter(key__startswith="reminder.")


def test_a_reminder_follows_the_appointment_to_its_new_day(booked, service):
    service.asks_presence = False
    service.save()
    assert presence.write_to_citizens(now=local(17, 10)) == 1

    moving.move(appointment=booked, start=START + timedelta(days=14), by=None, now=local(18, 10))

    assert reminders().count() == 0  # it had not left, and says a day that is not hers
    november = [presence.write_to_citizens(now=local(day, 10)) for day in range(18, 31)]
    december = [
        presence.write_to_citizens(now=local(30, 10) + timedelta(days=day)) for day in range(1, 8)
    ]
    assert november == [0] * 13
    assert december == [1, 0, 0, 0, 0, 0, 1]


def test_the_message_about_a_move_within_the_week_is_the_reminder(booked, service):
    service.asks_presence = False
    service.save()

    moving.move(appointment=booked, start=START + timedelta(hours=1), by=None, now=local(20, 10))

    sent = [presence.write_to_citizens(now=local(day, 9)) for day in (20, 21, 22, 23)]
    assert sent == [0, 0, 0, 0]  # the eve is less than three days after it


def test_what_has_not_left_is_called_off_with_the_appointment(booked):
    presence.write_to_citizens(now=local(17, 10))
    OutgoingEmail.objects.filter(key__startswith="reminder.").update(sent_at=local(17, 11))
    presence.write_to_citizens(now=local(22, 10))
    assert OutgoingEmail.objects.filter(key__startswith="presence.").count() == 1

    actions.cancel(appointment=booked, by=None, now=local(22, 11))

    kept = OutgoingEmail.objects.filter(dead_at=None).order_by("pk").values_list("key", flat=True)
    assert [key.partition(".")[0] for key in kept] == ["booked", "reminder", "cancelled"]
    assert presence.write_to_citizens(now=local(23, 10)) == 0


@pytest.mark.parametrize("change", ["cancelled", "moved", "reminded"])
def test_what_changes_between_the_list_and_the_lock_is_noticed(booked, service, change):
    """The worker lists who is to be reminded, then writes to each under its lock."""
    listed = Appointment.objects.get(pk=booked.pk)
    if change == "cancelled":
        actions.cancel(appointment=booked, by=None, now=local(17, 9))
    elif change == "moved":
        later = START + timedelta(hours=1)
        moving.move(appointment=booked, start=later, by=None, now=local(17, 9))
    else:
        presence.write_to_citizens(now=local(17, 10))

    with transaction.atomic():
        assert presence._unchanged(listed, reminded_at=None) is None


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
