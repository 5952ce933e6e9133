"""The pages of information of a commune, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from shelf.models import Page


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """List the pages of information."""
    return render(request, "shelf/pages.html", {"pages": Page.objects.defer("text", "text_en")})


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one page of information."""
    found = get_object_or_404(Page, slug=slug)
    return render(request, "shelf/page.html", {"information": found})
