"""Small pages that change one thing of a commune's card, and come back to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ideas.models import Idea
from ideas.workflow import CLOSED
from identity.access import staff_only, who
from onboarding import contacts, obstacles, todo
from onboarding.access import TEAM
from onboarding.models import Contact, ExistingSolution, Interaction, Obstacle, Referent
from onboarding.pages import team_of
from onboarding.pipeline_forms import (
    ContactForm,
    ObstacleForm,
    ReferentForm,
    SaidForm,
    SolutionForm,
    TaskForm,
)
from onboarding.stages import Module, Reason
from tenants.asked import association_of, member_commune
from tenants.models import Commune


def _edit(
    request: HttpRequest,
    commune: Commune,
    form: Form,
    *,
    title: str,
    save: Callable[[], object],
    done: str,
    **more: Any,
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        save()
        messages.success(request, done)
        return redirect("commune_card", commune.insee_code)
    context = {"commune": commune, "form": form, "title": title, **more}
    status = 422 if form.errors else 200
    return render(request, "onboarding/card_edit.html", context, status=status)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def add_contact(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Add somebody to the people of a town hall."""
    commune = member_commune(request, insee_code)
    form = ContactForm(_sent(request))
    return _edit(
        request,
        commune,
        form,
        title=_("Ajouter une personne"),
        save=lambda: contacts.keep(commune=commune, person=form.person),
        done=_("Personne ajoutée."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def change_contact(request: HttpRequest, insee_code: str, pk: int) -> HttpResponse:
    """Change what is known of somebody."""
    commune = member_commune(request, insee_code)
    contact = get_object_or_404(Contact, commune=commune, pk=pk)
    names = ("name", "function", "phone", "email", "is_main")
    form = ContactForm(_sent(request), initial={name: getattr(contact, name) for name in names})
    return _edit(
        request,
        commune,
        form,
        title=_("Modifier une personne"),
        save=lambda: contacts.keep(commune=commune, person=form.person, contact=contact),
        done=_("Personne modifiée."),
        contact=contact,
    )


@require_POST
@staff_only(*TEAM)
def delete_contact(request: HttpRequest, insee_code: str, pk: int) -> HttpResponse:
    """Erase somebody."""
    commune = member_commune(request, insee_code)
    contacts.forget(contact=get_object_or_404(Contact, commune=commune, pk=pk))
    messages.success(request, _("Personne effacée."))
    return redirect("commune_card", insee_code)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def log(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Write down a call, a mail, a visit or a note, and what is done next."""
    commune = member_commune(request, insee_code)
    today = timezone.localdate()
    people = list(Contact.objects.filter(commune=commune))
    first = {"kind": Interaction.Kind.CALL, "on": today, "contact": people[0] if people else None}
    form = SaidForm(_sent(request), contacts=people, today=today, initial=first)
    return _edit(
        request,
        commune,
        form,
        title=_("Noter un échange"),
        save=lambda: contacts.log(
            commune=commune,
            said=form.said,
            contact=form.cleaned_data["contact"],
            by=who(request),
            now=timezone.now(),
        ),
        done=_("Échange noté."),
    )


def _ideas(request: HttpRequest) -> Any:
    return Idea.objects.filter(association=association_of(request)).exclude(status__in=CLOSED)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def add_obstacle(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Write down what holds a commune back."""
    commune = member_commune(request, insee_code)
    form = ObstacleForm(_sent(request), ideas=_ideas(request))
    return _edit(
        request,
        commune,
        form,
        title=_("Noter un obstacle"),
        save=lambda: obstacles.note(
            commune=commune,
            module=Module(form.cleaned_data["module"]),
            reason=Reason(form.cleaned_data["reason"]),
            detail=form.cleaned_data["detail"],
            idea=form.cleaned_data["idea"],
            by=who(request),
            now=timezone.now(),
        ),
        done=_("Obstacle noté."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def change_obstacle(request: HttpRequest, insee_code: str, pk: int) -> HttpResponse:
    """Say more of an obstacle, or which idea would lift it."""
    commune, obstacle = _obstacle(request, insee_code, pk)
    linked = [obstacle.idea_id] if obstacle.idea_id else []
    ideas = _ideas(request) | Idea.objects.filter(pk__in=linked)
    first = {"detail": obstacle.detail, "idea": obstacle.idea}
    form = ObstacleForm(_sent(request), ideas=ideas, is_new=False, initial=first)
    return _edit(
        request,
        commune,
        form,
        title=_("Obstacle : %(reason)s") % {"reason": obstacle.get_reason_code_display()},
        save=lambda: obstacles.change(
            obstacle=obstacle,
            detail=form.cleaned_data["detail"],
            idea=form.cleaned_data["idea"],
        ),
        done=_("Obstacle modifié."),
    )


@require_POST
@staff_only(*TEAM)
def solve_obstacle(request: HttpRequest, insee_code: str, pk: int) -> HttpResponse:
    """Say that an obstacle is lifted."""
    _commune, obstacle = _obstacle(request, insee_code, pk)
    obstacles.solve(obstacle=obstacle, by=who(request), now=timezone.now())
    messages.success(request, _("Obstacle levé."))
    return redirect("commune_card", insee_code)


@require_POST
@staff_only(*TEAM)
def reopen_obstacle(request: HttpRequest, insee_code: str, pk: int) -> HttpResponse:
    """Take "lifted" back."""
    _commune, obstacle = _obstacle(request, insee_code, pk)
    obstacles.reopen(obstacle=obstacle)
    messages.success(request, _("L’obstacle est de nouveau là."))
    return redirect("commune_card", insee_code)


def _obstacle(request: HttpRequest, insee_code: str, pk: int) -> tuple[Commune, Obstacle]:
    commune = member_commune(request, insee_code)
    found = Obstacle.objects.select_related("commune__association", "idea")
    return commune, get_object_or_404(found, commune=commune, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def solution(request: HttpRequest, insee_code: str, module: str) -> HttpResponse:
    """Write down what a commune uses today for a module."""
    commune = member_commune(request, insee_code)
    if module not in Module.values:
        raise Http404
    known = ExistingSolution.objects.filter(commune=commune, module=module).first()
    names = list(SolutionForm.base_fields)
    first = {name: getattr(known, name) for name in names} if known else None
    form = SolutionForm(_sent(request), initial=first)
    return _edit(
        request,
        commune,
        form,
        title=_("Solution actuelle : %(module)s") % {"module": Module(module).label},
        save=lambda: contacts.describe_solution(
            commune=commune, module=Module(module), known=form.cleaned_data
        ),
        done=_("Solution actuelle notée."),
        solution=known,
    )


@require_POST
@staff_only(*TEAM)
def delete_solution(request: HttpRequest, insee_code: str, module: str) -> HttpResponse:
    """Say that a commune uses nothing else for a module."""
    commune = member_commune(request, insee_code)
    if module not in Module.values:
        raise Http404
    contacts.forget_solution(commune=commune, module=Module(module))
    messages.success(request, _("Solution effacée."))
    return redirect("commune_card", insee_code)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def add_task(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Write down something to do for a commune."""
    commune = member_commune(request, insee_code)
    form = TaskForm(_sent(request), initial={"due": timezone.localdate()})
    return _edit(
        request,
        commune,
        form,
        title=_("Ajouter une tâche"),
        save=lambda: todo.add_task(commune=commune, by=who(request), **form.cleaned_data),
        done=_("Tâche ajoutée."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def referents(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Say who answers for a commune."""
    commune = member_commune(request, insee_code)
    known = {each.rank: each.user_id for each in Referent.objects.filter(commune=commune)}
    form = ReferentForm(_sent(request), team=team_of(association_of(request)), initial=known)
    return _edit(
        request,
        commune,
        form,
        title=_("Qui suit la commune"),
        save=lambda: contacts.assign(commune=commune, **form.cleaned_data),
        done=_("Référents enregistrés."),
    )
