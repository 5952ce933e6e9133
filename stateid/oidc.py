"""One login by OpenID Connect, as strict as the State wants it; allauth does the usual part.

Stock allauth sends no nonce, takes a state of 16 characters and parameters from the browser's
address, and reads neither the signature of an id_token nor a signed userinfo.
"""

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from stateid import discovery
from stateid.exchange import Exchange
from stateid.registered import PROCONNECT
from stateid.tokens import Agreed, Refused, claims_of
from tenants.hosts import absolute_url


SIGNED = "application/jwt"
EMAIL_MOST, NAME_MOST, SIRET_DIGITS, IDP_MOST = 254, 80, 14, 100
STRICT = ("exp", "iat", "nonce", "acr")
PLAIN = ("exp", "iat", "nonce")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider proved of somebody."""

    provider: str
    sub: str
    email: str
    name: str
    siret: str
    idp_id: str
    has_factor: bool
    id_token: str

    @property
    def kept(self) -> dict[str, str]:
        """What the database keeps of it."""
        return {"sub": self.sub, "siret": self.siret, "idp_id": self.idp_id}


class StateIdAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The conversation with one provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself."""
        return discovery.document(self.get_provider().app.settings["server_url"])

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the one address that was registered, whatever host was asked."""
        path = reverse("stateid_callback", args=[self.provider_id], urlconf="parvis.urls_login")
        return absolute_url("login", path)

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Exchange the code, unless another provider sent it (RFC 9207)."""
        issuer = self.openid_config["issuer"]
        if request.GET.get("iss", issuer) != issuer:
            raise OAuth2Error("iss")
        found: dict[str, Any] = super().get_access_token_data(request, app, client, **kwargs)
        return found

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Read the access token alone: nothing of it is kept."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Check everything, and return who it is.

        Raises:
            OAuth2Error: anything is not as it must be.
        """
        id_token = kwargs["response"].get("id_token")
        try:
            told = self._told(request, app, id_token, token.token)
        except Refused as refusal:
            raise OAuth2Error(str(refusal)) from refusal
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": told})
        login.identity = _identity(self.provider_id, told, str(id_token))
        return login

    def _told(
        self, request: HttpRequest, app: SocialApp, id_token: object, access: str
    ) -> dict[str, Any]:
        """Return what is told of who logs in, with the ``amr`` of the id_token."""
        is_strict = app.settings.get("is_strict", False)
        proved = self._claims(id_token, app, *(STRICT if is_strict else PLAIN))
        nonce = request.oidc_state["data"]["nonce"]  # type: ignore[attr-defined]
        said = proved["nonce"]
        if not isinstance(said, str) or not constant_time_compare(said, nonce):
            raise Refused("nonce")
        if is_strict and proved["acr"] not in app.settings["accept_acr"]:
            raise Refused("acr")
        told = self._userinfo(app, access)
        if told.get("sub") != proved["sub"]:
            raise Refused("sub")
        return told | {"amr": proved.get("amr")}

    def _userinfo(self, app: SocialApp, access: str) -> dict[str, Any]:
        with Exchange() as http:
            answer = http.get(self.profile_url, headers={"Authorization": f"Bearer {access}"})
        answer.raise_for_status()
        if answer.headers["content-type"] == SIGNED:
            return self._claims(answer.text, app)
        found = None if app.settings.get("is_strict", False) else answer.json()
        if not isinstance(found, dict):
            raise Refused("userinfo not signed")
        return found

    def _claims(self, token: object, app: SocialApp, *required: str) -> dict[str, Any]:
        config = self.openid_config
        agreed = Agreed(config["issuer"], app.client_id, app.settings["alg"])
        return claims_of(
            token,
            agreed=agreed,
            keys=lambda fresh: discovery.keys(config["jwks_uri"], fresh=fresh),
            required=required,
        )


def _identity(provider: str, told: dict[str, Any], id_token: str) -> Identity:
    first = _text(told, "given_name").partition(" ")[0]
    last = _text(told, "usual_name") or _text(told, "family_name")
    siret = _text(told, "siret")
    idp_id = _text(told, "idp_id")[:IDP_MOST]
    amr = told["amr"] if isinstance(told["amr"], list) else []
    trusted = provider == PROCONNECT and idp_id in settings.PROCONNECT["mfa_providers"]
    return Identity(
        provider=provider,
        sub=told["sub"],
        email=_email(told),
        name=f"{first} {last}".strip()[:NAME_MOST],
        siret=siret if len(siret) == SIRET_DIGITS and siret.isdigit() else "",
        idp_id=idp_id,
        has_factor=trusted and "mfa" in amr,
        id_token=id_token,
    )


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return " ".join(value.split()).replace("\0", "") if isinstance(value, str) else ""


def _email(told: dict[str, Any]) -> str:
    """Read an address, unless the provider says that nobody checked it (Core 1.0, 5.1)."""
    if told.get("email_verified") in (False, "false"):
        return ""
    found = _text(told, "email").lower()[:EMAIL_MOST]
    try:
        validate_email(found)
    except ValidationError:
        return ""
    return found
