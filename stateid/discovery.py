"""What a provider says of itself: where everything is, and its keys; kept for an hour."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.cache import caches

from stateid.exchange import Exchange, is_named


KEPT_S = 3_600
WELL_KNOWN = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


def document(issuer: str, *, fresh: bool = False) -> dict[str, Any]:
    """Read where the endpoints of a provider are (OpenID Connect Discovery 1.0, 4).

    Raises:
        OAuth2Error: no answer, another issuer than the one asked for, or an endpoint is missing.
    """
    found = _read(f"{issuer}{WELL_KNOWN}", fresh=fresh)
    if found.get("issuer") != issuer:
        raise OAuth2Error("The provider names another issuer.")
    if not all(_is_endpoint(found.get(name)) for name in ENDPOINTS):
        raise OAuth2Error("An endpoint of the provider is missing.")
    return found


def keys(uri: str, *, fresh: bool = False) -> Sequence[Mapping[str, Any]]:
    """Read the keys of a provider; ``fresh`` trusts no memory.

    Raises:
        OAuth2Error: no answer, or no keys.
    """
    known = _read(uri, fresh=fresh).get("keys")
    if not isinstance(known, list):
        raise OAuth2Error("The provider publishes no keys.")
    return [key for key in known if isinstance(key, dict)]


def _read(url: str, *, fresh: bool) -> dict[str, Any]:
    name = f"stateid:{sha256(url.encode()).hexdigest()}"
    known: dict[str, Any] | None = None if fresh else caches["shared"].get(name)
    if known is None:
        with Exchange() as http:
            answer = http.get(url)
        answer.raise_for_status()
        known = answer.json()
        caches["shared"].set(name, known, KEPT_S)
    return known


def _is_endpoint(value: object) -> bool:
    try:
        return isinstance(value, str) and (urlsplit(value).scheme == "https" or is_named(value))
    except ValueError:
        return False
