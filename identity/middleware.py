"""Who is asking: a session opened on this very host, and a membership that still stands."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from identity import limits
from identity.access import to_login
from identity.addresses import address_of
from identity.current import member_at
from identity.factors import has_second_factor, needs_second_factor, shown_elsewhere
from identity.sessions import SECOND_FACTOR, close_session, is_alive, note_activity
from parvis import error_views
from tenants.models import Commune


GetResponse = Callable[[HttpRequest], HttpResponse]

REFRESH = "X-Refresh"  # sent by a page that reads itself again: nobody is there for sure
TRIAL_COOKIE = "__Host-essai"
# What a commune answers to everybody while it is being configured: the doors, and what they need.
BEFORE_THE_OPENING = (
    "/agent/",
    "/connexion/",
    "/deconnexion/",
    "/essai/",
    "/langue/",
    "/theme.css",
    "/sante/",
    "/robots.txt",
    "/.well-known/",
)
# Pages of the login host that write when read: a ticket, or the erasure of dead sessions.
WRITE_WHEN_READ = frozenset(
    {
        "authorise",
        "usersessions_list",
        "mfa_view_recovery_codes",
        "account_email",  # allauth notes the address of an account it meets for the first time
        "account_email_verification_sent",
        "stateid_callback",  # the answer of a provider of identities
        "stateid_citizen",  # the way there, of a citizen; it draws a state
        "stateid_citizen_back",
    }
)
# All that somebody who must have a second factor reaches before she has one.
ENROLMENT = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reauthenticate",
        "account_logout",
        "theme",
        "choose_language",
        "accessibility",
        "legal_notice",
        "privacy",
        "health",
    }
)


def staff_session(get_response: GetResponse) -> GetResponse:
    """Set ``request.user`` and ``request.member``; without a session cookie, ask nobody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.member = None  # type: ignore[attr-defined]
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
            _recognise(request, now=timezone.now())
        else:
            request.user = AnonymousUser()
        return get_response(request)

    return middleware


def _recognise(request: HttpRequest, *, now: datetime) -> None:
    """Find the member behind the session, or close it."""
    user_id = request.session.get(SESSION_KEY)
    if user_id is None:
        return
    if not is_alive(request, now=now):
        _forget(request)
        return
    if request.site_kind in {"commune", "association"}:  # type: ignore[attr-defined]
        member = member_at(request, user_id=int(user_id))
        if member is None or (member.is_support and member.support_until <= now.timestamp()):
            _forget(request)
            return
        request.member = member  # type: ignore[attr-defined]
    if REFRESH not in request.headers:
        note_activity(request, now=now)


def _forget(request: HttpRequest) -> None:
    close_session(request)
    request.user = AnonymousUser()


def second_factor_required(get_response: GetResponse) -> GetResponse:
    """Keep those who must have a second factor on its enrolment pages.

    It also counts the forms sent to the login host, and tells the read-only guard which of
    allauth's pages write when read.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.site_kind == "login":  # type: ignore[attr-defined]
            return _on_login_host(request) or get_response(request)
        member = request.member  # type: ignore[attr-defined]
        commune = request.commune  # type: ignore[attr-defined]
        lacks_factor = (
            member is not None
            and member.needs_second_factor
            and not (commune and commune.is_sandbox)
            and not settings.DEMO
            and not request.session.get(SECOND_FACTOR)
        )
        if lacks_factor and not request.path.startswith(("/connexion/", "/deconnexion/")):
            return to_login(request)
        return get_response(request)

    return middleware


def not_open_yet(get_response: GetResponse) -> GetResponse:
    """Keep a commune that is being configured for its team, and for who was given its key."""

    def middleware(request: HttpRequest) -> HttpResponse:
        commune = request.commune  # type: ignore[attr-defined]
        if commune is None or commune.state != Commune.State.CONFIGURING:
            return get_response(request)
        is_let_in = (
            request.member is not None  # type: ignore[attr-defined]
            or request.path.startswith(BEFORE_THE_OPENING)
            or holds_key(request, commune)
        )
        return get_response(request) if is_let_in else error_views.not_open_yet(request)

    return middleware


def holds_key(request: HttpRequest, commune: Commune) -> bool:
    """Tell whether the browser was given the private link of a soft launch."""
    held = request.COOKIES.get(TRIAL_COOKIE, "")
    key = commune.private_key if held else ""
    return bool(key) and constant_time_compare(held, key)


def _on_login_host(request: HttpRequest) -> HttpResponse | None:
    try:
        name = resolve(request.path_info, request.urlconf).url_name
    except Resolver404:
        return None
    request.may_write = name in WRITE_WHEN_READ  # type: ignore[attr-defined]
    if request.method == "POST" and name != "account_logout":
        try:
            limits.take(limits.ADDRESS, address_of(request), now=timezone.now())
        except limits.TooMany:
            return error_views.too_many(request, retry_after_s=60)
    if settings.DEMO or name in ENROLMENT or not request.user.is_authenticated:
        return None
    if shown_elsewhere(request) or has_second_factor(request.user):
        return None
    if not needs_second_factor(request.user):
        return None
    messages.info(
        request,
        _("Votre rôle demande un second facteur. Choisissez-en un pour continuer."),
    )
    return HttpResponseRedirect(reverse("mfa_index", urlconf=request.urlconf))
