"""The way out of a provider, by the browser: its session would log in again without a word."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from stateid import discovery, registered
from stateid.citizens import Known
from stateid.oidc import Identity
from tenants.hosts import absolute_url


CITIZEN = "citizen"  # in the session of the login host: whom to hand over to which commune
END = "end_session_endpoint"


def address(said: Mapping[str, Any], *, to: str, state: str = "") -> str:
    """Return where a browser ends the session of its provider; empty when there is none.

    ``to`` is the registered page that it comes back to.
    """
    app = registered.find(str(said.get("provider", "")))
    if app is None or not said.get("id_token"):
        return ""
    try:
        end = discovery.document(app.settings["server_url"]).get(END)
    except OAuth2Error:
        return ""
    if not isinstance(end, str) or not end.startswith(("https://", "http://")):
        return ""
    asked = {
        "id_token_hint": said["id_token"],
        "state": state or secrets.token_urlsafe(32),
        "post_logout_redirect_uri": absolute_url("login", to),
    }
    return f"{end}?{urlencode(asked)}"


def with_citizen(
    request: HttpRequest, identity: Identity, *, data: Mapping[str, Any], now: float
) -> HttpResponse:
    """Keep whom FranceConnect named until its session is closed, then hand her over."""
    state = secrets.token_urlsafe(32)
    known = Known(name=identity.name, email=identity.email, at=now)
    request.session[CITIZEN] = {
        "site": data["site"],
        "state": data["state"],
        "leaving": state,
        "known": asdict(known),
    }
    said = {"provider": identity.provider, "id_token": identity.id_token}
    back = reverse("stateid_citizen_back")
    return HttpResponseRedirect(
        address(said, to=back, state=state) or f"{back}?{urlencode({'state': state})}"
    )
