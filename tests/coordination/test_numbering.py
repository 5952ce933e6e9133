"""A number that turns out wrong after the booking (France Titres contract, 6.4)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from booking import actions, numbering, planning, tasks as booking_tasks
from booking.links import secret_of
from booking.models import Appointment
from booking.people import Person
from coordination import reconcile, rules, tasks, wishes
from coordination.models import Declaration
from coordination.sync import sync
from parvis.models import OutgoingEmail
from tests.booking.settings_client import open_settings
from tests.booking.test_views import Browser


pytestmark = pytest.mark.django_db
WRONG, RIGHT = "INCO7K2M9Q", "A1B2C3D4E5"
PAGE = "/mon-rendez-vous/numeros/"


def booked(service, *numbers, after=12, channel="online"):
    """Book as a citizen whom the State did not answer."""
    now = timezone.now()
    start = planning.free(
        service=service, persons=len(numbers), first=planning.local_day(now) + timedelta(after),
        days=20, now=now, online=True,
    ).first()  # fmt: skip
    taken = actions.book_directly(
        service=service, people=[Person(pre_application=each) for each in numbers], start=start,
        name="Jeanne Dupuy", email="j@example.org", phone="", channel=channel, now=now,
        idempotency_key=uuid4(),
    )  # fmt: skip
    tasks.sweep()
    return taken


@pytest.fixture
def refused(service, state):
    return booked(service, WRONG)


@pytest.fixture
def client(refused):
    browser = Browser(headers={"host": "pauillac.localhost"}, secure=True)
    browser.get(f"/rdv/{secret_of(refused)}")
    return browser


def mails():
    return OutgoingEmail.objects.filter(key__contains="number_refused")


def row():
    return Declaration.objects.current().get(number=WRONG)


def test_she_is_written_to_once_with_a_link_and_until_when(refused):
    assert booking_tasks.follow_numbers() == 1
    assert booking_tasks.follow_numbers() == 0

    (mail,) = mails()
    assert "/rdv/" in mail.body
    assert WRONG not in mail.body
    assert row().correct_by - row().told_at == timedelta(hours=72)


def test_the_deadline_is_never_later_than_48_hours_before(now):
    soon, near = now + timedelta(hours=100), now + timedelta(hours=40)

    assert rules.deadline(starts_at=soon, hours=72, now=now) == soon - timedelta(hours=48)
    assert rules.deadline(starts_at=near, hours=72, now=now) is None


def test_whom_the_town_hall_booked_is_not_written_to(service, state):
    booked(service, WRONG, channel="phone")

    assert booking_tasks.follow_numbers() == 0
    assert not mails().exists()


def test_she_corrects_it_which_is_a_post_of_the_new_number(client, refused, state):
    assert "Corriger le numéro" in client.get("/mon-rendez-vous/").text
    assert WRONG in client.get(PAGE).text

    stopped = client.post(PAGE, {"pre_application-1": "INCO000009"})
    assert stopped.status_code == 422
    assert "n’existe pas" in stopped.text
    done = client.post(PAGE, {"pre_application-1": "a1b2 c3d4e5"})

    assert done.headers["Location"] == "/mon-rendez-vous/"
    tasks.sweep()
    assert len(state.of(RIGHT)) == 1
    assert "Corriger le numéro" not in client.get("/mon-rendez-vous/").text
    assert Appointment.objects.get().numbers == [RIGHT]


def test_an_empty_or_broken_number_is_kept_and_told(client):
    for typed in ("", "123", "\0", "x" * 5000):
        assert client.post(PAGE, {"pre_application-1": typed}).status_code == 422


@pytest.mark.parametrize(("then", "ended", "status"),
                         [("list", 0, "booked"), ("cancel", 1, "cancelled")])  # fmt: skip
def test_at_the_deadline_the_appointment_stays_or_ends_as_the_commune_chose(
    refused, then, ended, status
):
    rules.decide(hours=72, then=then)
    booking_tasks.follow_numbers()
    late = timezone.now() + timedelta(hours=73)

    assert numbering.end_uncorrected(now=late - timedelta(hours=2)) == 0
    assert numbering.end_uncorrected(now=late) == ended
    assert Appointment.objects.get().status == status


def test_only_the_person_with_the_wrong_number_is_taken_out(service, state):
    taken = booked(service, RIGHT, WRONG)
    rules.decide(hours=72, then="cancel")
    booking_tasks.follow_numbers()

    numbering.end_uncorrected(now=timezone.now() + timedelta(hours=73))

    taken.refresh_from_db()
    assert (taken.status, taken.numbers) == ("booked", [RIGHT])


def test_an_agent_corrects_or_removes_a_number_and_is_only_warned(
    service, state, make_user, commune
):
    first = booked(service, RIGHT, after=14)
    second = booked(service, WRONG, after=20)
    desk = open_settings(make_user, commune)
    where = f"/agent/rendez-vous/{second.reference}/"

    assert f"L’État refuse le numéro {WRONG}." in desk.get(where).text
    desk.post(f"{where}numeros/", {"pre_application-1": RIGHT})
    tasks.sweep()

    assert "a un autre rendez-vous" in desk.get(where).text
    assert len(state.of(RIGHT)) == 2
    desk.post(f"{where}numeros/", {"pre_application-1": ""})
    tasks.sweep()
    assert [each.management_url for each in state.of(RIGHT)] == [
        each.management_url
        for each in Declaration.objects.current().filter(appointment=first.reference)
    ]


def test_who_was_not_told_of_the_end_of_her_appointment_keeps_it(refused):
    """What the commune decides holds for numbers that are refused from then on."""
    booking_tasks.follow_numbers()
    rules.decide(hours=72, then="cancel")

    assert numbering.end_uncorrected(now=timezone.now() + timedelta(hours=73)) == 0
    assert Appointment.objects.get().status == "booked"


def test_a_number_refused_once_more_is_told_once_more_with_a_new_deadline(refused, state, line):
    rules.decide(hours=72, then="cancel")
    booking_tasks.follow_numbers()
    late = timezone.now() + timedelta(hours=73)
    state.statuses[WRONG] = "validated"
    wishes.wish_again(declaration=row(), now=late)
    sync(number=WRONG, line=line, now=late)
    state.statuses[WRONG] = "expired"
    reconcile.reconcile(line=line, now=late)
    sync(number=WRONG, line=line, now=late)

    assert row().state == "refused"
    assert numbering.end_uncorrected(now=late) == 0
    assert numbering.ask_for_number(declaration=row(), now=late)
    assert row().correct_by > late
