"""The login host's own pages, and the two ends of the hand-over to a site."""

import re
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode

from allauth.account.views import LogoutView
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as django_login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from audit import noting
from audit.middleware import actor_of
from identity import actions, support
from identity.current import member_at
from identity.devices import describe
from identity.factors import has_second_factor, shown_elsewhere
from identity.forms import AcceptForm, AccountForm
from identity.freshness import is_recent, prove_again, proved_at
from identity.members import REPORT_AGENT
from identity.models import Ticket, where
from identity.sessions import close_session, open_session
from parvis.acting import acting
from parvis.errors import DomainError
from tenants import hosts
from tenants.hosts import absolute_url, host_of, normalise
from tenants.models import Association, Commune, Membership, User


HANDOVER_COOKIE = "__Host-handover"
HANDOVER_LIFE_S = 600
INVITATION = "invitation"  # where the session keeps the token once it has left the address
HOST_NAME = re.compile(r"[a-z0-9.-]{1,253}")
STATE = re.compile(r"[A-Za-z0-9_-]{32,128}")
COUNTER = "/agent/"  # where the team of a commune begins
LONGEST_PATH = 1_500  # characters; more would not fit in a cookie
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


# --- On the site of a commune or association ----------------------------------------------


@require_safe
def login(request: HttpRequest) -> HttpResponse:
    """Note where to come back to, and leave for the login host."""
    place, path = place_of(request), local_path(request, request.GET.get("next", ""))
    host = host_of(place)
    fresh = {"fresh": "1"} if request.GET.get("fresh") == "1" else {}
    if normalise(request.get_host()) != host:
        return redirect(absolute_url(place, f"/connexion/?{urlencode({'next': path} | fresh)}"))
    state = secrets.token_urlsafe(32)
    query = urlencode({"site": host, "state": state} | fresh)
    answer = redirect(absolute_url("login", f"/autoriser/?{query}"))
    # The login host answers by a POST from another site: Lax cookies would stay behind.
    answer.set_cookie(
        HANDOVER_COOKIE,
        f"{state}:{quote(path, safe='')}",
        max_age=HANDOVER_LIFE_S,
        secure=True,
        httponly=True,
        samesite="None",
    )
    return answer


@csrf_exempt  # the state in the cookie and the single-use ticket do that job
@require_POST
def handover(request: HttpRequest) -> HttpResponse:
    """Redeem the ticket of the login host and open a session of this site."""
    now = timezone.now()
    state, _colon, path = request.COOKIES.get(HANDOVER_COOKIE, "").partition(":")
    try:
        ticket = _redeem(request, state, now)
    except actions.TicketRefused as refusal:
        noting.note(noting.Fact(noting.LOGIN_REFUSED))
        return render(request, "identity/refused.html", {"refusal": refusal}, status=403)
    django_login(request, ticket.user, backend=BACKEND)
    open_session(
        request,
        now=now,
        has_second_factor=ticket.has_second_factor,
        proved_at=ticket.proved_at,
    )
    with acting(actor_of(request)):
        noting.note(noting.Fact(noting.LOGIN))
    answer = HttpResponseRedirect(_page_for(request, ticket.user_id, unquote(path)))
    answer.delete_cookie(HANDOVER_COOKIE, samesite="None")
    answer.cookies[HANDOVER_COOKIE]["secure"] = True
    speak(answer, ticket.user.language)
    return answer


def _redeem(request: HttpRequest, state: str, now: datetime) -> Ticket:
    """Redeem the ticket for this browser, on this site, for somebody who still works here."""
    if not constant_time_compare(request.POST.get("state", ""), state):
        raise actions.TicketRefused
    ticket = actions.redeem_ticket(
        token=request.POST.get("ticket", ""),
        host=normalise(request.get_host()),
        state=state,
        now=now,
    )
    if member_at(request, user_id=ticket.user_id, fresh=True) is None:
        raise actions.TicketRefused
    return ticket


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session of this site; the other sites stay open."""
    if request.user.is_authenticated:
        noting.note(noting.Fact(noting.LOGOUT))
    close_session(request)
    return nothing_kept(redirect("/"))


def nothing_kept(answer: HttpResponse) -> HttpResponse:
    """Have the browser forget the pages it kept, those behind its button "back" among them."""
    answer["Clear-Site-Data"] = '"cache"'
    return answer


def place_of(request: HttpRequest) -> Commune | Association:
    """Return the commune or association whose site this is."""
    commune: Commune | None = request.commune  # type: ignore[attr-defined]
    association: Association | None = request.association  # type: ignore[attr-defined]
    place = commune or association
    if place is None:
        raise Http404
    return place


def local_path(request: HttpRequest, wanted: str) -> str:
    """Return ``wanted`` when it is a page of this site, the first page of the team otherwise."""
    home = COUNTER if request.commune else "/"  # type: ignore[attr-defined]
    if len(wanted) > LONGEST_PATH or not wanted.startswith("/"):
        return home
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return home
    try:
        found = resolve(wanted.partition("?")[0].partition("#")[0])
    except Resolver404:
        return home
    return home if found.url_name in {"login", "handover", "logout"} else wanted


def _page_for(request: HttpRequest, user_id: int, wanted: str) -> str:
    """Return the page that was wanted; who handles reports only has no day to begin with."""
    path = local_path(request, wanted)
    member = member_at(request, user_id=user_id)
    if path == COUNTER and member is not None and member.role == REPORT_AGENT:
        return f"{COUNTER}signalements/"
    return path


def speak(answer: HttpResponse, language: str) -> None:
    """Show the site in the language of the account."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


