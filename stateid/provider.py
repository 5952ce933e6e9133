"""The kind of provider, as allauth registers it by the name of this module."""

import secrets
from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse

from stateid.oidc import StateIdAdapter
from stateid.registered import KIND


KEPT = ("sub", "siret", "idp_id")


class StateIdProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """Nothing comes from the browser, and next to nothing is kept."""

    id = KIND
    name = "OpenID Connect"
    oauth2_adapter_class = StateIdAdapter
    supports_token_authentication = False

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Ignore what the address asks for."""
        return dict(self.get_auth_params())

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Ignore what the address asks for."""
        return list(self.get_scope())

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> HttpResponse:
        """Leave for the provider, with a nonce that the id_token must repeat."""
        nonce = secrets.token_urlsafe(32)
        kwargs["auth_params"] = {**self.get_auth_params(), "nonce": nonce}
        kept = {**(data or {}), "nonce": nonce}
        answer: HttpResponse = super().redirect(request, process, next_url, kept, **kwargs)
        return answer

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, str]:
        """Leave the account as it is: an invitation makes it, and she herself changes it."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Take no address for verified."""
        return []

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        """Keep the key of the identity and whose it is, nothing else of it."""
        told = data["userinfo"]
        return {name: told[name] for name in KEPT if isinstance(told.get(name), str)}


provider_classes = [StateIdProvider]
