"""The team of a commune or association: who is in it, who is invited, who does what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity import actions
from identity.access import may_manage_team
from identity.forms import InvitationForm, RoleForm
from identity.models import Invitation, where
from parvis.errors import DomainError
from tenants.models import Association, Commune, Membership


Place = Commune | Association


@login_required
@require_safe
def team(request: HttpRequest, slug: str, *, kind: str) -> HttpResponse:
    """List the members and the invitations that wait."""
    manager, place = manager_of(request, slug, kind)
    return _page(request, manager, place, InvitationForm(place))


@login_required
@require_POST
def invite(request: HttpRequest, slug: str, *, kind: str) -> HttpResponse:
    """Invite somebody by e-mail."""
    manager, place = manager_of(request, slug, kind)
    form = InvitationForm(place, request.POST)
    if form.is_valid():
        try:
            invitation = actions.invite(
                by=manager, place=place, now=timezone.now(), **form.cleaned_data
            )
        except DomainError as refusal:
            form.add_error("email", str(refusal))
        else:
            said = _("L’invitation est partie à l’adresse %(email)s.") % {
                "email": invitation.email
            }
            messages.success(request, said)
            return redirect(team_path(place, "team"))
    return _page(request, manager, place, form)


@login_required
@require_POST
def resend(request: HttpRequest, slug: str, pk: int, *, kind: str) -> HttpResponse:
    """Send a new link."""
    manager, place = manager_of(request, slug, kind)
    invitation = get_object_or_404(Invitation.objects.to(place), pk=pk)
    actions.resend_invitation(by=manager, invitation=invitation, now=timezone.now())
    messages.success(request, _("L’invitation est repartie, avec un nouveau lien."))
    return redirect(team_path(place, "team"))


@login_required
@require_POST
def cancel(request: HttpRequest, slug: str, pk: int, *, kind: str) -> HttpResponse:
    """Make an invitation worthless."""
    manager, place = manager_of(request, slug, kind)
    invitation = get_object_or_404(Invitation.objects.to(place), pk=pk)
    actions.cancel_invitation(by=manager, invitation=invitation, now=timezone.now())
    messages.success(request, _("L’invitation est annulée."))
    return redirect(team_path(place, "team"))


@login_required
def member(request: HttpRequest, slug: str, pk: int, *, kind: str) -> HttpResponse:
    """Change somebody's role."""
    manager, place = manager_of(request, slug, kind)
    found = _member(place, pk)
    form = RoleForm(place, request.POST or None, initial={"role": found.role})
    if form.is_valid():
        try:
            actions.change_role(by=manager, membership=found, role=form.cleaned_data["role"])
        except DomainError as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(request, _("Le rôle est changé."))
            return redirect(team_path(place, "team"))
    words = {
        "place": place,
        "member": found,
        "form": form,
        "back": team_path(place, "team"),
        "remove_path": team_path(place, "remove", pk),
        "end_path": team_path(place, "end_sessions", pk),
    }
    return render(request, "identity/member.html", words)


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, pk: int, *, kind: str) -> HttpResponse:
    """Take somebody out of the team."""
    manager, place = manager_of(request, slug, kind)
    found = _member(place, pk)
    actions.deactivate(by=manager, membership=found)
    said = _("%(name)s n’a plus accès. Ses sessions sont fermées.") % {"name": found.user}
    messages.success(request, said)
    return redirect(team_path(place, "team") if found.pk != manager.pk else "places")


@login_required
@require_POST
def end_sessions(request: HttpRequest, slug: str, pk: int, *, kind: str) -> HttpResponse:
    """Log a colleague out everywhere: a lost telephone, a computer left open."""
    manager, place = manager_of(request, slug, kind)
    found = _member(place, pk)
    actions.end_sessions_of(by=manager, membership=found)
    said = _("Les sessions de %(name)s sont fermées.") % {"name": found.user}
    messages.success(request, said)
    return redirect(team_path(place, "member", pk))


def manager_of(request: HttpRequest, slug: str, kind: str) -> tuple[Membership, Place]:
    """Find the place and check that the person manages its team; a stranger learns nothing."""
    place_model = Commune if kind == "commune" else Association
    place: Place | None = place_model.objects.filter(slug=slug).first()
    if place is None:
        raise Http404
    membership = (
        Membership.objects.filter(
            user_id=request.user.pk or 0, user__is_active=True, is_active=True, **where(place)
        )
        .select_related("user", "commune", "association")
        .first()
    )
    if membership is None:
        raise Http404
    if not may_manage_team(membership.role):
        raise PermissionDenied
    return membership, place


def _member(place: Place, pk: int) -> Membership:
    team = Membership.objects.filter(**where(place), is_active=True)
    return get_object_or_404(team.select_related("user", "commune", "association"), pk=pk)


def _page(
    request: HttpRequest, manager: Membership, place: Place, form: InvitationForm
) -> HttpResponse:
    now = timezone.now()
    members = (
        Membership.objects.filter(**where(place), is_active=True)
        .select_related("user")
        .order_by("user__display_name", "user__email", "pk")
    )
    invitations = Invitation.objects.pending().to(place)
    words = {
        "place": place,
        "manager": manager,
        "form": form,
        "members": [(one, team_path(place, "member", one.pk)) for one in members],
        "waiting": [
            (
                invitation,
                invitation.has_expired(now),
                team_path(place, "resend", invitation.pk),
                team_path(place, "cancel", invitation.pk),
            )
            for invitation in invitations
        ],
        "invite_path": team_path(place, "invite"),
        "identities_path": team_path(place, "identities"),
    }
    return render(request, "identity/team.html", words, status=422 if form.errors else 200)


def team_path(place: Place, name: str, *numbers: int) -> str:
    """Return the address of a page about the team of a place."""
    kind = "commune" if isinstance(place, Commune) else "association"
    return reverse(f"{kind}_{name}", args=[place.slug, *numbers])
