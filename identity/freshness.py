"""Acts that nobody does by passing at an open screen: they ask for a proof of a moment ago.

The proof is given on the login host, and travels to the site in the ticket of the hand-over.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from identity.factors import has_second_factor
from tenants.models import User


RECENT = timedelta(minutes=10)
PROVED = "proved"
View = Callable[..., HttpResponse]


def fresh_only(view: View) -> View:
    """Ask for the second factor again, unless it was given within ten minutes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.DEMO or is_fresh(request, now=timezone.now()):  # noqa: TID251 (part of a view)
            return view(request, *args, **kwargs)
        path = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
        return HttpResponseRedirect(fresh_login(path or came_from(request)))

    return guarded


def fresh_login(path: str) -> str:
    """Lead to the login host for a new proof, and back to ``path``."""
    return f"/connexion/?{urlencode({'next': path, 'fresh': '1'})}"


def came_from(request: HttpRequest) -> str:
    """Return the page of this site that a form was on."""
    here = request.build_absolute_uri("/").rstrip("/")
    before = request.headers.get("Referer", "")
    return before.removeprefix(here) if before.startswith(f"{here}/") else "/agent/"


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Tell whether the session of this site was opened with a recent proof."""
    proved = float(request.session.get(PROVED) or 0)
    return 0 <= now.timestamp() - proved < RECENT.total_seconds()


# --- On the login host --------------------------------------------------------------------


def proved_at(request: HttpRequest) -> datetime | None:
    """Return when the person last gave her second factor here; her password if she has none."""
    user = request.user
    needs_factor = isinstance(user, User) and has_second_factor(user)
    moments = [
        float(each["at"])
        for each in get_authentication_records(request, user)
        if each.get("method") == "mfa" or not needs_factor
    ]
    return datetime.fromtimestamp(max(moments), tz=UTC) if moments else None


def is_recent(moment: datetime | None, *, now: datetime) -> bool:
    """Tell whether a proof may still be used."""
    return moment is not None and now - moment < RECENT


def prove_again(request: HttpRequest) -> HttpResponse:
    """Ask for the best proof the person has, then come back to this page.

    Whoever has none here, but an identity of elsewhere, logs in once more.
    """
    types = Authenticator.Type
    if is_mfa_enabled(request.user, types=[types.TOTP]):
        name = "mfa_reauthenticate"
    elif is_mfa_enabled(request.user, types=[types.WEBAUTHN]):
        name = "mfa_reauthenticate_webauthn"
    elif isinstance(request.user, User) and not request.user.has_usable_password():
        return render(request, "identity/come_again.html", status=403)
    else:
        name = "account_reauthenticate"
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
