"""Whose site a request asks for, as the middleware found it; the one door to a member commune."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from tenants.models import Association, Commune


def association_of(request: HttpRequest) -> Association:
    """Return the association whose site this is, or that of the commune whose site it is.

    Raises:
        Http404: the commune of the host has none.
    """
    found: Association | None = request.association  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def commune_of(request: HttpRequest) -> Commune:
    """Return the commune whose site this is; it may be half a minute old."""
    return request.commune  # type: ignore[attr-defined,no-any-return]


def member_commune(request: HttpRequest, insee_code: str) -> Commune:
    """Find a commune of this association; another's does not exist here.

    Raises:
        Http404: there is none.
    """
    found = Commune.objects.select_related("association")
    return get_object_or_404(found, association=association_of(request), insee_code=insee_code)
