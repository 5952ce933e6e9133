"""The network of an address."""

import pytest

from parvis.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("2001:db8:1:2::", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::9", "2001:db8:1::/48"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_addresses_that_are_given_away_together_are_one_network(address, network):
    assert network_of(address) == network
