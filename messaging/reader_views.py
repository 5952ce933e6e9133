"""Where a reader chooses which messages she receives, and when."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from identity.access import COMMUNE_ROLES, staff_only, who
from messaging import preferences
from messaging.kinds import OFFERED, Audience, Choice, Kind
from messaging.reader_forms import ChoicesForm


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the kinds of messages a reader is offered, and take her choices."""
    reader, audience = _opened(secret)
    now_chosen = preferences.choices_of(reader, audience)
    form = ChoicesForm(request.POST if request.method == "POST" else None, chosen=now_chosen)
    if form.is_valid():
        preferences.choose(who=reader, choices=form.choices(), now=timezone.now())
        messages.success(request, _("C’est noté. Vous pouvez changer d’avis quand vous voulez."))
        return redirect("reading:choose", secret)
    status = 422 if form.is_bound else 200
    page = {"form": form, "is_staff": audience == Audience.STAFF}
    return _private(render(request, "messaging/choose.html", page, status=status))


@csrf_exempt  # RFC 8058: the mail program posts alone, and the key says for whom
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, secret: str, kind: str) -> HttpResponse:
    """Stop one kind of messages at once; whoever only follows the link may choose first.

    A mail program is answered without a redirect, which RFC 8058 forbids.
    """
    reader, audience = _opened(secret)
    if kind not in OFFERED[audience]:
        raise Http404
    if request.method == "POST":
        preferences.choose(who=reader, choices={Kind(kind): Choice.NEVER}, now=timezone.now())
        words = _("C’est noté. Vous pouvez changer d’avis quand vous voulez.")
        return _private(HttpResponse(words, content_type="text/plain; charset=utf-8"))
    return _private(redirect("reading:choose", secret))


@require_safe
@staff_only(*sorted(COMMUNE_ROLES))
def mine(request: HttpRequest) -> HttpResponse:
    """Lead somebody of the team to her own choices."""
    key = preferences.key_of(who(request).email, Audience.STAFF)
    return _private(redirect(reverse("reading:choose", args=[key])))


def _opened(key: str) -> tuple[str, Audience]:
    found = preferences.opened(key)
    if found is None:
        raise Http404
    return found


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep a page whose address is its key out of caches and out of search engines."""
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
