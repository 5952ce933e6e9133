"""What the board's pages share, on the association's site and on a commune's."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from ideas.board import board, narrowed
from ideas.forms import BoardFilter
from ideas.models import Idea, News
from tenants.asked import association_of
from tenants.models import Association


PER_PAGE = 20
NEWS_MOST = 50


def listed(request: HttpRequest) -> dict[str, Any]:
    """Return one page of the filtered board."""
    form = BoardFilter(request.GET)
    found = narrowed(board(association_of(request)), form.asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {"filter": form, "page_obj": page, "found": page.paginator.count}


def idea_page(idea: Idea) -> dict[str, Any]:
    """Return what everybody sees of an idea."""
    return {
        "idea": idea,
        "tone": idea.tone,
        "answers": list(idea.answers.all()),
        "duplicates": list(idea.duplicates.select_related("commune")),
        "places": list(
            idea.votes.order_by("commune__slug").values_list("commune__name", flat=True).distinct()
        ),
    }


def news_of(association: Association) -> QuerySet[News]:
    """Return the changelog, the latest first, each with the ideas it answers."""
    found = News.objects.filter(association_id=association.pk).prefetch_related("ideas")
    return found[:NEWS_MOST]
