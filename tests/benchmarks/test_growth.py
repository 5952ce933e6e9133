from itertools import pairwise

import pytest

from benchmarks.availability import steepness
from benchmarks.world import FIRST, VISIT, places


def test_time_that_grows_with_the_size_is_linear():
    assert steepness([30, 60, 120], [1.0, 2.0, 4.0]) == pytest.approx([1, 1])


def test_a_step_steeper_than_linear_stands_out():
    assert max(steepness([500, 2_000, 8_000], [1.0, 3.0, 24.0])) == pytest.approx(2)


def test_drawn_visits_never_overlap_at_a_counter():
    drawn = places(1_000, counters=3, first=FIRST, days=30)
    for unit in range(3):
        starts = sorted(start for number, start in drawn if number == unit)
        assert all(a + VISIT <= b for a, b in pairwise(starts))


def test_the_same_visits_are_drawn_each_time():
    assert places(50, counters=2, first=FIRST, days=9) == places(
        50, counters=2, first=FIRST, days=9
    )
