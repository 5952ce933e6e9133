"""What a commune tells everybody about their data (GDPR, article 13)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from privacy import register


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """Say who keeps what, why, how long, who reads it, and what everybody may ask."""
    context = {
        "entries": register.entries(for_citizens=True),
        "has_texts": register.has_texts(),
        "has_notifications": register.has_notifications(),
    }
    return render(request, "privacy/notice.html", context)
