"""What a commune that is not open keeps to itself: its messages, and the key of its trial."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_POST, require_safe

from identity.access import member_of, to_login
from identity.middleware import TRIAL_COOKIE
from parvis.models import OutgoingEmail
from parvis.outbox import files, paragraphs
from tenants.asked import commune_of
from tenants.lifecycle import PREVIEW_LIFE
from tenants.models import Commune


PER_PAGE = 30


@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """List what citizens would have received, newest first."""
    if (refused := _refusal(request)) is not None:
        return refused
    kept = OutgoingEmail.objects.order_by("-written_at", "-pk")
    page = Paginator(kept, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "onboarding/kept/messages.html", {"page_obj": page})


@require_safe
def message(request: HttpRequest, number: int) -> HttpResponse:
    """Show one message as the citizen would have received it."""
    if (refused := _refusal(request)) is not None:
        return refused
    email = get_object_or_404(OutgoingEmail, pk=number)
    context = {"email": email, "paragraphs": paragraphs(email.body), "files": files(email)}
    return render(request, "onboarding/kept/message.html", context)


@require_safe
def trial(request: HttpRequest, key: str) -> HttpResponse:
    """Offer to come in by the private link of a commune that prepares its opening."""
    _check(request, key)
    return render(request, "onboarding/kept/trial.html", {"key": key})


@require_POST
def begin_trial(request: HttpRequest, key: str) -> HttpResponse:
    """Remember the key in a cookie of this host, and go to the home page."""
    _check(request, key)
    answer = HttpResponseRedirect("/")
    answer.set_cookie(
        TRIAL_COOKIE,
        key,
        max_age=int(PREVIEW_LIFE.total_seconds()),
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _check(request: HttpRequest, key: str) -> None:
    """Refuse a wrong key as if the page did not exist."""
    commune = commune_of(request)
    right = commune.private_key if commune.state == Commune.State.CONFIGURING else ""
    if not right or not constant_time_compare(key, right):
        raise Http404


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Let nobody read the messages of an open commune, nor strangers those of the others.

    A preview is known to those who were given its address: what they tried there is theirs.
    """
    commune = commune_of(request)
    if commune.is_real_and_open:
        raise Http404
    if commune.is_preview or member_of(request) is not None:
        return None
    return to_login(request)
