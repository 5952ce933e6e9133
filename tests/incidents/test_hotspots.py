"""Hot spots: gathered around one report, never along a chain, whatever the order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st

from incidents import recurring
from incidents.geo import Place, distance_m
from incidents.hotspots import LEAST, RADIUS_M, Sighting, hot_spots
from incidents.models import Report
from tests.incidents.desk_pages import DESK, path_of, text_of
from tests.incidents.factories import NOW, QUAY, category, report


METRE = 1 / 111_320  # of latitude, in degrees
SIGHTINGS = st.lists(
    st.builds(
        Sighting,
        pk=st.integers(1, 40),
        kind=st.integers(1, 2),
        lat=st.integers(0, 12).map(lambda step: 45.2 + step * 40 * METRE),
        lon=st.integers(0, 4).map(lambda step: -0.75 + step * 0.0007),
        at=st.integers(0, 80).map(lambda day: NOW - timedelta(days=day)),
    ),
    max_size=14,
    unique_by=lambda each: each.pk,
)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def at(pk, metres, *, kind=1):
    return Sighting(pk, kind, 45.2 + metres * METRE, -0.75, NOW)


@PATIENT
@given(SIGHTINGS, st.randoms())
def test_the_order_does_not_matter(sightings, luck):
    mixed = list(sightings)
    luck.shuffle(mixed)

    assert hot_spots(mixed) == hot_spots(sightings)


@PATIENT
@given(SIGHTINGS)
def test_each_is_around_its_centre_of_one_kind_and_full_enough(sightings):
    seen = set()
    for spot in hot_spots(sightings):
        assert spot.count >= LEAST
        assert {each.kind for each in spot.sightings} == {spot.kind}
        assert spot.centre in {each.place for each in spot.sightings}
        for each in spot.sightings:
            assert distance_m(each.place, spot.centre) <= RADIUS_M
            assert each.pk not in seen
            seen.add(each.pk)


@PATIENT
@given(SIGHTINGS)
def test_no_circle_that_is_full_enough_is_left(sightings):
    taken = {each for spot in hot_spots(sightings) for each in spot.sightings}
    left = [each for each in sightings if each not in taken]

    for one in left:
        near = [
            each
            for each in left
            if each.kind == one.kind and distance_m(each.place, one.place) <= RADIUS_M
        ]
        assert len(near) < LEAST


def test_a_chain_along_a_street_is_cut():
    street = [at(number, number * 90) for number in range(1, 8)]

    spots = hot_spots(street)

    assert [spot.count for spot in spots] == [3, 3]
    assert all(distance_m(s.place, spot.centre) <= 100 for spot in spots for s in spot.sightings)


def test_two_are_not_enough_nor_three_of_two_kinds():
    assert hot_spots([at(1, 0), at(2, 10)]) == []
    assert hot_spots([at(1, 0), at(2, 10), at(3, 20, kind=2)]) == []
    assert hot_spots([at(1, 0), at(2, 99), at(3, 98)])[0].count == 3


def many(count, *, kind=None, now=None, **options):
    kind = kind or category(**options)
    moment = now or timezone.now()
    return [
        report(kind, place=Place(QUAY.lat + n * 10 * METRE, QUAY.lon), now=moment)
        for n in range(count)
    ]


@pytest.mark.django_db
def test_what_is_old_elsewhere_or_cancelled_does_not_count():
    now = timezone.now()
    made = many(3)
    many(3, kind=made[0].category, now=now - timedelta(days=91))
    lost = report(made[0].category, place=None, now=now)
    Report.objects.filter(pk=made[0].pk).update(status="cancelled", closed_at=now)

    assert recurring.read(now=now) == []
    counted = Report.objects.annotate(again=recurring.alike_here(now=now)).in_bulk()
    assert counted[made[1].pk].again == 2
    assert not counted[lost.pk].again


@pytest.mark.django_db
def test_the_page_lists_them_and_makes_one_task(agent):
    made = many(4)

    page = text_of(agent.get(f"{DESK}points-noirs/"))
    for _each in range(2):
        agent.post(f"{DESK}points-noirs/tache/", {"first": made[0].pk})
    after = text_of(agent.get(f"{DESK}points-noirs/"))

    assert "Nid-de-poule" in page
    task = Report.objects.get(channel="internal")
    assert (task.visibility, task.taken_by_name) == ("private", "report_agent")
    assert task.contact.email == ""
    assert made[3].reference in task.messages.get().text
    assert "Tâche préventive en cours" in after.replace("\u00a0", " ")
    assert "4 signalements du même genre" in text_of(agent.get(path_of(made[0])))
    assert recurring.read(now=timezone.now())[0].count == 4


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["", "0", "x", "²", "9" * 20])
def test_what_is_no_hot_spot_has_no_task(agent, first):
    many(2)

    assert agent.post(f"{DESK}points-noirs/tache/", {"first": first}).status_code == 404


@pytest.mark.django_db
def test_who_only_reads_makes_no_task(log_in):
    made = many(3)
    reader = log_in("reader")

    assert "Créer une tâche" not in text_of(reader.get(f"{DESK}points-noirs/"))
    answer = reader.post(f"{DESK}points-noirs/tache/", {"first": made[0].pk})
    assert answer.status_code == 403


@pytest.mark.django_db
def test_nothing_is_said_well_and_many_cost_what_one_does(agent):
    assert "Aucun point noir" in text_of(agent.get(f"{DESK}points-noirs/"))
    counts = []
    for number in (1, 5):
        for each in range(number):
            many(3, code=f"c{number}{each}", name=f"Genre {number}{each}")
        with CaptureQueriesContext(connection) as asked:
            agent.get(f"{DESK}points-noirs/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
