"""What one network may take of a day, and when few networks take most of it."""

import pytest

from booking.crowds import are_crowding, most_of_network, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("2001:db8:1:2::", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::9", "2001:db8:1::/48"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_addresses_that_are_given_away_together_are_one_network(address, network):
    assert network_of(address) == network


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
