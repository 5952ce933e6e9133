"""What a commune configures beyond weekly hours, from the database to the free starts."""

import dataclasses
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions, alternatives, planning, reasons
from booking.diagnosis import Finding, Reason
from booking.models import (
    Allocation,
    Appointment,
    Closure,
    Opening,
    OpeningOverride,
    ServiceNeed,
)
from booking.openings import OpeningRule
from booking.people import Person
from booking.plans import rule_of
from tests.factories import (
    TUESDAY_NINE,
    AppointmentFactory,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
    SiteFactory,
)


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2026, 11, 24)
NEXT = TUESDAY + timedelta(weeks=1)


def configure(opening: Opening, **fields) -> None:
    Opening.objects.filter(pk=opening.pk).update(**fields)
    actions.configuration_changed()


def starts(service, now, *, first=TUESDAY, days=1, online=True, resident=False, length=None):
    found = planning.free(
        service=service,
        persons=1,
        first=first,
        days=days,
        now=now,
        online=online,
        resident=resident,
        length=length,
    )
    return [start.strftime("%d %H:%M") for start in found.starts()]


def days_open(service, now, *, weeks: int = 6) -> list[str]:
    found = planning.free(
        service=service, persons=1, first=TUESDAY, days=7 * weeks, now=now, online=False
    )
    return [day.strftime("%d/%m") for day, bits in found.by_day().items() if bits]


def explain(service, now, *, first=TUESDAY, **more):
    (day,) = planning.explain(
        service=service, **{"persons": 1, "first": first, "days": 1, "now": now} | more
    )
    return day


@pytest.fixture
def service():
    return ServiceFactory()


@pytest.fixture
def counter(service):
    return ResourceFactory(services=[service], name="Guichet 1")


@pytest.fixture
def opening(counter):
    return OpeningFactory(resources=[counter])


@pytest.fixture
def titles():
    """Deposit takes a station and an agent; one site has both, with two agents."""
    service = ServiceFactory()
    site = SiteFactory()
    station = ResourceFactory(services=[service], site=site, kind="station")
    agents = ResourceFactory.create_batch(2, services=[service], site=site, kind="agent")
    ServiceNeed.objects.create(service=service, kind="station")
    ServiceNeed.objects.create(service=service, kind="agent")
    OpeningFactory(resources=[station, *agents])
    return service


# Resources together.


def test_a_service_takes_all_that_it_needs(titles, now):
    held, _token = actions.hold_slot(
        service=titles, people=[Person()], start=TUESDAY_NINE, language="fr", now=now
    )

    taken = Allocation.objects.filter(appointment=held).order_by("resource_id")
    assert [row.resource.kind for row in taken] == ["station", "agent"]
    assert len({(row.period.lower, row.period.upper) for row in taken}) == 1


def test_one_station_and_two_agents_receive_one_person_at_a_time(titles, now):
    actions.hold_slot(
        service=titles, people=[Person()], start=TUESDAY_NINE, language="fr", now=now
    )

    assert starts(titles, now)[0] == "24 09:20"
    with pytest.raises(actions.SlotTaken):
        actions.hold_slot(
            service=titles, people=[Person()], start=TUESDAY_NINE, language="fr", now=now
        )


def test_a_station_out_of_service_leaves_no_slot_although_agents_are_free(titles, now):
    titles.resources.filter(kind="station").update(active=False)
    actions.configuration_changed()

    assert not starts(titles, now)
    assert explain(titles, now).reason == Reason.MISSING
    assert "station biométrique" in explain(titles, now).words


def test_resources_of_two_sites_never_serve_one_appointment(service, now):
    for kind in ("station", "agent"):
        ServiceNeed.objects.create(service=service, kind=kind)
    here = ResourceFactory(services=[service], kind="station")
    there = ResourceFactory(services=[service], kind="agent", site=SiteFactory(name="Annexe"))
    OpeningFactory(resources=[here, there])

    assert not starts(service, now)
    assert "même endroit" in explain(service, now).words

    OpeningFactory(
        resources=[here, ResourceFactory(services=[service], kind="agent", site=here.site)]
    )

    assert len(starts(service, now)) == 9


