"""What the counter reads of a day, and what the search finds."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import days
from booking.actions import configuration_changed
from booking.models import Appointment, Closure
from booking.offers import offers, spread
from tests.factories import (
    TUESDAY_NINE,
    AppointmentFactory,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
    SiteFactory,
)


pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def service():
    return ServiceFactory()


@pytest.fixture
def counter(service):
    """Open on Tuesdays from 9 h to 12 h."""
    counter = ResourceFactory(services=[service], name="Guichet 1")
    OpeningFactory(resources=[counter])
    return counter


def at(minutes):
    return TUESDAY_NINE + minutes * MINUTES


def visit_at(minutes, counter, service, **fields):
    return AppointmentFactory(
        start=at(minutes), resource=counter, service=service, site=counter.site, **fields
    )


def gaps(day):
    return [
        ((start - TUESDAY_NINE) // MINUTES, (end - TUESDAY_NINE) // MINUTES)
        for column in day.columns
        for start, end in column.gaps
    ]


def test_an_empty_day_is_free_hour_by_hour(counter, now):
    day = days.read_day(TUESDAY, now=now)

    assert gaps(day) == [(0, 60), (60, 120), (120, 180)]
    assert day.visits == ()


def test_what_is_taken_parts_the_free_time(counter, service, now):
    visit_at(20, counter, service)

    day = days.read_day(TUESDAY, now=now)

    assert gaps(day) == [(0, 20), (40, 60), (60, 120), (120, 180)]
    assert [place.visit.appointment.name for place in day.columns[0].taken] == ["Jeanne Dupuy"]


def test_the_past_is_not_free(counter):
    day = days.read_day(TUESDAY, now=at(62))

    assert gaps(day) == [(65, 120), (120, 180)]


def test_a_slot_being_chosen_online_is_taken_without_a_name(counter, service):
    visit_at(0, counter, service, held=True, name="")
    live, over = TUESDAY_NINE - timedelta(hours=24), TUESDAY_NINE - timedelta(hours=1)

    assert [place.visit for place in days.read_day(TUESDAY, now=live).columns[0].taken] == [None]
    assert gaps(days.read_day(TUESDAY, now=live))[0] == (20, 60)
    assert gaps(days.read_day(TUESDAY, now=over))[0] == (0, 60)


def test_a_cancelled_visit_is_still_told_but_its_time_is_free(counter, service, now):
    visit_at(0, counter, service, cancelled=True)

    day = days.read_day(TUESDAY, now=now)

    assert [visit.state for visit in day.visits] == ["cancelled"]
    assert day.standing == ()
    assert gaps(day)[0] == (0, 60)


def test_a_closure_is_not_free(counter, now):
    Closure.objects.create(period=DateTimeTZRange(at(60), at(180)), reason="Formation")
    configuration_changed()

    assert gaps(days.read_day(TUESDAY, now=now)) == [(0, 60)]


def test_a_public_holiday_has_no_counter(counter, now):
    OpeningFactory(weekday=4, resources=[counter])

    assert days.read_day(date(2026, 12, 25), now=now).columns == ()


def test_a_visit_goes_from_expected_to_late_to_waiting(counter, service):
    appointment = visit_at(0, counter, service)
    first = days.read_visit(appointment.reference, now=at(-5))
    late = days.read_visit(appointment.reference, now=at(5))
    Appointment.objects.update(arrived_at=at(5))
    waiting = days.read_visit(appointment.reference, now=at(9))

    assert (first.state, first.is_late) == ("expected", False)
    assert (late.state, late.is_late) == ("expected", True)
    assert (waiting.state, waiting.waited, waiting.is_late) == ("waiting", 4, False)


def test_a_day_goes_from_local_midnight_to_local_midnight(counter, service, now):
    visit_at(-9 * 60, counter, service, name="Minuit")
    visit_at(-9 * 60 - 20, counter, service, name="La veille")

    assert [visit.appointment.name for visit in days.read_day(TUESDAY, now=now).visits] == [
        "Minuit"
    ]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("benali", True),
        ("BÉNALI sa", True),
        ("anne-marie", True),
        ("Anne Marie", True),
        ("dupuy", False),
        ("k7m2-qx4t", True),
        ("K7M2 QX4T", True),
        ("06 12 34", True),
        ("+33 6 12 34 56 78", True),
        ("061299", False),
        ("abcd 123456", True),
        ("%", False),
        ("_", False),
    ],
)
def test_the_search_hears_names_and_numbers(counter, service, now, words, is_found):
    visit_at(
        0, counter, service, name="Anne-Marie Sabine Bénali", reference="K7M2QX4T",
        people=[{"pre_application": "ABCD123456"}],
    )  # fmt: skip

    assert bool(days.find(words, now=now)) is is_found


def test_the_search_tells_those_to_come_first(counter, service):
    for minutes, name in ((0, "Roux hier"), (40, "Roux tôt"), (80, "Roux tard")):
        visit_at(minutes, counter, service, name=name)

    found = days.find("roux", now=at(30))

    assert [visit.appointment.name for visit in found] == ["Roux tôt", "Roux tard", "Roux hier"]


def test_a_search_that_finds_too_many_keeps_those_to_come(counter, service, monkeypatch):
    monkeypatch.setattr(days, "SEARCH_MOST", 2)
    for minutes in (0, 20, 40, 60):
        visit_at(minutes, counter, service, name=f"Roux {minutes}")

    found = days.find("roux", now=at(30))

    assert [visit.appointment.name for visit in found] == ["Roux 40", "Roux 60"]


def test_a_day_gone_by_without_marks_is_to_be_noted(counter, service):
    appointment = visit_at(0, counter, service)

    visit = days.read_visit(appointment.reference, now=at(24 * 60))

    assert (visit.is_unmarked, visit.is_late) == (True, False)


def test_a_day_of_fifty_costs_as_many_queries_as_a_day_of_one(
    counter, service, now, django_assert_num_queries
):
    visit_at(0, counter, service)
    days.read_day(TUESDAY, now=now)

    with django_assert_num_queries(6):
        days.read_day(TUESDAY, now=now)
    for number in range(1, 50):
        visit_at(number * 20, counter, service)
    with django_assert_num_queries(6):
        assert len(days.read_day(TUESDAY, now=now).visits) == 45  # the others are tomorrow


def test_the_first_starts_told_are_an_hour_apart(counter, service, now):
    starts, first = offers(service=service, persons=1, day=None, start=None, now=now)

    assert first == at(0)
    assert [(start - TUESDAY_NINE) / MINUTES for start in starts[:3]] == [0, 60, 120]
    assert {start.date() for start in starts} == {
        TUESDAY, TUESDAY + timedelta(days=7), TUESDAY + timedelta(days=14)
    }  # fmt: skip


def test_another_day_tells_all_its_starts(counter, service, now):
    day = TUESDAY + timedelta(days=6)

    starts, first = offers(service=service, persons=1, day=day, start=None, now=now)

    assert first.date() == TUESDAY + timedelta(days=7)
    assert len(starts) == 9


def test_a_pressed_gap_proposes_its_first_start(counter, service, now):
    visit_at(0, counter, service)

    starts, first = offers(service=service, persons=1, day=None, start=at(65), now=now)

    assert first == at(80)
    assert starts[0] == at(20)


def test_nothing_free_near_looks_farther(counter, service, now):
    Closure.objects.create(period=DateTimeTZRange(now, now + timedelta(days=80)), resource=counter)
    configuration_changed()

    _starts, first = offers(service=service, persons=1, day=None, start=None, now=now)

    assert first.date() == date(2027, 2, 16)


def test_spread_keeps_three_starts_at_most():
    assert len(list(spread(at(20 * n) for n in range(30)))) == 3


def test_two_sites_are_two_columns(service, now):
    sites = [SiteFactory(name="Mairie"), SiteFactory(name="Annexe")]
    OpeningFactory(resources=[ResourceFactory(site=site, services=[service]) for site in sites])

    day = days.read_day(TUESDAY, now=now)

    assert {column.resource.site.name for column in day.columns} == {"Mairie", "Annexe"}
