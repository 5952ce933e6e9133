"""The network of an address: what its owner gives away in one piece; pure.

256 addresses of IPv4, a /48 of IPv6: a household, a school or a village shares part of one, and it
names nobody. That is how far an address is written down, and how robots are counted.
"""

from ipaddress import ip_address, ip_network


PREFIX = {4: 24, 6: 48}


def network_of(address: str) -> str:
    """Name the network of an address; nothing for what is no address.

    >>> network_of("203.0.113.9"), network_of("2001:db8:1:2::"), network_of("unknown")
    ('203.0.113.0/24', '2001:db8:1::/48', '')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found  # IPv4, told by a server of both
    return str(ip_network(f"{found}/{PREFIX[found.version]}", strict=False))
