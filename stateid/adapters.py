"""How allauth treats identities here: no sign-up, no token kept, one door outwards."""

import secrets
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.provider import Provider
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone

from audit import alerts
from identity.factors import ELSEWHERE
from parvis.errors import DomainError
from stateid import citizens, leaving, linking, registered
from stateid.exchange import Exchange
from stateid.oidc import Identity
from tenants.models import User


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Identities of others."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the provider with this id; allauth's own table stays empty."""
        found = registered.find(provider or "")
        return [found] if found else []

    def get_requests_session(self) -> Exchange:
        """Ask through the one door."""
        return Exchange()

    def generate_state_param(self, state: dict[str, Any]) -> str:
        """Draw 43 characters: the State wants 32 at least."""
        return secrets.token_urlsafe(32)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: object) -> User:
        """Leave the account that would be made: an invitation makes it, or nothing."""
        user: User = sociallogin.user
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account that the identity opens, or show why it opens none."""
        identity: Identity = sociallogin.identity
        now = timezone.now()
        if identity.provider == registered.FRANCECONNECT:
            data = sociallogin.state["data"]
            away = leaving.with_citizen(request, identity, data=data, now=now.timestamp())
            raise ImmediateHttpResponse(away)
        try:
            if sociallogin.is_existing:
                linking.check_reach(provider=identity.provider, user=sociallogin.user)
            else:
                linked = linking.link(identity=identity, now=now)
                sociallogin.account, sociallogin.user = linked, linked.user
        except DomainError as refusal:
            alerts.tell("identity-refused", request, account=identity.email)
            page = render(request, "stateid/refused.html", {"refusal": refusal}, status=403)
            raise ImmediateHttpResponse(page) from refusal
        request.session[ELSEWHERE] = {
            "user": sociallogin.user.pk,
            "provider": identity.provider,
            "id_token": identity.id_token,
            "factor": identity.has_factor,
        }

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Lead back to where a citizen came from, or to the page of logins, with a sentence."""
        alerts.tell("identity-provider-refused", request)
        state = (extra_context or {}).get("state") or {}
        back = citizens.went_wrong(state.get("data") or {})
        if back is None:
            back = render(request, "stateid/failed.html", status=401)
        raise ImmediateHttpResponse(back)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Refuse: accounts are born from an invitation."""
        return False