def test_a_need_of_two_takes_two(service, now):
    ServiceNeed.objects.create(service=service, kind="counter", count=2)
    OpeningFactory(resources=ResourceFactory.create_batch(1, services=[service]))

    assert not starts(service, now)

    first, second = ResourceFactory.create_batch(2, services=[service], site=SiteFactory())
    OpeningFactory(resources=[first, second])

    chosen = planning.choose(service=service, persons=1, start=TUESDAY_NINE, now=now, online=True)
    assert chosen == (first.pk, second.pk)


# When a rule comes back.


def test_openings_come_back_as_configured(service, opening, now):
    assert days_open(service, now) == ["24/11", "01/12", "08/12", "15/12", "22/12", "29/12"]

    configure(opening, every_weeks=2, valid_from=TUESDAY)
    assert days_open(service, now) == ["24/11", "08/12", "22/12"]

    configure(opening, every_weeks=1, week_of_month=-1)
    assert days_open(service, now) == ["24/11", "29/12"]

    configure(opening, week_of_month=None, school=Opening.School.TERM)
    assert days_open(service, now) == ["24/11", "01/12", "08/12", "15/12"]

    configure(opening, school=Opening.School.HOLIDAYS)
    assert days_open(service, now) == ["22/12", "29/12"]
    assert explain(service, now).reason == Reason.SCHOOL


def test_editing_one_occurrence_leaves_the_others(service, counter, opening, now):
    change = OpeningOverride.objects.create(
        opening=opening, day=TUESDAY, start_time=time(14), end_time=time(15)
    )
    actions.configuration_changed()

    assert starts(service, now) == ["24 14:00", "24 14:20", "24 14:40"]
    assert starts(service, now, first=NEXT)[0] == "01 09:00"

    other = ResourceFactory(services=[service])
    change.resources.add(other)
    actions.configuration_changed()
    at_two = datetime(2026, 11, 24, 14, tzinfo=PARIS)

    assert planning.choose(service=service, persons=1, start=at_two, now=now, online=True) == (
        other.pk,
    )


def test_a_cancelled_occurrence_says_why(service, opening, now):
    OpeningOverride.objects.create(opening=opening, day=TUESDAY, reason="formation")
    actions.configuration_changed()

    assert not starts(service, now)
    assert explain(service, now).words == "La plage de ce jour est annulée\u00a0: formation."


def test_an_opening_is_for_the_services_it_names(service, counter, opening, now):
    other = ServiceFactory()
    counter.services.add(other)
    opening.services.add(other)
    actions.configuration_changed()

    assert not starts(service, now)
    assert starts(other, now)
    assert explain(service, now).reason == Reason.NO_OPENING


def test_a_closed_site_leaves_the_other_open(service, counter, opening, now):
    annexe = ResourceFactory(services=[service], site=SiteFactory(name="Annexe"))
    Closure.objects.create(
        period=(TUESDAY_NINE, TUESDAY_NINE + timedelta(days=1)),
        site=counter.site,
        reason="Inondation",
    )
    actions.configuration_changed()

    assert not starts(service, now)
    assert explain(service, now).words == "Fermeture\u00a0: Inondation."

    OpeningFactory(resources=[annexe])

    assert starts(service, now)[0] == "24 09:00"


def test_an_opening_that_ends_before_it_begins_is_never_open(service, opening, now):
    configure(opening, valid_from=NEXT, valid_to=TUESDAY)

    assert not starts(service, now, first=NEXT)


# What binds citizens.


def test_citizens_stop_at_the_quota_and_the_counter_goes_on(service, counter, opening, now):
    configure(opening, quota=2)
    at_once = {"service": service, "resource": counter}
    AppointmentFactory(**at_once)
    AppointmentFactory(**at_once, start=TUESDAY_NINE + timedelta(minutes=20), cancelled=True)
    AppointmentFactory(**at_once, start=TUESDAY_NINE + timedelta(minutes=40), channel="phone")

    assert starts(service, now)[0] == "24 09:20"

    AppointmentFactory(**at_once, start=TUESDAY_NINE + timedelta(minutes=60), held=True)
    late = now - timedelta(hours=9)

    assert not starts(service, late)
    assert starts(service, late, online=False)
    assert starts(service, late, first=NEXT)
    assert explain(service, late).reason == Reason.QUOTA
    assert planning.choose(
        service=service,
        persons=1,
        start=TUESDAY_NINE + timedelta(minutes=20),
        now=late,
        online=True,
    ) is None  # fmt: skip


