"""Where a request comes from, as far as it is written down."""

import ipaddress

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


PREFIX = {4: 24, 6: 48}


def network_of(request: HttpRequest) -> str:
    """Return the network of a visitor, never her address: /24, or /48 of IPv6."""
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    network = ipaddress.ip_network(f"{address}/{PREFIX[address.version]}", strict=False)
    return str(network)