# --- On the login host --------------------------------------------------------------------


@login_required
@require_safe
def authorise(request: HttpRequest) -> HttpResponse:
    """Give a ticket to somebody who works on the site, in a form that leads there."""
    place = _place_at(request.GET.get("site", ""))
    state = request.GET.get("state", "")
    if place is None or not STATE.fullmatch(state):
        raise Http404
    user = _user(request)
    if not (
        Membership.objects.of(user).filter(**where(place)).exists()
        or support.may_enter(user=user, place=place)
    ):
        return render(request, "identity/no_access.html", {"place": place}, status=403)
    now, proof = timezone.now(), proved_at(request)
    if request.GET.get("fresh") == "1" and not is_recent(proof, now=now):
        return prove_again(request)
    token = actions.issue_ticket(
        user=user,
        host=host_of(place),
        state=state,
        has_second_factor=shown_elsewhere(request) or has_second_factor(user),
        now=now,
        proved_at=proof,
    )
    words = {
        "place": place,
        "ticket": token,
        "state": state,
        "url": absolute_url(place, "/connexion/retour/"),
    }
    answer = render(request, "identity/handover.html", words)
    answer.csp = {"form-action": f"'self' {absolute_url(place, '')}"}  # type: ignore[attr-defined]
    return answer


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead straight to the only place where the person works, or let her choose.

    The way on is a link that a script follows: a redirection to another host, right after the
    login form, would be refused by the policy on forms.
    """
    memberships = _memberships(request)
    if len(memberships) == 1:
        return render(request, "identity/continue.html", {"place": memberships[0]})
    return redirect("places")


@login_required
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """List where the person works: the switcher between communes."""
    return render(request, "identity/places.html", {"places": _memberships(request)})


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Change one's name and language; lead to the pages about security."""
    user = _user(request)
    initial = {"display_name": user.display_name, "language": user.language}
    form = AccountForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.update_account(user=user, **form.cleaned_data)
        messages.success(request, _("Vos réglages sont enregistrés."))
        answer = redirect("account")
        speak(answer, form.cleaned_data["language"])
        return answer
    words = {"form": form, "has_second_factor": has_second_factor(user)}
    return render(request, "identity/account.html", words)


@require_safe
def follow_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Move the token from the address to the session: histories and referrers keep addresses."""
    actions.find_invitation(token=token, now=timezone.now())
    request.session[INVITATION] = token
    return redirect("invitation")


def invitation(request: HttpRequest) -> HttpResponse:
    """Accept an invitation, with a new account or with the one that has the address."""
    now, token = timezone.now(), request.session.get(INVITATION, "")
    found = actions.find_invitation(token=token, now=now)
    user = _user(request) if request.user.is_authenticated else None
    known = User.objects.filter(email__iexact=found.email).exists()
    needs_password = found.role in Membership.MANDATORY_SECOND_FACTOR
    proposed = {"display_name": found.name}
    form = AcceptForm(request.POST or None, initial=proposed, needs_password=needs_password)
    if request.method == "POST" and (known or form.is_valid()):
        try:
            typed = {} if known else form.cleaned_data
            actions.accept_invitation(
                token=token,
                user=user if known else None,
                name=typed.get("display_name", ""),
                password=typed.get("password"),
                now=now,
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            del request.session[INVITATION]
            messages.success(request, _("Bienvenue ! Connectez-vous pour commencer."))
            return redirect("home")
    words = {
        "form": form,
        "invitation": found,
        "known": known,
        "mine": user is not None and user.email.lower() == found.email.lower(),
        "login_url": f"{reverse('login')}?{urlencode({'next': reverse('invitation')})}",
    }
    return render(request, "identity/invitation.html", words)


class LogoutEverywhere(LogoutView):  # type: ignore[misc]
    """The way out of every site."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Close the sessions, and leave no page behind."""
        return nothing_kept(super().post(*args, **kwargs))


class SessionList(ListUserSessionsView):  # type: ignore[misc]
    """The open sessions of the account, with the browser of each in words."""

    def get_context_data(self, **words: Any) -> dict[str, Any]:
        """Add the words."""
        found: dict[str, Any] = super().get_context_data(**words)
        newest_first = sorted(found["sessions"], key=lambda one: one.last_seen_at, reverse=True)
        return {**found, "rows": [(one, describe(one.user_agent)) for one in newest_first]}


list_sessions = SessionList.as_view()


def _user(request: HttpRequest) -> User:
    return User.objects.get(pk=request.user.pk or 0)


def _memberships(request: HttpRequest) -> list[dict[str, object]]:
    found = (
        Membership.objects.of(_user(request))
        .select_related("commune", "association")
        .order_by("association__name", "commune__name", "pk")
    )
    return [_place_words(membership) for membership in found]


def _place_words(membership: Membership) -> dict[str, object]:
    place = membership.commune or membership.association
    if place is None:
        raise ValueError("A membership has a place: the database says so.")
    kind = "association/" if isinstance(place, Association) else ""
    return {
        "place": place,
        "is_commune": isinstance(place, Commune),
        "is_open": not isinstance(place, Commune) or place.is_answering or place.is_suspended,
        "role": membership.get_role_display(),
        "url": absolute_url(place, "/connexion/"),
        "team": f"/equipe/{kind}{place.slug}/" if membership.role in {"admin", "director"} else "",
    }


def _place_at(host: str) -> Commune | Association | None:
    if not HOST_NAME.fullmatch(host):
        return None
    site = hosts.site_of(host)
    if site.kind == "commune":
        return site.commune
    return site.association if site.kind == "association" else None
