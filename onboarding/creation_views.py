"""Pages of an association: show a commune its site, create it, and its own settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity.access import staff_only
from identity.members import DIRECTOR
from onboarding import creation
from onboarding.access import TEAM
from onboarding.creation_forms import AssociationForm, CreationForm
from onboarding.models import Creation
from parvis.errors import DomainError
from tenants import hosts
from tenants.actions import update_association
from tenants.asked import association_of, member_commune
from tenants.models import Association, Commune


READ_OR_WRITE = ["GET", "HEAD", "POST"]
SLOW_S = 60


@require_http_methods(READ_OR_WRITE)
@staff_only(*TEAM)
def preview(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Show the state of a commune's preview; POST has it made."""
    commune = member_commune(request, insee_code)
    if request.method == "POST":
        try:
            creation.ask_preview(commune=commune, now=timezone.now())
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("commune_preview", insee_code)
    context = {
        "subject": commune,
        "is_making": commune.state == Commune.State.CREATING and commune.delete_after is not None,
        "may_ask": commune.state == Commune.State.LISTED,
        "address": hosts.absolute_url(commune, "/") if commune.is_preview else "",
    }
    answer = render(request, "onboarding/creation/preview.html", context)
    return _read_again(answer) if context["is_making"] else answer


@require_http_methods(READ_OR_WRITE)
@staff_only(*TEAM)
def create(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Confirm the facts of a commune and have it created; then follow the steps."""
    commune = member_commune(request, insee_code)
    record = Creation.objects.filter(commune=commune).first()
    if record is not None:
        return _follow(request, commune, record)
    if commune.has_schema and not commune.is_preview:
        return render(request, "onboarding/creation/there.html", {"subject": commune})
    form = CreationForm(commune, request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                creation.ask(
                    commune=commune,
                    facts=form.facts,
                    admin_email=form.cleaned_data["admin_email"],
                    by=request.member,  # type: ignore[attr-defined]
                    now=timezone.now(),
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("commune_creation", insee_code)
    context = {"form": form, "subject": commune, "official": form.official}
    return render(request, "onboarding/creation/form.html", context, status=status)


@require_POST
@staff_only(*TEAM)
def resume(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Go on at once with a creation that stopped; the scheduler does it each minute anyway."""
    creation.go_on(commune=member_commune(request, insee_code))
    return redirect("commune_creation", insee_code)


@require_http_methods(READ_OR_WRITE)
@staff_only(DIRECTOR)
def settings(request: HttpRequest) -> HttpResponse:
    """Change how the association is called, seen and reached."""
    association = association_of(request)
    association = Association.objects.get(pk=association.pk)
    form = AssociationForm(association, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_association(association=association, **form.cleaned_data)
        messages.success(request, _("C’est enregistré."))
        return redirect("association_settings")
    context = {
        "form": form,
        "team": hosts.absolute_url("login", f"/equipe/association/{association.slug}/"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "onboarding/creation/settings.html", context, status=status)


def _follow(request: HttpRequest, commune: Commune, record: Creation) -> HttpResponse:
    steps = [
        (_("Base de données de la commune"), record.schema_at),
        (_("Démarches, horaires et catégories usuelles"), record.furnished_at),
        (_("Espace ouvert à son équipe"), record.open_to_team_at),
        (_("Étape notée dans le parcours"), record.moved_at),
        (_("Premier administrateur invité"), record.invited_at),
    ]
    context = {
        "subject": commune,
        "record": record,
        "steps": steps,
        "is_slow": (timezone.now() - record.asked_at).total_seconds() > SLOW_S,
        "site": hosts.absolute_url(commune, "/") if record.is_done else "",
    }
    answer = render(request, "onboarding/creation/progress.html", context)
    return answer if record.is_done or context["is_slow"] else _read_again(answer)


def _read_again(answer: HttpResponse) -> HttpResponse:
    """Let the browser ask again in a second, without a script."""
    answer["Refresh"] = "1"
    return answer
