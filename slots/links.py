"""Addresses that lead from a start, wherever it was shown, into the booking of its commune."""

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from slots.search import Found
from tenants.hosts import moved_url


def href(found: Found, start: datetime | None = None) -> str:
    """Return the address at which a commune looks again whether a start is free, and offers it.

    Without a start: all that it has for this service and so many persons.
    """
    path = reverse("nearby:arrive", args=[found.service], urlconf="parvis.urls_commune")
    told = {"personnes": str(found.persons)}
    if start is not None:
        told["debut"] = start.isoformat(timespec="minutes")
    return moved_url(found.host, f"{path}?{urlencode(told)}")