def test_nothing_is_released_too_early(service, opening, now):
    configure(opening, release_days=3, release_time=time(9))

    assert starts(service, now, online=False, first=NEXT)
    assert not starts(service, now, first=NEXT)
    words = explain(service, now, first=NEXT).words.replace("\u00a0", " ")
    assert words == (
        "Les créneaux de ce jour s’ouvriront en ligne le samedi 28 novembre 2026 à 9 h."
    )
    (day,) = planning.open_days(
        service=service, persons=1, first=NEXT, days=1, now=now, online=True
    )
    assert day.note.replace("\u00a0", " ").startswith("Réservable à partir du samedi 28 novembre")


def test_residents_come_first(service, opening, now):
    configure(opening, residents_days=3)
    monday = NEXT - timedelta(days=1)

    assert not starts(service, now, first=NEXT)
    assert starts(service, now, first=NEXT, resident=True)
    assert starts(service, datetime(2026, 11, 28, tzinfo=PARIS), first=NEXT)
    assert explain(service, now, first=NEXT).reason == Reason.RESIDENTS
    assert explain(service, now, first=NEXT, resident=True).count == 9
    assert monday.weekday() == 0


def test_a_resident_holds_what_is_kept_for_residents(service, opening, now):
    configure(opening, residents_days=3)
    wish = {
        "service": service,
        "people": [Person()],
        "start": TUESDAY_NINE + timedelta(weeks=1),
        "language": "fr",
        "now": now,
    }

    with pytest.raises(actions.SlotTaken):
        actions.hold_slot(**wish)
    held, _token = actions.hold_slot(**wish, is_resident=True)

    assert held.status == Appointment.Status.HELD


# Explanations.


def test_a_day_with_starts_needs_no_explanation(service, opening, now):
    day = explain(service, now)

    assert (day.count, day.reason, day.words) == (9, None, "")
    assert day.first == TUESDAY_NINE


def test_each_empty_day_is_explained(service, counter, opening, now):
    def words(first: date, **more) -> str:
        return explain(service, now, first=first, **more).words

    assert words(date(2026, 11, 25)) == "Aucune plage d’ouverture pour cette démarche ce jour-là."
    assert words(date(2026, 12, 25)) == "Jour férié\u00a0: Noël."
    assert words(date(2026, 11, 17)) == "Les heures d’ouverture sont passées."
    assert words(date(2027, 2, 2)).startswith("Cette démarche se réserve en ligne 60 jours")
    service.notice_hours = 48
    assert words(TUESDAY).startswith("Cette démarche se réserve en ligne 48 heures")
    service.is_online = False
    assert words(TUESDAY) == "Cette démarche ne se réserve pas en ligne."
    service.is_active = False
    assert words(TUESDAY) == "Cette démarche n’est plus proposée."


def test_a_school_calendar_that_nobody_knows_is_admitted(service, opening, now):
    configure(opening, school=Opening.School.HOLIDAYS)
    plan = planning.current_plan(2026)
    in_corsica = dataclasses.replace(plan, school_known_until=None)

    def words(plan, day: date) -> str:
        return reasons.explanation(
            Finding(Reason.SCHOOL), day=day, plan=plan, service=service, persons=1
        )

    assert plan.school_known_until >= date(2028, 8, 31)
    assert "n’est pas connu" in words(in_corsica, TUESDAY)
    assert "n’est pas connu" in words(plan, date(2031, 11, 25))
    assert words(plan, TUESDAY).startswith("Hors vacances scolaires")
    assert words(plan, date(2026, 12, 22)).startswith("Vacances scolaires")


def test_a_service_that_nothing_gives_is_explained(now):
    assert explain(ServiceFactory(), now).words.startswith("Rien de ce qui est en service")


