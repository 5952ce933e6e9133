"""What the commune's configuration and its appointments leave free."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from booking import actions, alternatives, planning
from booking.models import Closure, Opening, Service, Settings
from booking.presets import CARD, USUAL
from tests.factories import (
    TUESDAY_NINE,
    AppointmentFactory,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
)


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def counter():
    return ResourceFactory(services=[ServiceFactory()])


@pytest.fixture
def service(counter):
    OpeningFactory(resources=[counter])
    return counter.services.get()


def starts(service, now, *, first=TUESDAY, days=1, persons=1, online=True):
    found = planning.free(
        service=service, persons=persons, first=first, days=days, now=now, online=online
    )
    return [start.strftime("%H:%M") for start in found.starts()]


def reason(service, day, now):
    (each,) = planning.open_days(
        service=service, persons=1, first=day, days=1, now=now, online=True
    )
    return each.note


def test_a_question_costs_two_queries_once_configuration_is_known(service, now):
    starts(service, now)

    with CaptureQueriesContext(connection) as context:
        starts(service, now, days=60)

    assert len(context) == 2


def test_an_appointment_hides_its_own_start_only(service, counter, now):
    AppointmentFactory(service=service, resource=counter)

    assert starts(service, now)[0] == "09:20"


def test_a_cancelled_appointment_hides_nothing(service, counter, now):
    AppointmentFactory(service=service, resource=counter, cancelled=True)

    assert starts(service, now)[0] == "09:00"


def test_more_persons_never_have_more_starts(service, now):
    for fewer, more in ((1, 2), (2, 3)):
        assert set(starts(service, now, persons=more)) <= set(starts(service, now, persons=fewer))


def test_citizens_are_held_to_the_notice_and_agents_are_not(service):
    now = TUESDAY_NINE

    assert starts(service, now)[0] == "11:00"
    assert starts(service, now, online=False)[0] == "09:00"


def test_citizens_see_no_farther_than_the_horizon(service, now):
    far = TUESDAY + timedelta(days=63)

    assert not starts(service, now, first=far)
    assert reason(service, far, now) == "Pas encore ouvert à la réservation"
    assert starts(service, now, first=far, online=False)


def test_a_new_opening_is_seen_as_soon_as_configuration_changes(service, counter, now):
    assert not starts(service, now, first=date(2026, 11, 25))

    OpeningFactory(weekday=2, resources=[counter])

    assert starts(service, now, first=date(2026, 11, 25))


def test_a_resource_out_of_service_serves_nobody(service, counter, now):
    counter.active = False
    counter.save()
    actions.configuration_changed()

    assert not starts(service, now)


def test_a_service_that_nothing_serves_has_no_start(now):
    assert not starts(ServiceFactory(), now)


def test_a_commune_without_configuration_offers_nothing(now):
    Settings.objects.all().delete()

    assert not starts(ServiceFactory(), now)


def test_a_closure_of_one_counter_leaves_the_other(service, counter, now):
    OpeningFactory(resources=[ResourceFactory(services=[service])])
    Closure.objects.create(
        period=(TUESDAY_NINE, TUESDAY_NINE + timedelta(days=1)), resource=counter
    )
    actions.configuration_changed()

    assert starts(service, now)[0] == "09:00"


def test_days_say_why_nobody_is_received(now):
    actions.install_presets(preset=USUAL, site_name="Mairie")
    service = Service.objects.get(slug=CARD.slug)
    begin = datetime(2026, 12, 3, tzinfo=PARIS)
    Closure.objects.create(period=(begin, begin + timedelta(days=1)), reason="Inventaire")
    actions.configuration_changed()

    assert reason(service, date(2026, 12, 3), now) == "Fermé\u00a0: Inventaire"
    assert reason(service, date(2026, 12, 25), now) == "Jour férié\u00a0: Noël"
    assert reason(service, date(2026, 11, 29), now) == "Fermé"
    assert reason(service, date(2026, 11, 24), now) == ""


def test_a_full_day_is_said_to_be_full(service, counter, now):
    for n in range(9):
        AppointmentFactory(
            service=service, resource=counter, start=TUESDAY_NINE + timedelta(minutes=20 * n)
        )

    assert reason(service, TUESDAY, now) == "Complet"


def test_the_same_wall_times_are_offered_before_and_after_clocks_change(counter, now):
    opening = OpeningFactory(resources=[counter], weekday=6)
    Opening.objects.filter(pk=opening.pk).update(start_time="09:00", end_time="12:00")
    actions.configuration_changed()
    service = counter.services.get()
    now = datetime(2027, 3, 20, tzinfo=UTC)

    before = starts(service, now, first=date(2027, 3, 21))
    after = starts(service, now, first=date(2027, 3, 28))

    assert before == after
    assert before[0] == "09:00"


def test_units_are_chosen_for_an_even_load(counter, now):
    service = counter.services.get()
    other = ResourceFactory(services=[service])
    OpeningFactory(resources=[other, counter])
    AppointmentFactory(service=service, resource=counter, start=TUESDAY_NINE)
    start = TUESDAY_NINE + timedelta(minutes=40)

    chosen = planning.choose(service=service, persons=1, start=start, now=now, online=True)

    assert chosen == (other.pk,)


def test_alternatives_are_the_closest_ones_of_any_day(service, counter, now):
    for n in range(8):
        AppointmentFactory(
            service=service, resource=counter, start=TUESDAY_NINE + timedelta(minutes=20 * n)
        )

    found = alternatives.nearest(service=service, persons=1, start=TUESDAY_NINE, now=now)

    assert [each.astimezone(PARIS).strftime("%d %H:%M") for each in found] == [
        "24 11:40",
        "01 09:00",
        "01 09:20",
    ]


def test_a_closed_site_closes_the_day_when_nothing_else_is_open(service, counter, now):
    midnight = datetime(2026, 11, 24, tzinfo=PARIS)
    Closure.objects.create(
        period=(midnight, midnight + timedelta(days=1)), site=counter.site, reason="Travaux"
    )
    actions.configuration_changed()

    assert planning.closed_reason(TUESDAY) == "Fermé\u00a0: Travaux"
    assert planning.closed_reason(TUESDAY, service=service) == "Fermé\u00a0: Travaux"

    OpeningFactory(resources=[ResourceFactory(services=[service])])

    assert planning.closed_reason(TUESDAY) == ""


def test_two_communes_share_no_configuration(service, other_commune, now):
    assert starts(service, now)

    connection.set_tenant(other_commune)

    assert planning.closed_reason(TUESDAY) == "Fermé"


def test_reasons_follow_the_language_of_the_reader(service, now):
    with translation.override("en"):
        assert reason(service, date(2026, 12, 25), now)
