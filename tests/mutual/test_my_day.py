"""One day over several communes, each read as itself and only by who works there."""

from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from booking.models import Appointment
from mutual.my_day import initials, read_my_day
from tenants.models import Membership
from tests.conftest import login_as, owner
from tests.factories import AppointmentFactory


pytestmark = [pytest.mark.django_db, pytest.mark.public]
DAY = date(2026, 11, 24)


@pytest.fixture
def agent(make_user, commune, other_commune):
    user = make_user("booking_agent", commune=commune)
    with owner():
        Membership.objects.create(user=user, commune=other_commune, role="reader")
    for where, name, hour in ((commune, "Jeanne Dupuy", 9), (other_commune, "Marc Roux", 8)):
        with schema_context(where.schema_name):
            AppointmentFactory(name=name, start=datetime(2026, 11, 24, hour, tzinfo=UTC))
            AppointmentFactory(name=name, start=datetime(2026, 11, 25, hour, tzinfo=UTC))
    return user


def test_two_communes_are_one_day_in_the_order_of_the_clock(agent):
    found = read_my_day(DAY, user_id=agent.pk)

    assert [(f"{each.start:%H:%M}", each.commune, each.initials) for each in found.visits] == [
        ("09:00", "Lacanau", "M. R."),
        ("10:00", "Pauillac", "J. D."),
    ]
    assert found.visits[0].href.startswith("http://lacanau.localhost")
    assert [(place.name, place.count) for place in found.places] == [
        ("Lacanau", 1),
        ("Pauillac", 1),
    ]
    assert connection.schema_name == "public"


def test_the_walls_stand_before_between_and_after(agent):
    read_my_day(DAY, user_id=agent.pk)

    with pytest.raises(ProgrammingError):
        Appointment.objects.count()


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"role": "report_agent"}], ids=["left", "other role"]
)
def test_a_commune_where_she_does_not_receive_is_not_entered(agent, other_commune, change):
    with owner():
        Membership.objects.filter(commune=other_commune).update(**change)

    found = read_my_day(DAY, user_id=agent.pk)

    assert [place.name for place in found.places] == ["Pauillac"]


def test_the_day_costs_the_same_however_many_come(agent, commune):
    asked = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            read_my_day(DAY, user_id=agent.pk)
        asked.append(len(queries))
        with schema_context(commune.schema_name):
            for n in range(9):
                AppointmentFactory(start=datetime(2026, 11, 24, 8, n, tzinfo=UTC))

    assert asked[0] == asked[1]


def test_the_page_shows_initials_and_leads_to_each_commune(agent, settings):
    client = Client(headers={"host": "connexion.localhost"})
    with owner():
        login_as(client, agent, site="login")

    page = client.get("/ma-journee/?jour=2026-11-24").content.decode()

    assert "J.\u00a0D." in page
    assert "Dupuy" not in page
    assert "http://lacanau.localhost:8000/agent/jour/2026-11-24/?rdv=" in page
    assert "/ma-journee/" in client.get("/lieux/").content.decode()


@pytest.mark.parametrize("day", ["", "demain", "9999-12-31", "0001-01-01", "\x00"])
def test_days_nobody_means_are_today(agent, day):
    client = Client(headers={"host": "connexion.localhost"})
    with owner():
        login_as(client, agent, site="login")

    assert client.get("/ma-journee/", {"jour": day}).status_code == 200


def test_what_is_unusual_is_said_beside_who_comes(agent, commune):
    with schema_context(commune.schema_name):
        Appointment.objects.filter(name="Jeanne Dupuy").update(persons=3, status="missed")

    _first, found = read_my_day(DAY, user_id=agent.pk).visits

    assert found.who.startswith("J.\u00a0D., 3 personnes, ")


def test_initials_are_two_letters_at_most():
    assert [initials(name) for name in ("Jeanne Dupuy", "ana", "", "42", "É le B")] == [
        "J. D.", "A.", "–", "–", "É. L.",
    ]  # fmt: skip