def test_a_day_too_short_for_a_family_is_told_from_a_full_one(service, counter, opening, now):
    for n in (0, 2, 4, 6, 8):
        AppointmentFactory(
            service=service, resource=counter, start=TUESDAY_NINE + timedelta(minutes=20 * n)
        )

    assert explain(service, now).count == 4
    assert explain(service, now, persons=3).words == (
        "Ce qui reste libre est trop court pour 3 personnes."
    )
    (day,) = planning.open_days(
        service=service, persons=3, first=TUESDAY, days=1, now=now, online=True
    )
    assert day.note == "Pas assez de temps pour 3 personnes"


# Costs.


def test_a_quota_costs_one_query_more(service, opening, now):
    configure(opening, quota=2)
    starts(service, now)

    with CaptureQueriesContext(connection) as online:
        starts(service, now, days=60)
    with CaptureQueriesContext(connection) as agent:
        starts(service, now, days=60, online=False)

    assert (len(online), len(agent)) == (3, 2)


def test_reading_the_configuration_costs_the_same_however_much_there_is(service, opening, now):
    def cost() -> int:
        actions.configuration_changed()
        with CaptureQueriesContext(connection) as queries:
            starts(service, now)
        return len(queries)

    OpeningOverride.objects.create(opening=opening, day=TUESDAY).resources.add(
        *opening.resources.all()
    )
    opening.services.add(service)
    few = cost()
    for weekday in range(5):
        other = ServiceFactory()
        ServiceNeed.objects.create(service=other, kind="counter")
        resource = ResourceFactory(services=[service, other], site=SiteFactory())
        more = OpeningFactory(resources=[resource], weekday=weekday)
        more.services.add(other)
        override = OpeningOverride.objects.create(opening=more, day=TUESDAY)
        override.resources.add(resource)

    assert cost() == few


def test_sixty_explained_days_cost_as_much_as_one(service, opening, now):
    explain(service, now)
    costs = []
    for days in (1, 60):
        with CaptureQueriesContext(connection) as queries:
            planning.explain(service=service, persons=1, first=TUESDAY, days=days, now=now)
        costs.append(len(queries))

    assert costs == [2, 2]


# Lengths and capacity.


def test_another_length_may_be_asked_for(service, opening, now):
    usual, short = starts(service, now), starts(service, now, length=10)

    assert len(usual) == len(short) == 9
    assert len(starts(service, now, length=60)) == 7
    assert alternatives.nearest(
        service=service, persons=1, start=TUESDAY_NINE, now=now, length=180
    ) == [TUESDAY_NINE + timedelta(weeks=n) for n in range(3)]


def test_a_week_is_counted_with_openings_not_saved_yet(service, counter, now):
    typed = Opening(weekday=0, start_time=time(9), end_time=time(12), step_minutes=20)
    rules = [rule_of(typed, units=[counter.pk])]

    assert planning.capacity(service=service, rules=rules, monday=TUESDAY) == 9
    assert planning.capacity(service=service, rules=rules * 2, monday=TUESDAY) == 9
    assert planning.capacity(service=service, rules=rules, monday=TUESDAY, persons=2) == 4


def test_a_rule_says_all_that_its_opening_says(counter):
    opening = Opening(
        weekday=3,
        start_time=time(9),
        end_time=time(12),
        step_minutes=15,
        valid_from=TUESDAY,
        every_weeks=2,
        week_of_month=-1,
        school="term",
        quota=4,
        release_days=21,
        release_time=time(9),
        residents_days=7,
    )

    assert rule_of(opening, units=[counter.pk], services=[5]) == OpeningRule(
        3, time(9), time(12), 15, frozenset({counter.pk}), TUESDAY, None, 0, frozenset({5}),
        2, -1, "term", (), 4, 21, time(9), 7,
    )  # fmt: skip


def test_starts_are_the_same_for_the_page_and_the_choice(titles, now):
    found = planning.free(
        service=titles, persons=2, first=TUESDAY, days=1, now=now, online=True
    ).starts()

    assert all(one < other for one, other in pairwise(found))
    assert all(
        planning.choose(service=titles, persons=2, start=start, now=now, online=True)
        for start in found
    )
