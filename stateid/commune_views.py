"""A commune's host: citizens on their way to FranceConnect and back; whether it is offered."""

import secrets
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from identity.access import staff_only, who
from identity.members import ADMIN
from identity.views import place_of
from stateid import actions, citizens
from stateid.forms import CitizenForm
from stateid.models import CitizenLogin
from tenants.hosts import absolute_url, host_of
from tenants.models import Commune


LEFT = "__Host-franceconnect"
LEFT_S = 600
FORMS = {"rendez-vous": "booking:details"}


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Note which form to come back to, and leave for the login host."""
    commune, form = _commune(request), request.GET.get("pour", "")
    if form not in FORMS or not citizens.is_offered(commune):
        raise Http404
    state = secrets.token_urlsafe(32)
    query = urlencode({"site": host_of(commune), "state": state})
    answer = redirect(absolute_url("login", f"/stateid/franceconnect/demande/?{query}"))
    answer.set_cookie(
        LEFT,
        f"{state}:{form}",
        max_age=LEFT_S,
        secure=True,
        httponly=True,
        samesite="None",  # the login host answers by a POST from another site
    )
    return answer


@csrf_exempt  # the state in the cookie and the signature for this commune do that job
@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """Take what FranceConnect told to the form; without it, the form says why it is empty."""
    commune = _commune(request)
    state, _colon, form = request.COOKIES.get(LEFT, "").partition(":")
    known = None
    if request.method == "POST" and constant_time_compare(request.POST.get("state", ""), state):
        known = citizens.opened(request.POST.get("told", ""), state=state)
    answer = HttpResponseRedirect(_address(form, is_known=known is not None))
    if known is not None:
        citizens.remember(answer, known, commune=commune)
    if request.method == "POST":
        answer.delete_cookie(LEFT, samesite="None")
        answer.cookies[LEFT]["secure"] = True
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def offer(request: HttpRequest) -> HttpResponse:
    """Offer FranceConnect to citizens, or stop."""
    commune = _commune(request)
    current = CitizenLogin.objects.filter(commune_id=commune.pk).first()
    typed = request.POST if request.method == "POST" else None
    form = CitizenForm(typed, initial={"is_offered": current is not None})
    if form.is_valid():
        actions.offer_to_citizens(
            commune=commune,
            is_offered=form.cleaned_data["is_offered"],
            by=who(request),
            now=timezone.now(),
        )
        messages.success(request, _("C’est enregistré."))
        return redirect("stateid:citizens")
    words = {"form": form, "current": current, "is_configured": citizens.is_configured()}
    return render(request, "stateid/citizens.html", words)


def _commune(request: HttpRequest) -> Commune:
    place = place_of(request)
    if not isinstance(place, Commune):
        raise Http404
    return place


def _address(form: str, *, is_known: bool) -> str:
    try:
        path = reverse(FORMS.get(form, FORMS["rendez-vous"]))
    except NoReverseMatch as error:
        raise Http404 from error
    return path if is_known else f"{path}?{urlencode({citizens.FAILED: 'echec'})}"
