"""What is offered instead of a new report: the same thing, near, still open, and public."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, strategies as st

from incidents import actions
from incidents.geo import Place, box_around, distance_m
from incidents.models import Report
from incidents.nearby import similar_reports
from incidents.workflow import Actor, Status
from tests.incidents.factories import NOW, QUAY, category, report


FAR = Place(QUAY.lat + 0.01, QUAY.lon)  # eleven hundred metres away
ANYWHERE = st.builds(Place, st.floats(-80, 80), st.floats(-179, 179))


def metres_north(metres):
    return Place(QUAY.lat + metres / 111_320, QUAY.lon)


@pytest.fixture
def hole(commune):
    return category(moderation="after")


def offered(kind, place=QUAY):
    return [found.pk for found, _likeness in similar_reports(kind, place=place, now=NOW)]


@pytest.mark.django_db
def test_the_same_thing_comes_first_then_what_is_near(hole):
    other = category(code="trottoir", name="Trottoir", moderation="after")
    same_far = report(hole, place=metres_north(50))
    same_near = report(hole, place=metres_north(10))
    alike = report(other, place=metres_north(1))

    assert offered(hole) == [same_near.pk, same_far.pk, alike.pk]


@pytest.mark.django_db
def test_what_is_far_closed_hidden_or_of_another_group_is_not_offered(hole):
    lamp = category(code="lampadaire", group="Éclairage", name="Lampadaire", moderation="after")
    report(hole, place=FAR)
    report(lamp)
    closed = report(hole)
    actions.move(
        report=closed, to=Status.RESOLVED, actor=Actor.STAFF, by=None, now=NOW, reason="repaired"
    )
    Report.objects.filter(pk=report(hole).pk).update(visibility="private")

    assert offered(hole) == []


@pytest.mark.django_db
def test_an_old_report_comes_after_a_fresh_one(hole):
    old = report(hole, now=NOW - timedelta(days=200), place=metres_north(1))
    fresh = report(hole, place=metres_north(40))

    assert offered(hole) == [fresh.pk, old.pk]


@pytest.mark.django_db
def test_thanks_are_never_too_many(commune):
    thanks = category(code="merci", name="Merci", door="compliment", moderation="after")
    report(thanks)

    assert offered(thanks) == []


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 30])
def test_neighbours_cost_one_query(hole, count):
    for _each in range(count):
        report(hole)

    with CaptureQueriesContext(connection) as queries:
        assert len(offered(hole)) == min(count, 3)

    assert len(queries) == 1


@given(
    place=ANYWHERE,
    metres=st.floats(1, 5000),
    north=st.floats(-1.2, 1.2),
    east=st.floats(-1.2, 1.2),
)
def test_a_box_holds_whatever_is_near_enough(place, metres, north, east):
    box = box_around(place, metres)
    lat = place.lat + north * (box.north - place.lat)
    lon = max(-180.0, min(180.0, place.lon + east * (box.east - place.lon)))
    other = Place(lat, lon)

    assert distance_m(place, other) > metres or box.holds(other)
