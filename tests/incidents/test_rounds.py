"""The order of a round: everybody once, no longer than the naive way."""

from hypothesis import given, settings, strategies as st

from incidents.geo import Place
from incidents.rounds import length_m, ordered


NEAR = st.builds(
    Place, st.floats(45.15, 45.25, allow_nan=False), st.floats(-0.80, -0.70, allow_nan=False)
)


def test_four_places_in_a_row_are_visited_in_a_row():
    row = [Place(45.2, -0.75 + step / 1000) for step in (0, 3, 1, 2)]

    assert ordered(row) == [0, 2, 3, 1]


def test_a_round_starts_where_the_team_is():
    row = [Place(45.2, -0.75), Place(45.2, -0.74), Place(45.2, -0.73)]

    assert ordered(row, start=Place(45.2, -0.72)) == [2, 1, 0]
    assert ordered([]) == []


@settings(deadline=None)
@given(st.lists(NEAR, max_size=9))
def test_everybody_is_visited_once_and_the_way_is_no_longer_than_as_given(places):
    path = ordered(places)

    assert sorted(path) == list(range(len(places)))
    assert length_m(path, places) <= length_m(range(len(places)), places) + 0.1
