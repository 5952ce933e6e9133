"""Pages that follow what they show: the tag ``live`` names their topics, this lets them listen."""

import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from parvis import live_topics
from parvis.guard import current_schema


AGAIN = "X-Refresh"  # a page asks for itself again, unseen
NAME = re.compile(r"[a-z0-9.-]+")


def middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Note when a page begins to read; where it listens on another port, let it."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.live_since = time.time()  # type: ignore[attr-defined]
        response = get_response(request)
        if settings.LIVE_PORT and hasattr(request, "live_address"):
            response.csp = {  # type: ignore[attr-defined]
                **getattr(response, "csp", {}),
                "connect-src": f"'self' {_origin(request)}",
            }
        return response

    return answer


def watch(request: HttpRequest, *topics: str) -> str:
    """Write the path at which the page that is being made will hear of its topics."""
    since = getattr(request, "live_since", 0.0)
    request.live_address = live_topics.address(current_schema(), *topics, since=since)  # type: ignore[attr-defined]
    return str(request.live_address)  # type: ignore[attr-defined]


def is_again(request: HttpRequest) -> bool:
    """Say whether an open page asks for itself: what is told once is kept for a person."""
    return AGAIN in request.headers


def _origin(request: HttpRequest) -> str:
    """Name this very host on the port of the process of live pages; nothing for a strange name."""
    name = request.META.get("HTTP_HOST", "").partition(":")[0].lower()
    if not NAME.fullmatch(name):
        return ""
    return f"{settings.SCHEME}://{name}:{settings.LIVE_PORT}"
