"""How much of a commune's day the visitors of one network may take: pure.

A network is what its owner gives away in one piece: 256 addresses of IPv4, a /48 of IPv6. Robots
rent some of these; a household, a school or a village shares part of one.
"""

from ipaddress import ip_address, ip_network


FAMILY = 5  # slots held: so many are never remarkable
ALWAYS = 10  # slots that a network may hold in a day, whatever comes
SHARE = 10  # beyond, one in ten of those that everybody held
SUSPECT = 20  # slots held by networks that hold more than a family does


def network_of(address: str) -> str:
    """Name the network of an address; what is no address is a network of its own.

    >>> network_of("203.0.113.9"), network_of("2001:db8:1:2::")
    ('203.0.113.0/24', '2001:db8:1::/48')
    """
    try:
        length = 24 if ip_address(address).version == 4 else 48  # noqa: PLR2004
        return str(ip_network(f"{address}/{length}", strict=False))
    except ValueError:
        return address


def most_of_network(held: int) -> int:
    """Return how many of a day's slots one network may hold, of so many that everybody held."""
    return max(ALWAYS, held // SHARE)


def are_crowding(crowded: int, held: int) -> bool:
    """Tell whether few networks take most of the day, as robots do and inhabitants do not.

    ``crowded`` are the slots held by networks that hold more than a family does, ``held`` all.
    """
    return crowded >= SUSPECT and 2 * crowded >= held
