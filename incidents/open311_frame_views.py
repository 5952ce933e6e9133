"""What every address of the Open311 server does around its answer: method, limit, form, faults."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from connect import calls
from identity.addresses import address_of
from identity.limits import MINUTE, Limit, TooMany, take
from incidents.open311_errors import Refused, answer
from incidents.open311_formats import CONTENT_TYPES, render
from parvis.errors import DomainError


Page = Callable[..., HttpResponse]
READING = ("GET", "HEAD")
READS = Limit("open311-read", 600, MINUTE, fails_open=True)  # per address


def endpoint(read: Page | None = None, write: Page | None = None) -> Page:
    """Make one address of the server from what it reads and what it writes.

    Anything that goes wrong is answered in the format of the address (H10).
    """
    allowed = [*(READING if read else ()), *(["POST"] if write else [])]

    @csrf_exempt
    @wraps(read or write)  # type: ignore[arg-type]
    def page(request: HttpRequest, form: str, **where: Any) -> HttpResponse:
        view = write if request.method == "POST" else read
        if request.method not in allowed or view is None:
            given = answer(form, 405, [_("Cette méthode n’est pas permise ici.")])
            given["Allow"] = ", ".join(allowed)
        else:
            given = _answered(request, view, form, where)
        if request.method in READING:
            given["Access-Control-Allow-Origin"] = "*"
        return given

    return page


def _answered(request: HttpRequest, view: Page, form: str, where: dict[str, Any]) -> HttpResponse:
    try:
        if request.method in READING:
            take(READS, address_of(request), now=timezone.now())
        return view(request, form=form, **where)
    except Refused as refusal:
        if key_id := getattr(request, "open311_key", 0):  # section 13: FixMyStreet asks again
            calls.failed(key_id=key_id, why=refusal.descriptions[0], now=timezone.now())
        return answer(
            form,
            refusal.status,
            refusal.descriptions,
            retry_after_s=refusal.retry_after_s,
        )
    except TooMany as refusal:
        return answer(form, 429, [str(refusal)], retry_after_s=refusal.retry_after_s)
    except DomainError as refusal:
        return answer(form, 400, [str(refusal)])
    except (RequestDataTooBig, SuspiciousOperation):
        return answer(form, 400, [_("La demande est illisible, ou trop volumineuse.")])
    except PermissionDenied:
        return answer(form, 403, [_("Accès refusé.")])


def given(root: str, content: Any, form: str) -> HttpResponse:
    """Answer a structure."""
    return HttpResponse(render(root, content, form), content_type=CONTENT_TYPES[form])


def steady(
    request: HttpRequest, form: str, *, version: datetime, make: Callable[[], tuple[str, Any]]
) -> HttpResponse:
    """Answer what only changes with the catalogue; nothing when the client has it (304)."""
    tag = quote_etag(f"{int(version.timestamp())}-{form}")
    modified = int(version.timestamp())
    response = get_conditional_response(request, etag=tag, last_modified=modified)
    if response is None:
        with translation.override("fr"):
            root, content = make()
            response = given(root, content, form)
    response["ETag"] = tag
    response["Last-Modified"] = version.strftime("%a, %d %b %Y %H:%M:%S GMT")
    response["Cache-Control"] = "public, no-cache"
    return response
