"""Where a request comes from, as limits count it."""

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import truncate_ip
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the visitor's address, behind the proxies we trust; IPv6 counts per /64.

    Raises:
        django.core.exceptions.PermissionDenied: the proxies did not say where it comes from.
    """
    told = str(get_adapter().get_client_ip(request))
    return str(truncate_ip(told.removeprefix("::ffff:")))  # IPv4, told by a server of both
