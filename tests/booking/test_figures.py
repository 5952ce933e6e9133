"""What is counted for the commune, and the page and tables that tell it."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta

import pytest

from booking import figures, planning
from booking.actions import configuration_changed
from booking.models import Allocation, Participant, Ticket
from booking.timetable import Closure, Timetable
from parvis.periods import Period, Share
from tests.booking.test_staff import StaffClient
from tests.conftest import login_as, owner
from tests.factories import (
    TUESDAY_NINE,
    AppointmentFactory,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
)


pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
LATER = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def service(commune):
    return ServiceFactory(slug="carte-identite")


@pytest.fixture
def counter(service):
    counter = ResourceFactory(services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[counter])
    configuration_changed()
    return counter


@pytest.fixture
def week():
    return Period(TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=5), planning.zone())


@pytest.fixture
def agent(commune, make_user):
    """A booking agent's browser, which leaves the test in Pauillac's schema."""
    client = StaffClient(commune)
    with owner():
        login_as(client, make_user("booking_agent", commune=commune), site=commune.schema_name)
    return client


def visit(service, counter, minutes=0, **fields):
    fields = {"created_at": TUESDAY_NINE} | fields
    return AppointmentFactory(
        service=service,
        site=counter.site,
        resource=counter,
        start=TUESDAY_NINE + timedelta(minutes=minutes),
        **fields,
    )


def test_visitors_without_appointment_count_in_the_online_share(service, counter, week):
    for minutes, channel in ((0, "online"), (20, "phone"), (40, "walk_in")):
        visit(service, counter, minutes, channel=channel)
    Ticket.objects.create(
        site=counter.site,
        day=TUESDAY,
        number=1,
        created_at=TUESDAY_NINE,
        called_at=TUESDAY_NINE,
        served_at=TUESDAY_NINE,
    )

    known = figures.read(week, service=None, now=LATER)

    assert known.channels == {"online": 1, "phone": 1, "counter": 0, "walk_in": 2}
    assert known.online == Share(1, 4)


def test_misses_are_told_with_the_share_nobody_marked(service, counter, week):
    visit(service, counter, 0, status="honoured")
    visit(service, counter, 20, status="missed")
    visit(service, counter, 40)

    known = figures.read(week, service=None, now=LATER)

    assert known.missed == Share(1, 2)
    assert known.unmarked == Share(1, 3)


def test_a_visit_to_come_is_not_unmarked(service, counter, week):
    visit(service, counter, 0)

    known = figures.read(week, service=None, now=TUESDAY_NINE - timedelta(hours=1))

    assert known.unmarked == Share(0, 0)


def test_a_slot_given_back_and_taken_again_is_reused(service, counter, week):
    given_back = TUESDAY_NINE - timedelta(hours=20)
    visit(service, counter, 0, cancelled=True)
    visit(service, counter, 20, cancelled=True)
    visit(service, counter, 0, created_at=given_back + timedelta(hours=1))
    visit(service, counter, 20, created_at=given_back - timedelta(days=9), status="cancelled",
          cancelled_at=TUESDAY_NINE + timedelta(hours=5))  # fmt: skip

    assert figures.read(week, service=None, now=LATER).reused == Share(1, 2)


def test_the_fill_rate_compares_minutes_taken_and_open_until_yesterday(service, counter, week):
    visit(service, counter, 0)
    opened = 3 * 180  # three mornings of one counter, from Monday to Wednesday

    known = figures.read(week, service=None, now=LATER)

    assert known.filled == Share(20, opened)
    assert figures.read(week, service=service, now=LATER).filled.ratio is None


def test_incomplete_files_tell_which_documents_are_missing(service, counter, week):
    visit(service, counter, 0, outcome="complete")
    visit(service, counter, 20, outcome="incomplete")
    visit(service, counter, 40, outcome="incomplete")
    people = Participant.objects.filter(appointment__outcome="incomplete")
    people.update(missing=["photo"])
    people.filter(pk=people.first().pk).update(missing=["photo", "tax_stamp"])

    known = figures.read(week, service=None, now=LATER)

    assert known.complete == Share(1, 3)
    assert known.missing == [("photo", 2), ("tax_stamp", 1)]


def test_the_delay_is_the_median_between_taking_and_coming(service, counter, week):
    for number, days in enumerate((1, 3, 30)):
        visit(service, counter, 20 * number, created_at=TUESDAY_NINE - timedelta(days=days))

    assert figures.read(week, service=None, now=LATER).delay_days == pytest.approx(3, abs=0.1)


def test_another_service_and_another_time_are_left_out(service, counter, week):
    visit(ServiceFactory(slug="autre"), counter, 0, status="missed")
    visit(service, counter, 60 * 24 * 20, status="missed")

    known = figures.read(week, service=service, now=LATER)

    assert known.missed == Share(0, 0)


def test_the_questions_asked_do_not_depend_on_what_is_held(
    service, counter, week, django_assert_num_queries
):
    planning.current_plan(2026)
    for number in range(9):
        with django_assert_num_queries(8):
            figures.read(week, service=None, now=LATER)
        visit(service, counter, 20 * number, outcome="incomplete")


def test_the_first_and_third_free_starts_are_told_in_days(service, counter):
    Allocation.objects.all().delete()

    (wait,) = figures.soonest([service], now=TUESDAY_NINE - timedelta(days=1))

    assert (wait.first, wait.third) == (0, 0)


def test_closures_and_holidays_are_not_open(commune, counter):
    zone = planning.zone()
    timetable = planning.current_plan(2026).timetable
    shut = Timetable(
        zone=zone,
        openings=timetable.openings,
        closures=(
            Closure(
                datetime.combine(TUESDAY, time(11), zone),
                datetime.combine(TUESDAY, time(20), zone),
            ),
        ),
        holidays=frozenset({TUESDAY + timedelta(days=1)}),
    )

    assert figures.open_minutes(timetable, TUESDAY, TUESDAY + timedelta(days=1)) == 360
    assert figures.open_minutes(shut, TUESDAY, TUESDAY + timedelta(days=1)) == 120


def test_the_page_tells_the_figures_and_their_tables(agent, service, counter):
    visit(service, counter, 0, created_at=TUESDAY_NINE - timedelta(days=3))

    page = agent.get("/agent/chiffres/?du=2026-11-01&au=2026-11-30")

    assert page.status_code == 200
    assert "des rendez-vous pris en ligne" in page.text
    assert "1 sur 1" in page.text.replace("\u00a0", " ")


def test_an_empty_period_says_so(agent, counter):
    assert (
        "Aucun rendez-vous pris" in agent.get("/agent/chiffres/?du=2020-01-01&au=2020-01-31").text
    )


@pytest.mark.parametrize(
    "query",
    [
        "du=hier",
        "du=2026-12-01&au=2026-11-01",
        "du=2000-01-01",
        "demarche=nope",
        "du=%00",
        "au=9999-12-31",
        "du=9999-12-31&au=9999-12-31",
    ],
)
def test_a_period_that_makes_no_sense_is_told(agent, counter, query):
    page = agent.get(f"/agent/chiffres/?{query}")

    assert page.status_code == 422
    assert agent.get(f"/agent/chiffres/visites.csv?{query}").status_code == 404


@pytest.mark.parametrize("day", ["0001-01-02", "0001-01-01", "9999-12-30"])
def test_a_period_at_the_ends_of_the_calendar_is_counted(agent, counter, day):
    assert "Aucun rendez-vous pris" in agent.get(f"/agent/chiffres/?au={day}").text
    assert agent.get(f"/agent/chiffres/visites.csv?au={day}").status_code == 200


@pytest.mark.parametrize(("name", "lines"), [("visites", 1), ("personnes", 3)])
def test_a_table_has_one_line_per_visit_or_person_and_no_name(
    agent, service, counter, name, lines
):
    visit(service, counter, 0, persons=3, name="=Jeanne", created_at=TUESDAY_NINE)

    dates = "du=2026-11-01&au=2026-11-30"

    answer = agent.get(f"/agent/chiffres/{name}.csv?{dates}")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + lines
    assert "Jeanne" not in answer.content.decode()
    assert agent.get(f"/agent/chiffres/{name}.xlsx?{dates}").content[:2] == b"PK"
    assert agent.get(f"/agent/chiffres/{name}.pdf").status_code == 404
