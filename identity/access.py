"""What a role allows, and the decorator that guards the pages of the team."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from identity.members import ADMIN, DIRECTOR, Member
from tenants.models import Association, Commune, Membership


Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]

# From the least to the most: nobody grants a role above her own.
RANKS = {
    "reader": 0,
    "report_agent": 1,
    "booking_agent": 1,
    "admin": 2,
    "referent": 0,
    "director": 1,
}
COMMUNE_ROLES = frozenset(str(role) for role in Membership.COMMUNE_ROLES)
ASSOCIATION_ROLES = frozenset(str(role) for role in Membership.ASSOCIATION_ROLES)
TOP_ROLES = frozenset({ADMIN, DIRECTOR})
WORDS_MOST = 20
REACHED = re.compile(r"\S+@\S+|\+?\d{9,15}")


def staff_only(*roles: str) -> Callable[[View[Parameters]], View[Parameters]]:
    """Keep a page of a commune or association for its team, or for some roles of it.

    Somebody who has not logged in here is sent to ``/connexion/`` and comes back to the same
    page; a member with another role gets 403.
    """

    def guard(view: View[Parameters]) -> View[Parameters]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
        ) -> HttpResponse:
            member = member_of(request)
            if member is None:
                return to_login(request)
            if roles and member.role not in roles:
                raise PermissionDenied
            if member.is_support and request.method not in {"GET", "HEAD"}:
                raise PermissionDenied  # support reads, and leaves everything as it is
            return view(request, *args, **kwargs)

        guarded.staff_roles = roles  # type: ignore[attr-defined]  # read by the isolation matrix
        return guarded

    return guard


def member_of(request: HttpRequest) -> Member | None:
    """Return who works here, None for a citizen."""
    return getattr(request, "member", None)


def who(request: HttpRequest) -> Member:
    """Return who works here, on a page that ``staff_only`` guards.

    Raises:
        TypeError: the page lets strangers in.
    """
    member = member_of(request)
    if member is None:
        raise TypeError("The page is guarded by staff_only.")
    return member


def to_login(request: HttpRequest) -> HttpResponse:
    """Send to the login host and back to the page that was asked for.

    A form gets a page that says it was not recorded, with the words that were typed in it:
    browsers let no form lead to another host.
    """
    if request.method not in {"GET", "HEAD"}:
        context = {"login": _login_path(_page_before(request)), "words": _typed(request)}
        answer = render(request, "identity/expired.html", context, status=403)
        answer["Cache-Control"] = "private, no-store"
        return answer
    return HttpResponseRedirect(_login_path(request.get_full_path()))


def _login_path(wanted: str) -> str:
    return f"/connexion/?{urlencode({'next': wanted})}" if wanted else "/connexion/"


def _page_before(request: HttpRequest) -> str:
    """Return the page of this site that the form was on, as far as the browser says it."""
    here = request.build_absolute_uri("/")
    before = request.headers.get("Referer", "")
    return before.removeprefix(here.rstrip("/")) if before.startswith(here) else ""


def _typed(request: HttpRequest) -> list[str]:
    """Return the words that were typed in a form, and how to reach somebody.

    Any other word alone is a choice or a secret.
    """
    values = (
        value.strip()
        for name in request.POST
        if "password" not in name
        for value in request.POST.getlist(name)
    )
    return [value for value in values if REACHED.fullmatch(value) or " " in value][:WORDS_MOST]


def may_manage_team(role: str) -> bool:
    """Administrators manage the team of their commune, the direction that of its association."""
    return role in TOP_ROLES


def may_grant(by_role: str, role: str) -> bool:
    """Whether somebody with ``by_role`` may give ``role``: same kind of place, not above hers."""
    same_kind = {by_role, role} <= COMMUNE_ROLES or {by_role, role} <= ASSOCIATION_ROLES
    return may_manage_team(by_role) and same_kind and RANKS[role] <= RANKS[by_role]


def roles_of(place: Commune | Association) -> list[Membership.Role]:
    """List the roles that exist in a place, the most powerful first."""
    if isinstance(place, Commune):
        return list(Membership.COMMUNE_ROLES)
    return list(Membership.ASSOCIATION_ROLES)
