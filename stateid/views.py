"""The login host: leave for a provider, come back from it, and hand a citizen over."""

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from identity import limits
from identity.addresses import address_of
from identity.factors import ELSEWHERE
from identity.views import STATE, LogoutEverywhere
from stateid import citizens, leaving
from stateid.oidc import StateIdAdapter
from stateid.provider import StateIdProvider
from stateid.registered import FRANCECONNECT
from tenants.hosts import absolute_url


HOST_MOST = 253


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    """The answer of a provider; keeps what was drawn for it, to compare the nonce."""

    def _get_state(
        self, request: HttpRequest, provider: StateIdProvider
    ) -> tuple[object, HttpResponse | None]:
        found: tuple[object, HttpResponse | None] = super()._get_state(request, provider)
        request.oidc_state = found[0]  # type: ignore[attr-defined]
        return found


@require_POST
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leave for a provider by a link: the policy on forms lets none lead to another host.

    Whoever is logged in stays: another login would end her session, and what it knows.
    """
    if provider_id == FRANCECONNECT:
        raise Http404
    if request.user.is_authenticated:
        return redirect("home")
    provider = _provider(request, provider_id)
    try:
        away = provider.redirect(
            request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request)
        )
    except OAuth2Error:
        return render(request, "stateid/failed.html", status=502)
    words = {"url": away["Location"], "provider": provider.app.name}
    return render(request, "stateid/onward.html", words)


@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Receive the answer of a provider."""
    _provider(request, provider_id)
    if request.user.is_authenticated and provider_id != FRANCECONNECT:
        return redirect("home")  # another tab was quicker
    view = Callback.adapter_view(StateIdAdapter(request, provider_id))
    answer: HttpResponse = view(request)
    return answer


class LogoutFromProvider(LogoutEverywhere):
    """The way out of every site, and of the provider that let her in."""

    def post(self, *args: object, **kwargs: object) -> HttpResponse:
        """Close the sessions here first; then her browser goes and closes the other one."""
        said = self.request.session.get(ELSEWHERE) or {}
        is_hers = said.get("user") == self.request.user.pk
        answer = super().post(*args, **kwargs)
        url = leaving.address(said, to="/connexion/") if said and is_hers else ""
        if not url:
            return answer
        page = render(self.request, "stateid/leaving.html", {"url": url})
        page["Clear-Site-Data"] = answer["Clear-Site-Data"]
        return page


log_out_everywhere = LogoutFromProvider.as_view()


# --- Citizens -----------------------------------------------------------------------------


@require_GET
def citizen(request: HttpRequest) -> HttpResponse:
    """Lead a citizen from the form of a commune to FranceConnect."""
    host, state = request.GET.get("site", ""), request.GET.get("state", "")
    commune = citizens.commune_at(host) if len(host) <= HOST_MOST and "\0" not in host else None
    if commune is None or not STATE.fullmatch(state):
        raise Http404
    limits.take(limits.ADDRESS, address_of(request), now=timezone.now())
    data = {"site": host, "state": state}
    try:
        answer: HttpResponse = _provider(request, FRANCECONNECT).redirect(
            request, AuthProcess.REDIRECT, data=data
        )
    except OAuth2Error:
        return citizens.went_wrong(data) or render(request, "stateid/failed.html", status=502)
    return answer


@require_GET
def citizen_back(request: HttpRequest) -> HttpResponse:
    """Hand over to the commune who was named, once FranceConnect has closed its session."""
    told = request.session.pop(leaving.CITIZEN, None) or {}
    if not told or request.GET.get("state", "") != told["leaving"]:
        raise Http404
    commune = citizens.commune_at(told["site"])
    known = citizens.Known(**told["known"])
    if commune is None or timezone.now().timestamp() - known.at > citizens.KNOWN_S:
        raise Http404
    words = {
        "place": commune,
        "told": citizens.sealed(commune, known=known, state=told["state"]),
        "state": told["state"],
        "url": absolute_url(commune, citizens.BACK),
    }
    answer = render(request, "stateid/handover.html", words)
    answer.csp = {"form-action": f"'self' {absolute_url(commune, '')}"}  # type: ignore[attr-defined]
    return answer


def _provider(request: HttpRequest, provider_id: str) -> StateIdProvider:
    try:
        found: StateIdProvider = get_adapter(request).get_provider(request, provider_id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return found
