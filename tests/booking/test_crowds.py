"""What one network may take of a day, and when few networks take most of it."""

import pytest

from booking.crowds import are_crowding, most_of_network


@pytest.mark.parametrize(("held", "most"), [(0, 10), (109, 10), (110, 11), (600, 60)])
def test_a_network_may_hold_ten_slots_and_a_tenth_of_a_busy_day(held, most):
    assert most_of_network(held) == most


@pytest.mark.parametrize(
    ("crowded", "held", "verdict"),
    [
        (19, 19, False),  # a class of a school
        (20, 20, True),
        (20, 40, True),
        (20, 41, False),  # a busy day, some of it behind shared addresses
        (0, 500, False),  # a crowd of people
    ],
)
def test_robots_are_few_networks_that_take_most_of_a_day(crowded, held, verdict):
    assert are_crowding(crowded, held) is verdict
