"""The marks of a map: few, steady, and each report in exactly one of them."""

import itertools
import math
import random
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.clusters import CELLS_MOST, clusters
from incidents.geo import Box, Place
from incidents.models import Report
from incidents.states import LOOKS, state_of
from incidents.workflow import Status
from tests.incidents.factories import NOW, QUAY, category, report


TOWN = Box(45.15, -0.80, 45.25, -0.70)
EARTH = Box(-90.0, -180.0, 90.0, 180.0)


def scattered(how_many, seed=33):
    """Store many reports around the quay, without their history."""
    kind, luck = category(), random.Random(seed)
    Report.objects.bulk_create(
        Report(
            reference=f"{number:08d}",
            category=kind,
            channel="web",
            lat=luck.uniform(TOWN.south, TOWN.north),
            lon=luck.uniform(TOWN.west, TOWN.east),
            submitted_at=NOW,
            idempotency_key=uuid4(),
        )
        for number in range(how_many)
    )


def marks(box=TOWN, zoom=14):
    return clusters(Report.objects.all(), box=box, zoom=zoom)


@pytest.mark.django_db
def test_a_report_alone_says_what_it_is():
    made = report(category(icon="construction"))

    (mark,) = marks()

    assert (mark.count, mark.reference, mark.icon) == (1, made.reference, "construction")
    assert (mark.lat, mark.lon) == pytest.approx((QUAY.lat, QUAY.lon))
    assert mark.label == "Nid-de-poule · Quai Albert-Pichon · reçu"
    assert mark.shape == "drop"


@pytest.mark.django_db
def test_neighbours_are_one_mark_from_afar_and_two_nearby():
    report()
    report(place=Place(QUAY.lat + 0.002, QUAY.lon + 0.002))

    (far,) = marks(zoom=10)

    assert (far.count, far.reference, far.label) == (2, "", "")
    assert far.box.holds(QUAY)
    assert [mark.count for mark in marks(zoom=18, box=far.box)] == [1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("zoom", [11, 13, 15])
def test_no_mark_lies_upon_another_and_each_is_among_its_reports(zoom):
    scattered(3000)

    shown = marks(zoom=zoom)

    assert sum(mark.count for mark in shown) == 3000
    px_per_degree = 256 * 2**zoom / 360
    for mark in shown:
        assert mark.box.holds(Place(mark.lat, mark.lon))
    if zoom < 15:  # at 15 the box is gathered for a smaller zoom
        for one, other in itertools.combinations(shown, 2):
            tall = (one.lat - other.lat) / math.cos(math.radians(one.lat))
            assert math.hypot(one.lon - other.lon, tall) * px_per_degree > 39


@pytest.mark.django_db
def test_what_is_outside_or_nowhere_or_filtered_out_is_not_shown():
    report(place=Place(44.0, -0.75))
    report(place=None)
    report()

    assert sum(mark.count for mark in marks()) == 1
    assert clusters(Report.objects.published(), box=TOWN, zoom=14) == []
    assert clusters(Report.objects.none(), box=TOWN, zoom=14) == []


@pytest.mark.django_db
def test_a_mark_stays_where_it_is_while_the_map_is_moved():
    scattered(300)
    moved = Box(TOWN.south - 0.013, TOWN.west - 0.007, TOWN.north + 0.02, TOWN.east + 0.001)

    assert {(each.count, each.box) for each in marks(moved, 12)} == {
        (each.count, each.box) for each in marks(TOWN, 12)
    }


@pytest.mark.django_db
@pytest.mark.parametrize("zoom", [-3, 0, 12, 19, 10**9])
def test_a_map_has_few_marks_and_forgets_no_report(zoom):
    scattered(2000)

    shown = marks(zoom=zoom)

    assert len(shown) <= CELLS_MOST
    assert sum(mark.count for mark in shown) == 2000


@pytest.mark.django_db
def test_the_poles_and_the_whole_earth_can_be_asked_for():
    report(place=Place(-90.0, 0.0))
    report()

    assert sum(mark.count for mark in marks(box=EARTH, zoom=19)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 500])
def test_one_question_whatever_the_number(how_many):
    scattered(how_many)

    with CaptureQueriesContext(connection) as asked:
        marks()

    assert len(asked) == 1


def test_every_status_has_a_word_an_icon_a_tone_and_a_shape():
    assert set(LOOKS) == set(Status)
    assert all(state_of(each).word for each in Status)
