"""What communes share, for the association: agreements, and the desk that answers the phone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import staff_only, who
from identity.members import DIRECTOR, REFERENT
from mutual import actions
from mutual.desk import read_desk
from mutual.forms import AgreementForm, PhoneAgentsForm
from mutual.models import Agreement, PhoneDeskAgent
from mutual.reading import agreements_for_association
from parvis.errors import DomainError
from tenants.asked import association_of


@require_safe
@staff_only(DIRECTOR, REFERENT)
def agreements(request: HttpRequest) -> HttpResponse:
    """List the agreements between communes, with their use and costs this year."""
    found = agreements_for_association(association_of(request).pk, today=timezone.localdate())
    return render(request, "mutual/agreements.html", {"agreements": found})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(DIRECTOR, REFERENT)
def add_agreement(request: HttpRequest) -> HttpResponse:
    """Write one more."""
    initial = {"starts_on": timezone.localdate(), "kind": "counter", "cost_key": "none"}
    return _agreement(request, None, initial)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(DIRECTOR, REFERENT)
def change_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one; to end it, give it a last day."""
    found = get_object_or_404(Agreement, pk=pk, association=association_of(request))
    members = list(found.members.all())
    names = ("name", "kind", "host", "after_days", "starts_on", "ends_on", "cost_key")
    initial: dict[str, Any] = {name: getattr(found, name) for name in names}
    initial["yearly_euros"] = found.yearly_cents / 100
    initial["communes"] = [each.commune_id for each in members]
    initial["services"] = "\n".join(found.services)
    initial["weekdays"] = members[0].weekdays if members else []
    return _agreement(request, found, initial)


@require_safe
@staff_only(DIRECTOR, REFERENT)
def desk(request: HttpRequest) -> HttpResponse:
    """Show the communes whose telephone is answered here: next starts, and the way to book."""
    member, association = who(request), association_of(request)
    agents = list(
        PhoneDeskAgent.objects.filter(association=association).values_list("user_id", flat=True)
    )
    context = {
        "communes": read_desk(association.pk, now=timezone.now()),
        "is_agent": member.user_id in agents,
        "form": PhoneAgentsForm(association, initial={"agents": agents}),
        "may_choose": member.role == DIRECTOR,
    }
    return render(request, "mutual/desk.html", context)


@require_POST
@staff_only(DIRECTOR)
def choose_agents(request: HttpRequest) -> HttpResponse:
    """Say who answers the telephone."""
    form = PhoneAgentsForm(association_of(request), request.POST)
    if form.is_valid():
        actions.choose_phone_agents(
            association=association_of(request), users=form.cleaned_data["agents"]
        )
    return redirect("mutual:desk")


def _agreement(
    request: HttpRequest, found: Agreement | None, initial: dict[str, Any]
) -> HttpResponse:
    association = association_of(request)
    form = AgreementForm(association, request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            actions.agree(association=association, agreement=found, **form.terms)
        except DomainError as refusal:
            form.add_error("communes", str(refusal))
        else:
            return redirect("mutual:agreements")
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "agreement": found}
    return render(request, "mutual/agreement.html", context, status=status)
