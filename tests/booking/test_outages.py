"""A station fails: everybody of that time is held other times, and one press takes one."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import actions, moving, outages, presence, read_model, waiting
from booking.models import Allocation, Appointment, Closure, Outage, OutageCase
from parvis.models import OutgoingEmail
from tests.booking.test_actions import AGENT, book
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2026, 11, 24)
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    return datetime(2026, 11, 23, 10, tzinfo=PARIS)


@pytest.fixture
def service(commune):
    return ServiceFactory(minutes=[20, 40], horizon_days=60)


@pytest.fixture
def station(service):
    """Open on Tuesdays from 9 h to 10 h, three places."""
    station = ResourceFactory(name="Station 1", kind="station", services=[service])
    OpeningFactory(resources=[station], end_time="10:00")
    return station


@pytest.fixture(autouse=True)
def right_rows(commune, station, now):
    """What is free is written as it is, after whatever was done."""
    read_model.refresh_all(now=now)
    yield
    assert read_model.wrong_rows(now=now) == []


def fail(station, now, *, day=TUESDAY, **changes):
    wish = {
        "period": DateTimeTZRange(
            datetime(day.year, day.month, day.day, tzinfo=PARIS),
            datetime(day.year, day.month, day.day + 1, tzinfo=PARIS),
        ),
        "site": None,
        "resource": station,
        "reason": "Lecteur d’empreintes en panne",
        "by": AGENT,
        "idempotency_key": uuid.uuid4(),
    } | changes
    return outages.report(now=now, **wish)


def ask(outage, now, **changes):
    return outages.propose(outage=outage, by=AGENT, now=now, **changes)


def starts_for(appointment, now):
    return [each.start for each in outages.proposals_of(appointment, now=now)]


def last_mail():
    return OutgoingEmail.objects.order_by("pk").last()


@pytest.fixture
def jeanne(service, station, now):
    return book(service, now, name="Jeanne Dupuy", email="jeanne@example.org")


def test_an_outage_closes_the_station_and_cancels_nothing(service, station, jeanne, now):
    outage = fail(station, now)

    assert Closure.objects.get().reason == "Lecteur d’empreintes en panne"
    assert [case.appointment for case in outage.cases.open()] == [jeanne]
    jeanne.refresh_from_db()
    assert jeanne.status == "booked"
    with pytest.raises(actions.SlotTaken):
        book(service, now, start=TUESDAY_NINE + 20 * MINUTE)


def test_the_same_form_sent_twice_makes_one_outage(station, jeanne, now):
    key = uuid.uuid4()

    assert fail(station, now, idempotency_key=key) == fail(station, now, idempotency_key=key)

    assert Closure.objects.count() == Outage.objects.count() == OutageCase.objects.count() == 1


def test_three_times_of_three_days_are_held_for_one_person_only(service, station, jeanne, now):
    outage = fail(station, now)

    assert ask(outage, now) == 1

    assert starts_for(jeanne, now) == [TUESDAY_NINE + n * WEEK for n in (1, 2, 3)]
    for start in starts_for(jeanne, now):
        with pytest.raises(actions.SlotTaken):
            book(service, now, start=start)
    mail = last_mail()
    assert mail.to == ["jeanne@example.org"]
    assert "Lecteur d’empreintes en panne" in mail.body
    assert "/propositions/" in mail.body
    assert "mardi 1er\u00a0décembre 2026 à 9\u00a0h" in mail.body
    assert [each.kind for each in jeanne.events.all()] == ["booked", "proposed"]


def test_asking_twice_asks_nobody_twice(station, jeanne, now):
    outage = fail(station, now)
    ask(outage, now)

    assert ask(outage, now) == 0
    assert ask(outage, now + 5 * MINUTE, again=True) == 0

    assert Appointment.objects.filter(status="held").count() == 3


def test_who_can_be_received_elsewhere_at_her_time_is_not_disturbed(service, station, jeanne, now):
    other = ResourceFactory(name="Station 2", site=station.site, services=[service])
    OpeningFactory(resources=[other], end_time="10:00")
    outage = fail(station, now)
    mails = OutgoingEmail.objects.count()

    assert ask(outage, now) == 0

    assert Allocation.objects.get(appointment=jeanne).resource == other
    assert outage.cases.get().reseated_at == now
    assert OutgoingEmail.objects.count() == mails
    assert outages.open_case(jeanne) is None


def test_another_site_is_no_place_to_send_somebody_without_asking(service, station, jeanne, now):
    far = ResourceFactory(services=[service])
    OpeningFactory(resources=[far], end_time="10:00")
    outage = fail(station, now)

    assert ask(outage, now) == 1

    assert Allocation.objects.get(appointment=jeanne).resource == station


def test_one_press_moves_her_there_and_gives_the_others_back(service, station, jeanne, now):
    outage = fail(station, now)
    ask(outage, now)
    reference, token = jeanne.reference, jeanne.token_hash

    moved = outages.accept(
        appointment=jeanne, start=TUESDAY_NINE + WEEK, by=None, now=now + MINUTE
    )

    assert (moved.start, moved.reference, moved.token_hash) == (
        TUESDAY_NINE + WEEK, reference, token,
    )  # fmt: skip
    assert Appointment.objects.count() == 1
    assert not outage.cases.open().exists()
    assert "Rendez-vous déplacé" in last_mail().subject
    assert book(service, now, start=TUESDAY_NINE + 2 * WEEK)


def test_a_second_press_changes_nothing(station, jeanne, now):
    ask(fail(station, now), now)
    first = outages.accept(appointment=jeanne, start=TUESDAY_NINE + WEEK, by=None, now=now)
    mails = OutgoingEmail.objects.count()

    again = outages.accept(appointment=jeanne, start=TUESDAY_NINE + WEEK, by=None, now=now)

    assert again.version == first.version
    assert OutgoingEmail.objects.count() == mails


def test_another_of_the_times_cannot_be_pressed_after_one_was_taken(station, jeanne, now):
    ask(fail(station, now), now)
    outages.accept(appointment=jeanne, start=TUESDAY_NINE + WEEK, by=None, now=now)

    with pytest.raises(outages.ProposalGone):
        outages.accept(appointment=jeanne, start=TUESDAY_NINE + 2 * WEEK, by=None, now=now)


def test_a_time_that_was_not_proposed_cannot_be_taken(station, jeanne, now):
    ask(fail(station, now), now)

    with pytest.raises(outages.ProposalGone):
        outages.accept(
            appointment=jeanne, start=TUESDAY_NINE + WEEK + 20 * MINUTE, by=None, now=now
        )


def test_after_a_day_the_times_are_free_again_and_she_keeps_her_appointment(
    service, station, jeanne, now
):
    ask(fail(station, now), now)
    late = now + timedelta(hours=24)

    assert starts_for(jeanne, late) == []
    with pytest.raises(outages.ProposalGone):
        outages.accept(appointment=jeanne, start=TUESDAY_NINE + WEEK, by=None, now=late)
    assert book(service, late, start=TUESDAY_NINE + WEEK)
    assert outages.open_case(jeanne).proposed_at == now


def test_who_has_not_answered_is_held_new_times(station, jeanne, now):
    outage = fail(station, now)
    ask(outage, now)
    late = now + timedelta(hours=25)

    assert ask(outage, late, again=True) == 1

    assert len(starts_for(jeanne, late)) == 3
    assert outage.cases.get().held_until > late
    assert OutgoingEmail.objects.filter(subject__startswith="À changer").count() == 2


def test_a_reminder_before_the_end_keeps_the_same_times(station, jeanne, now):
    outage = fail(station, now)
    ask(outage, now)
    before = starts_for(jeanne, now)

    assert ask(outage, now + timedelta(hours=3), again=True) == 1

    assert starts_for(jeanne, now) == before
    assert Appointment.objects.filter(status="held").count() == 3


def test_nothing_is_proposed_that_leaves_no_time_to_answer(service, station, jeanne, now):
    OpeningFactory(weekday=0, resources=[station], start_time="12:00", end_time="16:00")
    actions.configuration_changed()
    read_model.refresh_all(now=now)

    ask(fail(station, now), now)

    first = starts_for(jeanne, now)[0].astimezone(PARIS)
    assert (first.date(), first.hour) == (date(2026, 11, 23), 15)
    held = outages.proposals_of(jeanne, now=now).first()
    assert held.held_until == held.start - outages.BEFORE


def test_without_any_free_time_she_is_told_all_the_same(service, station, jeanne, now):
    actions.configuration_changed()
    station.openings.update(valid_to=TUESDAY)
    actions.configuration_changed()
    read_model.refresh_all(now=now)

    assert ask(fail(station, now), now) == 1

    assert starts_for(jeanne, now) == []
    assert "autre créneau, ou annulez" in last_mail().body


def test_who_moves_by_herself_gives_back_what_was_held(service, station, jeanne, now):
    outage = fail(station, now)
    ask(outage, now)
    moving.move(appointment=jeanne, start=TUESDAY_NINE + WEEK + 20 * MINUTE, by=None, now=now)

    assert outages.release_answered(now=now) == 3

    assert not outage.cases.open().exists()
    assert book(service, now, start=TUESDAY_NINE + WEEK)
    assert outages.release_answered(now=now) == 0


def test_once_repaired_who_has_not_moved_keeps_her_appointment_and_is_told(
    service, station, jeanne, now
):
    paul = book(service, now, start=TUESDAY_NINE + 20 * MINUTE, email="paul@example.org")
    silent = book(service, now, start=TUESDAY_NINE + 40 * MINUTE)
    outage = fail(station, now)
    ask(outage, now)
    gone = outages.proposals_of(paul, now=now).first().start
    outages.accept(appointment=paul, start=gone, by=None, now=now)

    outages.repair(outage=outage, by=AGENT, now=now + MINUTE)
    outages.repair(outage=outage, by=AGENT, now=now + MINUTE)

    assert not Closure.objects.exists()
    assert not Appointment.objects.filter(status="held").exists()
    told = OutgoingEmail.objects.filter(subject__contains="maintenu")
    assert [mail.to for mail in told] == [["jeanne@example.org"]]
    for each, start in ((jeanne, TUESDAY_NINE), (silent, TUESDAY_NINE + 40 * MINUTE)):
        each.refresh_from_db()
        assert (each.status, each.start) == ("booked", start)
    paul.refresh_from_db()
    assert paul.start == gone
    assert book(service, now, start=TUESDAY_NINE + 20 * MINUTE)


def test_of_two_outages_the_repair_of_one_leaves_the_other(station, jeanne, now):
    first = fail(station, now)
    second = fail(None, now, site=station.site)
    ask(first, now)

    outages.repair(outage=first, by=AGENT, now=now)

    assert outages.open_case(jeanne).outage == second
    assert len(starts_for(jeanne, now)) == 3
    assert not OutgoingEmail.objects.filter(subject__contains="maintenu").exists()


def test_a_closure_of_the_settings_is_followed_in_the_same_way_once(station, jeanne, now):
    closure = Closure.objects.create(
        period=DateTimeTZRange(TUESDAY_NINE - 60 * MINUTE, TUESDAY_NINE + 60 * MINUTE),
        site=station.site,
    )
    actions.configuration_changed()
    read_model.refresh_all(now=now)

    outage = outages.follow(closure=closure, by=AGENT, now=now)

    assert outages.follow(closure=closure, by=AGENT, now=now) == outage
    assert ask(outage, now) == 1
    assert len(starts_for(jeanne, now)) == 3


def test_nobody_is_reminded_to_come_where_she_cannot_be_received(service, station, jeanne, now):
    before = now - timedelta(days=3)
    Appointment.objects.filter(pk=jeanne.pk).update(booked_at=before)
    fail(station, now)
    mails = OutgoingEmail.objects.count()

    assert presence.write_to_citizens(now=now) == 0
    assert OutgoingEmail.objects.count() == mails


def test_the_waiting_list_is_not_offered_what_is_held(service, station, jeanne, now):
    ask(fail(station, now), now)
    held = set(starts_for(jeanne, now))

    assert waiting.serve(now=now) == 0
    assert set(starts_for(jeanne, now)) == held
