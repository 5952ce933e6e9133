"""Practising: the association makes the place, each agent chooses a role, anybody begins anew."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity.access import staff_only
from identity.members import ADMIN, BOOKING_AGENT, READER, REPORT_AGENT
from onboarding import sandbox
from onboarding.access import TEAM
from parvis.deferred import defer_to
from parvis.guard import PUBLIC
from parvis.typed import number
from tenants import hosts, lifecycle
from tenants.asked import association_of, commune_of
from tenants.models import Commune, Membership


READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_WRITE)
@staff_only(*TEAM)
def association(request: HttpRequest) -> HttpResponse:
    """Show where the communes practise; POST has it made, or begun anew."""
    owner = association_of(request)
    if request.method == "POST":
        sandbox.ask_sandbox(association=owner)
        return redirect("association_sandbox")
    found = lifecycle.sandbox_of(owner)
    is_open = found is not None and found.state == Commune.State.READY
    context = {
        "found": found,
        "is_open": is_open,
        "address": hosts.absolute_url(found, "/") if found and is_open else "",
    }
    answer = render(request, "onboarding/sandbox/association.html", context)
    if found is not None and not is_open:
        answer["Refresh"] = "2"  # the browser asks again, without a script
    return answer


@login_required
@require_http_methods(READ_OR_WRITE)
def practice(request: HttpRequest) -> HttpResponse:
    """On the login host: choose where to practise, and as whom."""
    if request.method == "POST":
        asked = number(request.POST.get("commune", ""))
        commune = get_object_or_404(Commune, pk=asked, kind=Commune.Kind.SANDBOX)
        sandbox.practise(user=request.user, commune=commune, role=request.POST.get("role", ""))  # type: ignore[arg-type]
        messages.success(request, _("C’est noté : entrez, vous avez ce rôle."))
        return redirect("practice")
    places = sandbox.sandboxes_for(request.user)  # type: ignore[arg-type]
    own = dict(
        Membership.objects.of(request.user)
        .filter(commune__in=places)
        .values_list("commune", "role")
    )
    roles = [(role, Membership.Role(role).label) for role in sandbox.ROLES]
    shown = [
        (each, own.get(each.pk, ""), hosts.absolute_url(each, "/connexion/?next=/agent/"))
        for each in places
    ]
    return render(request, "onboarding/sandbox/practice.html", {"places": shown, "roles": roles})


@require_http_methods(READ_OR_WRITE)
@staff_only(ADMIN, BOOKING_AGENT, REPORT_AGENT, READER)
def room(request: HttpRequest) -> HttpResponse:
    """In the sandbox: what it is, what would have been sent; POST begins it anew."""
    commune = commune_of(request)
    if not commune.is_sandbox:
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            defer_to(PUBLIC, "onboarding.reset_sandbox", commune_id=commune.pk)
        messages.success(request, _("La remise à neuf commence : comptez quelques secondes."))
        return redirect("onboarding:sandbox")
    current = Commune.objects.get(pk=commune.pk)
    return render(request, "onboarding/sandbox/room.html", {"generation": current.generation})
