"""The identities that open an account: one's own, and those that a team must look at."""

from collections.abc import Callable

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.models import where
from identity.team_views import manager_of, team_path
from parvis.errors import DomainError
from stateid import linking
from stateid.models import LinkRequest
from stateid.registered import name_of
from tenants.models import User


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what opens my account besides its password."""
    found = SocialAccount.objects.filter(user_id=request.user.pk or 0).order_by("pk")
    names = {each: name_of(each) for each in {one.provider for one in found}}
    rows = [(one, names[one.provider], one.extra_data.get("siret", "")) for one in found]
    return render(request, "stateid/identities.html", {"rows": rows})


@login_required
@require_POST
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of them off."""
    linking.unlink(user=User.objects.get(pk=request.user.pk or 0), pk=pk)
    messages.success(request, _("Cette identité n’ouvre plus votre compte."))
    return redirect("identities")


@login_required
@require_safe
def waiting(request: HttpRequest, slug: str, *, kind: str) -> HttpResponse:
    """List the identities that ask to open an account of the team."""
    manager, place = manager_of(request, slug, kind)
    asked = LinkRequest.objects.pending().filter(**where(place)).select_related("user")
    asked = asked.filter(asked_at__gt=timezone.now() - linking.REQUEST_LIFE)
    rows = [
        {
            "request": one,
            "provider": name_of(one.provider),
            "accept": team_path(place, "accept_identity", one.pk),
            "refuse": team_path(place, "refuse_identity", one.pk),
            "is_own": one.user_id == manager.user_id,
        }
        for one in asked
    ]
    words = {"place": place, "rows": rows, "back": team_path(place, "team")}
    return render(request, "stateid/waiting.html", words)


@login_required
@require_POST
def accept(request: HttpRequest, slug: str, pk: int, *, kind: str) -> HttpResponse:
    """Let an identity open the account it asks for."""
    said = _("Cette identité ouvre désormais le compte.")
    return _decide(request, slug, pk, kind=kind, said=said, act=linking.accept_request)


@login_required
@require_POST
def refuse(request: HttpRequest, slug: str, pk: int, *, kind: str) -> HttpResponse:
    """Keep an identity out."""
    said = _("Cette identité reste dehors.")
    return _decide(request, slug, pk, kind=kind, said=said, act=linking.refuse_request)


def _decide(
    request: HttpRequest, slug: str, pk: int, *, kind: str, said: str, act: Callable[..., None]
) -> HttpResponse:
    manager, place = manager_of(request, slug, kind)
    asked = get_object_or_404(LinkRequest.objects.filter(**where(place)), pk=pk)
    try:
        act(by=manager, request=asked, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(team_path(place, "identities"))
