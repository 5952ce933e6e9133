"""Pages for what went wrong: themed, with the town hall's telephone, and without a query.

Context processors do not run here: they could need the database that has just failed.
"""

import sys
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from parvis.errors import DomainError
from parvis.outages import is_outage


BACK_S = 60  # when it is worth asking again a machine that is down


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the address or the form cannot be read."""
    return _page(request, "400", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: this person may not see this page."""
    return _page(request, "403", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403: the form is too old, or comes from elsewhere."""
    return _page(request, "403", status=403, expired_form=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: there is no such page."""
    return _page(request, "404", status=404)


def gone(request: HttpRequest, *, message: str = "", href: str = "") -> HttpResponse:
    """Answer 410: the link has expired; ``href`` is where to ask for a new one."""
    return _page(request, "410", status=410, message=message, href=href)


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413: what was sent is too heavy."""
    return _page(request, "413", status=413)


def too_many(request: HttpRequest, *, retry_after_s: int = 0) -> HttpResponse:
    """Answer 429 and say when to try again; ``retry_after_s`` is in seconds."""
    answer = _page(request, "429", status=429, minutes=ceil(retry_after_s / 60))
    if retry_after_s:
        answer["Retry-After"] = str(retry_after_s)
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500: a bug; or 503: the database is down, or a disk is full."""
    if not is_outage(sys.exc_info()[1]):
        return _page(request, "500", status=500)
    answer = unavailable(
        request,
        message=_(
            "Un de nos serveurs ne répond pas en ce moment. Ce qui vous a été confirmé est gardé."
            " Réessayez dans quelques minutes ; si c’est urgent, appelez la mairie."
        ),
    )
    answer["Retry-After"] = str(BACK_S)
    return answer


def unavailable(request: HttpRequest, *, message: str = "") -> HttpResponse:
    """Answer 503: maintenance, or a machine that is down."""
    return _page(request, "503", status=503, message=message)


def closed(request: HttpRequest, *, departure: Any = None) -> HttpResponse:
    """Answer 503: the commune's site is not open, or not now; 410: it has left, and where to."""
    commune = getattr(request, "commune", None)
    if departure is not None and departure.state != "read_only":
        return _page(request, "departed", status=410, departure=departure)
    if commune is not None and commune.state == "suspended":
        return _page(request, "suspended", status=503, departure=departure)
    return unavailable(request)


def not_open_yet(request: HttpRequest) -> HttpResponse:
    """Answer 503: the commune's site is being made ready."""
    return _page(request, "not_open_yet", status=503)


def refusal(request: HttpRequest, exception: DomainError) -> HttpResponse:
    """Show a refusal of the domain where no form could."""
    if exception.retry_after_s:
        return too_many(request, retry_after_s=exception.retry_after_s)
    return _page(
        request,
        "refusal",
        status=exception.status,
        message=str(exception),
        heading=exception.heading,
        href=exception.href,
    )


def wrong_method(request: HttpRequest) -> HttpResponse:
    """Answer 405: an address that only a button may open was typed or followed."""
    return _page(request, "405", status=405)


def unknown_commune(request: HttpRequest) -> HttpResponse:
    """Answer 404: nobody registered this host; the portal helps to find the right one."""
    port = "" if settings.PORT in {80, 443} else f":{settings.PORT}"
    portal = f"{settings.SCHEME}://{settings.BASE_DOMAIN}{port}/"
    return _page(request, "unknown_commune", status=404, portal=portal)


def _page(request: HttpRequest, name: str, *, status: int, **words: Any) -> HttpResponse:
    if (answer := _to_machine(request, status)) is not None:
        return answer
    text = get_template(f"errors/{name}.html").render({"request": request, **words})
    answer = HttpResponse(text, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _to_machine(request: HttpRequest, status: int) -> HttpResponse | None:
    """Let an interface for programs answer in its own form, below its own addresses."""
    for beginning, door in settings.MACHINES.items():
        if request.path.startswith(beginning):
            answer: HttpResponse | None = import_string(door)(request, status)
            return answer
    return None
