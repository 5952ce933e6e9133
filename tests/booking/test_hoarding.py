"""Robots that take slots to keep or to sell them leave most of them to people."""

import time
from contextlib import suppress
from datetime import timedelta

import pytest

from booking import actions, hoarding, holding, planning
from booking.models import Allocation, Appointment, Service
from booking.people import Person
from booking.presets import USUAL
from parvis import attack, evenly
from tests.conftest import NOW


pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    actions.install_presets(preset=USUAL, site_name="Mairie", address="1 place de la Mairie")
    return Service.objects.get(slug="carte-identite")


def starts(service, now=NOW):
    first = planning.local_day(now)
    found = planning.free(
        service=service, persons=1, first=first, days=15, now=now, online=True
    ).by_day()
    day = max(found, key=lambda each: found[each].bit_count())
    return planning.free(service=service, persons=1, first=day, days=1, now=now, online=True).on(
        day
    )


def hold(service, start, now=NOW):
    return actions.hold_slot(
        service=service, people=[Person()], start=start, language="fr", now=now
    )


def book(service, start, name="Jeanne Dupuy", email="jeanne@example.org", phone="", now=NOW):
    held, token = hold(service, start, now)
    actions.keep_details(appointment=held, name=name, email=email, phone=phone)
    return actions.confirm(appointment=held, token=token, now=now)


def hold_all(service):
    """Hold as much of the best day as can be, as many robots would."""
    taken = 0
    for start in starts(service):
        try:
            hold(service, start)
        except actions.SlotTaken:
            continue
        except hoarding.DayInDemand:
            break
        taken += 1
    return taken


@pytest.fixture
def attacked(commune):
    """Robots are at Pauillac's slots."""
    attack.declare(schema=commune.schema_name, action=attack.HOLD, lasts=timedelta(hours=1))


def test_a_crowd_without_robots_may_hold_all_of_a_day(service):
    assert hold_all(service) > hoarding.ALWAYS_OPEN


def test_open_holds_leave_nine_tenths_of_a_day_free(attacked, service):
    day = planning.local_day(starts(service)[0])
    room = planning.day_capacity(service, day)

    taken = hold_all(service)

    assert taken == max(hoarding.ALWAYS_OPEN, room // 10)
    assert len(starts(service)) > 0
    with pytest.raises(hoarding.DayInDemand):
        hold(service, starts(service)[-1])


def test_another_day_stays_open_and_the_day_opens_again_once_holds_expire(attacked, service):
    hold_all(service)
    crowded = planning.local_day(starts(service)[0])
    others = planning.free(
        service=service, persons=1, first=crowded + timedelta(days=1), days=7, now=NOW, online=True
    )
    assert hold(service, others.first())

    later = NOW + timedelta(minutes=15)
    holding.release_expired(now=later)
    assert hold(service, starts(service, later)[0], later)


def test_nobody_comes_twice_for_the_same_under_one_name(service):
    book(service, starts(service)[0])
    with pytest.raises(hoarding.AlreadyComing):
        book(service, starts(service)[-1], name="dupuy  JEANNE", email="Jeanne@Example.org")

    assert book(service, starts(service)[-1], email="another@example.org")


def test_one_telephone_serves_a_family_of_five_and_no_more(service):
    names = [f"{name} Dupuy" for name in ("Jeanne", "Paul", "Anne", "Luc", "Rose", "Marc")]
    for number, name in enumerate(names[:5]):
        book(service, starts(service)[0], name, email=f"{number}@example.org", phone="0612345678")

    with pytest.raises(hoarding.HouseholdComing):
        book(service, starts(service)[0], names[5], email="", phone="0612345678")
    assert Appointment.objects.filter(status="booked").count() == 5


class TestCancelled:
    """A slot given back while robots wait for it."""

    def test_it_is_free_at_once_when_none_is_about(self, service):
        start = starts(service)[0]
        actions.cancel(appointment=book(service, start), by=None, now=NOW)

        assert start in starts(service)

    def test_under_attack_it_reappears_within_five_to_forty_five_minutes(self, service, commune):
        attack.declare(schema=commune.schema_name, action=attack.HOLD, lasts=timedelta(hours=1))
        actions.cancel(appointment=book(service, starts(service)[0]), by=None, now=NOW)

        hidden = Allocation.objects.get(state="hold").expires_at - NOW
        assert timedelta(minutes=5) <= hidden <= timedelta(minutes=45)
        holding.release_expired(now=NOW + timedelta(minutes=45))
        assert not Allocation.objects.filter(state="hold").exists()

    def test_whoever_cancelled_by_mistake_has_it_again(self, service, commune):
        attack.declare(schema=commune.schema_name, action=attack.HOLD, lasts=timedelta(hours=1))
        cancelled = actions.cancel(appointment=book(service, starts(service)[0]), by=None, now=NOW)

        assert actions.restore(appointment=cancelled, by=None, now=NOW).status == "booked"
        assert list(cancelled.allocations.values_list("state", flat=True)) == ["booked"]


def test_looking_for_a_reference_lasts_as_long_found_or_not(settings):
    settings.EVEN_ANSWER_S = 0.05
    begin = time.perf_counter()
    with suppress(ZeroDivisionError), evenly.evenly():
        raise ZeroDivisionError

    assert time.perf_counter() - begin >= 0.05
