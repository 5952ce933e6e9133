"""Learning by oneself: paths, their steps, material, and help on a screen."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ideas import actions as ideas
from identity.access import staff_only, who
from learning import actions, exercises, progress
from tenants.asked import association_of, commune_of
from tenants.hosts import absolute_url
from tenants.lifecycle import sandbox_of
from training import help as screen_help, quiz, resources, screens
from training.access import STAFF
from training.models import LearningPath, Material, PathStep
from training.resource_forms import IdeaForm, MaterialFilter, QuestionForm
from training.resource_views import file_of, material_page
from training.views import GET_AND_POST


MODULES = {"booking": "booking", "incidents": "reports"}
SCREEN_MOST = 60
PRACTICE = "/entrainement/"  # where one chooses a role in the sandbox
DIGITS = frozenset("0123456789")


@require_safe
@staff_only(*STAFF)
def materials(request: HttpRequest) -> HttpResponse:
    """List the material, by role and by subject."""
    found = Material.objects.filter(association=association_of(request), is_published=True)
    form = MaterialFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("role"):
        found = found.filter(roles__contains=[chosen["role"]])
    if chosen.get("sujet"):
        found = found.filter(topics__contains=[chosen["sujet"]])
    words = {"materials": found, "filter": form}
    return render(request, "training/commune/materials.html", words)


@require_safe
@staff_only(*STAFF)
def material(request: HttpRequest, pk: int) -> HttpResponse:
    """Show something to read."""
    return material_page(request, _material_or_404(request, pk), base="base_staff.html")


@require_safe
@staff_only(*STAFF)
def material_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give its file."""
    return file_of(_material_or_404(request, pk))


def _material_or_404(request: HttpRequest, pk: int) -> Material:
    here = {"association": association_of(request), "is_published": True}
    return get_object_or_404(Material, pk=pk, **here)


@require_safe
@staff_only(*STAFF)
def path(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the steps of a path, and which of them are done."""
    found = _path_or_404(request, pk)
    done = progress.done_by(who(request).user_id)
    steps = [(step, step.pk in done) for step in found.steps.all()]
    following = next((step for step, is_done in steps if not is_done), None)
    words = {
        "path": found,
        "steps": steps,
        "following": following,
        "done_count": sum(is_done for _step, is_done in steps),
    }
    return render(request, "training/commune/path.html", words)


def _path_or_404(request: HttpRequest, pk: int) -> LearningPath:
    return get_object_or_404(LearningPath, pk=pk, association=association_of(request))


@require_http_methods(GET_AND_POST)
@staff_only(*STAFF)
def step(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Show one step; a material is marked as read, a quiz marked, an exercise looked at."""
    known = PathStep.objects.select_related("path", "material")
    found = get_object_or_404(known, path=_path_or_404(request, pk), position=position)
    if request.method != "POST":
        return _step_page(request, found)
    if found.kind == PathStep.Kind.QUIZ:
        return _mark(request, found)
    if found.kind == PathStep.Kind.EXERCISE:
        return _look(request, found)
    return _finish(request, found)


def _step_page(
    request: HttpRequest, found: PathStep, *, marked: list[quiz.Marked] | None = None
) -> HttpResponse:
    me = who(request)
    sandbox = sandbox_of(association_of(request)) if found.exercise else None
    words = {
        "path": found.path,
        "step": found,
        "is_done": found.pk in progress.done_by(me.user_id),
        "questions": list(enumerate(marked or quiz.blank(found.questions))),
        "is_marked": marked is not None,
        "exercise": exercises.WORDS.get(found.exercise, ""),
        "sandbox_url": (
            absolute_url(sandbox, exercises.PAGES.get(found.exercise, "/agent/"))
            if sandbox
            else ""
        ),
        "practice_url": absolute_url("login", PRACTICE),
        "last_try": (
            progress.last_try(user_id=me.user_id, step_id=found.pk) if found.exercise else None
        ),
    }
    status = 422 if marked is not None else 200
    return render(request, "training/commune/step.html", words, status=status)


def _mark(request: HttpRequest, found: PathStep) -> HttpResponse:
    typed = [request.POST.get(f"q{index}", "") for index in range(len(found.questions))]
    chosen = [int(text) if text in DIGITS else None for text in typed]
    marked = quiz.mark(found.questions, chosen)
    if not quiz.is_passed(marked):
        return _step_page(request, found, marked=marked)
    return _finish(request, found)


def _look(request: HttpRequest, found: PathStep) -> HttpResponse:
    sandbox = sandbox_of(association_of(request))
    if sandbox is None or not sandbox.has_schema:
        messages.error(request, _("Votre association n’a pas encore de commune d’entraînement."))
    else:
        actions.ask(
            user_id=who(request).user_id,
            path_id=found.path_id,
            step_id=found.pk,
            exercise=found.exercise,
            sandbox=sandbox.schema_name,
            now=timezone.now(),
        )
        messages.info(request, _("Nous regardons dans la commune d’entraînement."))
    return redirect("training:step", found.path_id, found.position)


def _finish(request: HttpRequest, found: PathStep) -> HttpResponse:
    actions.finish(
        user_id=who(request).user_id,
        path_id=found.path_id,
        step_id=found.pk,
        now=timezone.now(),
    )
    messages.success(request, _("Étape finie : %(title)s") % {"title": found.title})
    return redirect("training:path", found.path_id)


@require_safe
@staff_only(*STAFF)
def help_page(request: HttpRequest) -> HttpResponse:
    """Help on one screen: what to read, whom to ask, what should be better."""
    screen = request.GET.get("ecran", "")[:SCREEN_MOST].replace("\x00", "")
    return _help(request, screen)


def _help(
    request: HttpRequest,
    screen: str,
    *,
    question: QuestionForm | None = None,
    idea: IdeaForm | None = None,
) -> HttpResponse:
    words = {
        "screen": screens.name_of(screen),
        "lines": screen_help.fill(association_of(request)).get(screen, []),
        "question_form": question or QuestionForm(initial={"ecran": screen}),
        "idea_form": idea or IdeaForm(initial={"ecran": screen}),
    }
    status = 422 if question or idea else 200
    return render(request, "training/commune/help.html", words, status=status)


@require_POST
@staff_only(*STAFF)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the referent."""
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _help(request, _screen_of(form), question=form)
    resources.ask(
        association=association_of(request),
        commune=commune_of(request),
        who=who(request),
        screen=form.cleaned_data["ecran"],
        text=form.cleaned_data["text"],
    )
    messages.success(request, _("Votre question est partie. La réponse viendra par courriel."))
    return redirect(_back_to(form.cleaned_data["ecran"]))


@require_POST
@staff_only(*STAFF)
def suggest(request: HttpRequest) -> HttpResponse:
    """Say what should be better on a screen."""
    form = IdeaForm(request.POST)
    if not form.is_valid():
        return _help(request, _screen_of(form), idea=form)
    me, typed = who(request), form.cleaned_data
    module = MODULES.get(typed["ecran"].partition(":")[0], "other")
    ideas.suggest(
        association=association_of(request),
        commune=commune_of(request),
        author=ideas.Author(me.user_id, me.name),
        words=ideas.Words(typed["title"], typed["body"], module, typed["ecran"]),
        now=timezone.now(),
    )
    messages.success(request, _("Votre idée est sur le tableau des idées."))
    return redirect(_back_to(typed["ecran"]))


def _screen_of(form: QuestionForm | IdeaForm) -> str:
    return str(form.cleaned_data.get("ecran", ""))


def _back_to(screen: str) -> str:
    return reverse("training:help", query={"ecran": screen})
