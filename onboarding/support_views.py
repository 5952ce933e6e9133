"""Somebody of the association reads in a commune for a while: asked for, seen and ended here.

Everything happens in the public schema. The message to the commune is written by a task in the
commune, and only then does the access open.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity import support as supporting
from identity.access import staff_only, who
from identity.models import SupportAccess
from onboarding.access import TEAM
from onboarding.support_forms import SupportForm
from onboarding.wizard_pages import typed
from parvis.errors import DomainError
from tenants.asked import member_commune
from tenants.hosts import absolute_url
from tenants.models import Commune, User


PAST_SHOWN = 30
TOLD_SOON_S = "2"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def support(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Say what an access does, open one for oneself, list those that were."""
    commune = _commune(request, insee_code)
    form = SupportForm(typed(request))
    if form.is_valid():
        try:
            supporting.open_access(
                user=User.objects.get(pk=who(request).user_id),
                commune=commune,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("support", insee_code=insee_code)
    return _page(request, commune, form)


@require_POST
@staff_only(*TEAM)
def end_support(request: HttpRequest, insee_code: str, pk: int) -> HttpResponse:
    """Close an access at once, whoever opened it."""
    commune = _commune(request, insee_code)
    access = get_object_or_404(SupportAccess, pk=pk, commune=commune)
    supporting.end(access=access, by_name=who(request).name, now=timezone.now())
    messages.success(request, _("L’accès d’assistance est fermé."))
    return redirect("support", insee_code=insee_code)


def _commune(request: HttpRequest, insee_code: str) -> Commune:
    """Find a commune of this association that has pages to read.

    Raises:
        Http404: there is none.
    """
    commune = member_commune(request, insee_code)
    if not commune.has_schema:
        raise Http404
    return commune


def _page(request: HttpRequest, commune: Commune, form: SupportForm) -> HttpResponse:
    now = timezone.now()
    accesses = list(SupportAccess.objects.filter(commune=commune)[: PAST_SHOWN + 1])
    standing = [each for each in accesses if each.is_standing(now)]
    mine = next((each for each in standing if each.user_id == who(request).user_id), None)
    context = {
        "place": commune,
        "form": form,
        "mine": mine,
        "others": [each for each in standing if each != mine],
        "past": [each for each in accesses if each not in standing][:PAST_SHOWN],
        "enter": absolute_url(commune, "/agent/"),
    }
    answer = render(
        request, "onboarding/support.html", context, status=422 if form.errors else 200
    )
    if mine and mine.told_at is None and not form.errors:
        answer["Refresh"] = TOLD_SOON_S  # the browser asks again, without a script
    return answer
