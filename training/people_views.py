"""Who is invited to a session, who is added or leaves, what communes promise, and the list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import staff_only
from parvis.errors import DomainError
from parvis.exports import download, to_csv
from tenants.asked import association_of
from tenants.models import Association, Commune
from training import promises, scheduling, seating
from training.access import TEAM, communes_at, session_or_404, stages
from training.forms import (
    CommitmentForm,
    InviteForm,
    OrganisationForm,
    PersonForm,
    TrainerForm,
)
from training.models import TrainingOrganisation
from training.views import GET_AND_POST, after, posted, session_page


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite everybody who works for some communes, in one action."""
    session = session_or_404(request, pk)
    members = Commune.objects.real().with_schema().filter(association=session.association)
    form = InviteForm(posted(request), communes=members, stages=stages())
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["communes"])
        if stage := form.cleaned_data["stage"]:
            chosen |= set(communes_at(session.association, stage))
        try:
            made = seating.invite(session=session, communes=chosen)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _invited(made))
            return redirect("training:session", pk)
    words = {"form": form, "session": session}
    return render(request, "training/invite.html", words, status=422 if form.is_bound else 200)


def _invited(count: int) -> str:
    if not count:
        return _("Toutes ces personnes étaient déjà invitées.")
    said = ngettext(
        "%(count)s personne est invitée par courriel.",
        "%(count)s personnes sont invitées par courriel.",
        count,
    )
    return said % {"count": count}


@require_POST
@staff_only(*TEAM)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Register somebody by hand, even while the session takes place."""
    session = session_or_404(request, pk)
    form = PersonForm(request.POST, association=session.association)
    if form.is_valid():
        try:
            added = seating.add(session=session, now=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(name)s : %(state)s.") % {
                "name": added.name,
                "state": added.get_state_display(),
            }
            messages.success(request, said)
            return redirect("training:session", pk)
    return session_page(request, session, status=422, person_form=form)


@require_POST
@staff_only(*TEAM)
def remove(request: HttpRequest, pk: int, entry_id: int) -> HttpResponse:
    """Take somebody off the list."""
    session = session_or_404(request, pk)
    person = get_object_or_404(session.attendances.select_related("session"), pk=entry_id)
    return after(
        request,
        lambda: seating.remove(attendance=person, now=timezone.now()),
        to=reverse("training:session", args=[pk]),
        done=_("%(name)s ne vient plus.") % {"name": person.name},
    )


@require_POST
@staff_only(*TEAM)
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what a commune says it will do."""
    session = session_or_404(request, pk)
    form = CommitmentForm(request.POST, session=session)
    if form.is_valid():
        promises.promise(session=session, **form.cleaned_data)
        messages.success(request, _("L’engagement est noté sur la page de la commune."))
        return redirect("training:session", pk)
    return session_page(request, session, status=422, commitment_form=form)


@require_safe
@staff_only(*TEAM)
def people_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the list to a spreadsheet."""
    session = session_or_404(request, pk)
    header = [_("Nom"), _("Courriel"), _("Commune"), _("État"), _("Déjeuner")]
    header += [_("Besoins d’accessibilité"), _("Covoiturage"), _("Départ")]
    rows = [
        (
            each.name,
            each.email,
            each.commune.name,
            each.get_state_display(),
            _("oui") if each.wants_lunch else "",
            each.accessibility,
            each.get_carpool_display(),
            each.carpool_from,
        )
        for each in session.attendances.select_related("commune")
    ]
    return download(to_csv(header, rows), f"formation-{session.pk}.csv")


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def trainers(request: HttpRequest) -> HttpResponse:
    """List who teaches, add somebody, and say under which number."""
    association = association_of(request)
    form = TrainerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.add_trainer(association=association, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Le formateur est ajouté."))
            return redirect("training:trainers")
    return _trainers_page(request, association, form, _organisation_form(association))


@require_POST
@staff_only(*TEAM)
def organisation(request: HttpRequest) -> HttpResponse:
    """Say under which number the association is declared, or that it is not."""
    association = association_of(request)
    form = OrganisationForm(request.POST)
    if not form.is_valid():
        return _trainers_page(request, association, TrainerForm(), form)
    scheduling.declare(association=association, number=form.cleaned_data["declaration_number"])
    messages.success(request, _("C’est enregistré."))
    return redirect("training:trainers")


def _organisation_form(association: Association) -> OrganisationForm:
    known = TrainingOrganisation.objects.filter(association=association).first()
    number = known.declaration_number if known else ""
    return OrganisationForm(initial={"declaration_number": number})


def _trainers_page(
    request: HttpRequest, association: Association, form: TrainerForm, number: OrganisationForm
) -> HttpResponse:
    words = {"form": form, "organisation_form": number, "trainers": association.trainers.all()}
    status = 422 if form.is_bound or number.is_bound else 200
    return render(request, "training/trainers.html", words, status=status)
