"""The association's material, its paths, and the questions that wait for an answer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import staff_only, who
from tenants.asked import association_of
from training import resources, screens
from training.access import TEAM
from training.models import HelpRequest, LearningPath, Material
from training.path_forms import PathForm, StepForm
from training.resource_forms import MaterialForm
from training.views import GET_AND_POST, after, posted


QUESTIONS_SHOWN = 100


@require_safe
@staff_only(*TEAM)
def materials(request: HttpRequest) -> HttpResponse:
    """List the material, what is too old first, and the paths made of it."""
    association = association_of(request)
    rows = [
        (each, screens.is_older(each.written_on, each.screens))
        for each in Material.objects.filter(association=association)
    ]
    paths = LearningPath.objects.filter(association=association).prefetch_related("steps")
    words = {"materials": sorted(rows, key=lambda row: not row[1]), "paths": paths}
    return render(request, "training/materials.html", words)


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def add_material(request: HttpRequest) -> HttpResponse:
    """Write something new."""
    return _edit(request, None)


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def change_material(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the next version of something."""
    return _edit(request, _material_or_404(request, pk))


def _edit(request: HttpRequest, material: Material | None) -> HttpResponse:
    form = MaterialForm(posted(request), request.FILES or None, material=material)
    if request.method == "POST" and form.is_valid():
        resources.write(
            association=association_of(request),
            words=form.words(),
            file=form.cleaned_data["file"],
            today=timezone.localdate(),
            material=material,
        )
        messages.success(request, _("La ressource est enregistrée."))
        return redirect("training:materials")
    words = {"form": form, "material": material}
    status = 422 if form.is_bound else 200
    return render(request, "training/edit_material.html", words, status=status)


@require_safe
@staff_only(*TEAM)
def material(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one of them as communes see it."""
    return material_page(request, _material_or_404(request, pk), base="base_association.html")


def material_page(request: HttpRequest, found: Material, *, base: str) -> HttpResponse:
    """Show something to read, on either site."""
    words = {
        "material": found,
        "base": base,
        "is_old": screens.is_older(found.written_on, found.screens),
        "screens": [screens.name_of(code) for code in found.screens],
        "list_url": reverse("training:materials", urlconf=request.urlconf),
        "file_url": reverse("training:material_file", args=[found.pk], urlconf=request.urlconf),
    }
    return render(request, "training/material.html", words)


@require_safe
@staff_only(*TEAM)
def material_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give its file."""
    return file_of(_material_or_404(request, pk))


def file_of(found: Material) -> HttpResponse:
    """Give the file of something, as a file: browsers do not run what is in it.

    Raises:
        Http404: it has none, or it is gone.
    """
    if not found.file:
        raise Http404
    kind = found.file_name.rpartition(".")[2]
    try:
        with found.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError as gone:
        raise Http404 from gone
    answer = HttpResponse(content, content_type=resources.MIME[kind])
    name = content_disposition_header(as_attachment=True, filename=found.file_name)
    answer["Content-Disposition"] = name or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _material_or_404(request: HttpRequest, pk: int) -> Material:
    return get_object_or_404(Material, pk=pk, association=association_of(request))


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def add_path(request: HttpRequest) -> HttpResponse:
    """Begin a path."""
    form = PathForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = resources.begin_path(association=association_of(request), **form.cleaned_data)
        messages.success(request, _("Le parcours est créé : ajoutez ses étapes."))
        return redirect("training:own_path", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "training/add_path.html", {"form": form}, status=status)


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def own_path(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the steps of a path; POST adds one."""
    association = association_of(request)
    found = get_object_or_404(LearningPath, pk=pk, association=association)
    form = StepForm(posted(request), association=association)
    if request.method == "POST" and form.is_valid():
        resources.add_step(path=found, columns=form.columns())
        messages.success(request, _("L’étape est ajoutée."))
        return redirect("training:own_path", pk)
    words = {"path": found, "steps": found.steps.select_related("material"), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "training/own_path.html", words, status=status)


@require_POST
@staff_only(*TEAM)
def remove_step(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Take a step out of a path."""
    path = get_object_or_404(LearningPath, pk=pk, association=association_of(request))
    resources.remove_step(step=get_object_or_404(path.steps, position=position))
    messages.success(request, _("L’étape est retirée."))
    return redirect("training:own_path", pk)


@require_safe
@staff_only(*TEAM)
def questions(request: HttpRequest) -> HttpResponse:
    """List what people asked from their screens, what waits first."""
    found = HelpRequest.objects.filter(association=association_of(request))
    rows = found.select_related("commune").order_by("-at", "-pk")
    waiting = rows.filter(answered_at__isnull=True)[:QUESTIONS_SHOWN]
    done = rows.filter(answered_at__isnull=False).order_by("-answered_at")[:QUESTIONS_SHOWN]
    words = {
        "waiting": [(each, screens.name_of(each.screen)) for each in waiting],
        "done": [(each, screens.name_of(each.screen)) for each in done],
    }
    return render(request, "training/questions.html", words)


@require_POST
@staff_only(*TEAM)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a question was answered."""
    asked = get_object_or_404(HelpRequest, pk=pk, association=association_of(request))
    name = who(request).name
    return after(
        request,
        lambda: resources.settle(asked=asked, by_name=name, now=timezone.now()),
        to=reverse("training:questions"),
        done=_("C’est noté."),
    )
