"""Where a request comes from, as far as it is written down."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from parvis import networks


def network_of(request: HttpRequest) -> str:
    """Return the network of a visitor, never her address: /24, or /48 of IPv6."""
    try:
        return networks.network_of(str(get_adapter().get_client_ip(request)))
    except PermissionDenied:
        return ""
