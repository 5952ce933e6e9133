"""What every page knows about the site it belongs to."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Name the commune or association of the page; no query."""
    return {
        "commune": getattr(request, "commune", None),
        "association": getattr(request, "association", None),
        "site_kind": getattr(request, "site_kind", "unknown"),
        "demo_mode": settings.DEMO,
    }
