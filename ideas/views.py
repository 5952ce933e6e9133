"""The board on the association's site: read, answer, merge, announce."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ideas import actions
from ideas.access import TEAM
from ideas.actions import Author, Source
from ideas.board import SORTS, board, road, same_subject
from ideas.forms import AnswerForm, HeardIdeaForm, MergeForm, NewsForm
from ideas.models import Idea
from ideas.pages import idea_page, listed, news_of
from ideas.workflow import CLOSED, Origin, Status
from identity.access import staff_only, who
from parvis.errors import DomainError
from tenants.asked import association_of
from tenants.models import Commune


@require_safe
@staff_only(*TEAM)
def ideas(request: HttpRequest) -> HttpResponse:
    """List what members ask for."""
    return render(request, "ideas/list.html", {**listed(request), "base": "base_association.html"})


@require_safe
@staff_only(*TEAM)
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one idea and what may be done about it."""
    found = _find(request, pk)
    context = {
        **idea_page(found),
        "may_answer": found.status not in {Status.DONE, Status.DUPLICATE},
        "base": "base_association.html",
    }
    return render(request, "ideas/idea.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def add(request: HttpRequest) -> HttpResponse:
    """Write down what a member asked for by word of mouth."""
    association = association_of(request)
    communes = Commune.objects.filter(association=association).order_by("slug")
    form = HeardIdeaForm(_sent(request), communes=communes)
    if form.is_bound and form.is_valid():
        known, by = form.cleaned_data, who(request)
        heard = known["commune"] is not None
        found = actions.suggest(
            association=association,
            words=form.words,
            commune=known["commune"],
            author=None if heard else Author(by.user_id, by.name),
            source=Source(Origin(known["origin"])),
            now=timezone.now(),
        )
        messages.success(request, _("Idée ajoutée."))
        return redirect("ideas:idea", found.pk)
    return _form(request, form, title=_("Ajouter une idée"), button=_("Ajouter l’idée"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what becomes of an idea."""
    found = _find(request, pk)
    first = {"status": found.status, "planned_for": found.planned_for}
    form = AnswerForm(_sent(request), initial=first)
    if form.is_bound and form.is_valid():
        known = form.cleaned_data
        try:
            actions.answer(
                idea=found,
                status=Status(known["status"]),
                text=known["text"],
                planned_for=known["planned_for"],
                now=timezone.now(),
                by_name=who(request).name,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Réponse envoyée à celles et ceux qui suivent l’idée."))
            return redirect("ideas:idea", pk)
    return _form(request, form, title=_("Répondre"), button=_("Envoyer la réponse"), idea=found)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Join an idea to the one that asks for the same."""
    found = _find(request, pk)
    likely = same_subject(found)
    if not likely.exists():
        likely = board(found.association).exclude(pk=found.pk).exclude(status__in=CLOSED)
    form = MergeForm(_sent(request), ideas=likely.order_by(*SORTS[""]))
    if form.is_bound and form.is_valid():
        original = form.cleaned_data["original"]
        try:
            actions.merge(
                duplicate=found,
                original=original,
                now=timezone.now(),
                by_name=who(request).name,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Idées réunies : les voix sont gardées."))
            return redirect("ideas:idea", original.pk)
    return _form(request, form, title=_("Réunir à une autre"), button=_("Réunir"), idea=found)


@require_safe
@staff_only(*TEAM)
def roadmap(request: HttpRequest) -> HttpResponse:
    """Show what is planned, under way and there."""
    context = {"road": road(association_of(request)), "base": "base_association.html"}
    return render(request, "ideas/road.html", context)


@require_safe
@staff_only(*TEAM)
def news(request: HttpRequest) -> HttpResponse:
    """List what changed."""
    context = {
        "news": news_of(association_of(request)),
        "may_publish": True,
        "base": "base_association.html",
    }
    return render(request, "ideas/news.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def publish(request: HttpRequest) -> HttpResponse:
    """Announce a change, and tell those who asked for it."""
    association = association_of(request)
    ready = board(association).exclude(status__in=CLOSED).order_by(*SORTS[""])
    form = NewsForm(
        _sent(request), ideas=ready, initial={"ideas": request.GET.getlist("idee")[:50]}
    )
    if form.is_bound and form.is_valid():
        try:
            actions.publish(
                association=association,
                title=form.cleaned_data["title"],
                body=form.cleaned_data["body"],
                ideas=form.chosen,
                now=timezone.now(),
                by_name=who(request).name,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Nouveauté publiée."))
            return redirect("ideas:news")
    return _form(request, form, title=_("Annoncer une nouveauté"), button=_("Publier et prévenir"))


def _find(request: HttpRequest, pk: int) -> Idea:
    return get_object_or_404(board(association_of(request)).select_related("association"), pk=pk)


def _form(request: HttpRequest, form: object, **words: object) -> HttpResponse:
    status = 422 if getattr(form, "errors", None) else 200
    context = {"form": form, "base": "base_association.html", **words}
    return render(request, "ideas/form.html", context, status=status)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
