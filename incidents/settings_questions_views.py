"""The settings of what a category asks besides: the questions that other software has to put."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents.models import Category, CategoryAttribute
from incidents.settings_pages import SPACE, save, short, show
from incidents.settings_questions_forms import QuestionForm
from incidents.staff_pages import sets_reports


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def add_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask something more in a category."""
    category = get_object_or_404(Category, pk=pk)
    form = QuestionForm(request.POST or None, instance=CategoryAttribute(category=category))
    return _edit(request, form, _("Question ajoutée : %(name)s"))


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a question; what was answered keeps the words it was asked in."""
    question = get_object_or_404(CategoryAttribute.objects.select_related("category"), pk=pk)
    form = QuestionForm(request.POST or None, instance=question)
    return _edit(request, form, _("Question modifiée : %(name)s"))


@require_POST
@sets_reports
def move_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a question one place up, or down."""
    question = get_object_or_404(CategoryAttribute.objects.select_related("category"), pk=pk)
    order = list(question.category.attributes.all())
    here = order.index(question)
    there = here + (1 if request.POST.get("sens") == "bas" else -1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]

    def work() -> None:
        for position, each in enumerate(order, 1):
            CategoryAttribute.objects.filter(pk=each.pk).exclude(position=position).update(
                position=position
            )

    label = _("Ordre changé : %(name)s") % {"name": short(question.description)}
    return save(request, label=label, work=work, to=_list(question), now=timezone.now())


@require_POST
@sets_reports
def delete_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask it no more; what was answered stays."""
    question = get_object_or_404(CategoryAttribute.objects.select_related("category"), pk=pk)
    label = _("Question supprimée : %(name)s") % {"name": short(question.description)}
    return save(request, label=label, work=question.delete, to=_list(question), now=timezone.now())


def _list(question: CategoryAttribute) -> str:
    return reverse(f"{SPACE}:change_category", args=[question.category_id])


def _edit(request: HttpRequest, form: QuestionForm, label: str) -> HttpResponse:
    question: CategoryAttribute = form.instance
    if form.is_bound and form.is_valid():
        return save(
            request,
            label=label % {"name": short(form.cleaned_data["description"])},
            work=form.write,
            to=_list(question),
            now=timezone.now(),
        )
    page = {"category": question.category, "known": question if question.pk else None}
    return show(request, "question", page, form=form)
