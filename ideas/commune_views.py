"""The board on a commune's site: its people read, ask, vote and follow in its name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ideas import actions
from ideas.access import MEMBERS
from ideas.actions import Author
from ideas.board import board, road
from ideas.forms import MemberIdeaForm
from ideas.models import Idea, Vote
from ideas.pages import idea_page, listed, news_of
from ideas.workflow import takes_votes
from identity.access import staff_only, who
from tenants.asked import association_of, commune_of


BASE = {"base": "base_staff.html", "is_member": True}


@require_safe
@staff_only(*MEMBERS)
def ideas(request: HttpRequest) -> HttpResponse:
    """List what the members of the association ask for."""
    page = listed(request)
    mine = set(
        Vote.objects.filter(
            idea__in=[each.pk for each in page["page_obj"]], user_id=who(request).user_id
        ).values_list("idea", flat=True)
    )
    return render(request, "ideas/list.html", {**page, **BASE, "mine": mine})


@require_safe
@staff_only(*MEMBERS)
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one idea, and let people vote and follow."""
    found, user_id = _find(request, pk), who(request).user_id
    context = {
        **idea_page(found),
        **BASE,
        "may_vote": takes_votes(found.status),
        "has_voted": found.votes.filter(user_id=user_id).exists(),
        "follows": found.subscriptions.filter(user_id=user_id).exists(),
    }
    return render(request, "ideas/idea.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*MEMBERS)
def add(request: HttpRequest) -> HttpResponse:
    """Ask for something."""
    form = MemberIdeaForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        by = who(request)
        found = actions.suggest(
            association=association_of(request),
            words=form.words,
            commune=commune_of(request),
            author=Author(by.user_id, by.name, form.cleaned_data["hides_name"]),
            now=timezone.now(),
        )
        messages.success(request, _("Merci. Votre commune a voté pour cette idée."))
        return redirect("ideas:idea", found.pk)
    context = {
        "form": form,
        "title": _("Proposer une idée"),
        "button": _("Proposer"),
        **BASE,
    }
    status = 422 if form.errors else 200
    return render(request, "ideas/form.html", context, status=status)


@require_POST
@staff_only(*MEMBERS)
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Want it too."""
    found, by = _find(request, pk), who(request)
    actions.vote(idea=found, commune=commune_of(request), user_id=by.user_id)
    messages.success(request, _("Votre voix est comptée."))
    return redirect("ideas:idea", pk)


@require_POST
@staff_only(*MEMBERS)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's voice back."""
    found, by = _find(request, pk), who(request)
    actions.take_back(idea=found, commune=commune_of(request), user_id=by.user_id)
    messages.success(request, _("Votre voix est retirée."))
    return redirect("ideas:idea", pk)


@require_POST
@staff_only(*MEMBERS)
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to be told, or to be told no more."""
    found, by = _find(request, pk), who(request)
    if request.POST.get("stop"):
        actions.unsubscribe(idea=found, commune=commune_of(request), user_id=by.user_id)
        messages.success(request, _("Vous ne suivez plus cette idée."))
    else:
        actions.subscribe(idea=found, commune=commune_of(request), user_id=by.user_id)
        messages.success(request, _("Vous serez prévenu de chaque réponse."))
    return redirect("ideas:idea", pk)


@require_safe
@staff_only(*MEMBERS)
def roadmap(request: HttpRequest) -> HttpResponse:
    """Show what is planned, under way and there."""
    return render(request, "ideas/road.html", {"road": road(association_of(request)), **BASE})


@require_safe
@staff_only(*MEMBERS)
def news(request: HttpRequest) -> HttpResponse:
    """List what changed."""
    return render(request, "ideas/news.html", {"news": news_of(association_of(request)), **BASE})


def _find(request: HttpRequest, pk: int) -> Idea:
    return get_object_or_404(board(association_of(request)), pk=pk)
