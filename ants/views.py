"""The three endpoints that the hub of France Titres reads (ANTS contract, 3).

A wrong token is told 401; everything else 200, whatever happens here: any other answer would fail
the search of the whole nation, of all editors.
"""

import gzip
import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ants import asking, calls, feed, index, numbers, points, tokens
from ants.models import HubCall


log = logging.getLogger(__name__)
Answer = tuple[str | bytes, Mapping[int, int]]
View = Callable[[HttpRequest, datetime], Answer]
WORTH_PACKING = 500  # bytes
PACKED = 4  # level: twice as fast as the usual one, a twentieth larger


def endpoint(
    name: str, *, when_down: Callable[[HttpRequest], str]
) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Make an endpoint: let in by a token, never failing, packed, its call noted."""

    def decorate(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @require_safe
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            now = timezone.now()
            try:
                token = tokens.accepted(request.headers.get(settings.ANTS_HEADER, ""), now=now)
                if token is None:
                    return _refused()
                body, counts = view(request, now)
                calls.note(name, counts, now=now, token=token)
            except Exception:  # the contract: any defect here must not fail the others' search
                log.exception("The platform of the State was answered with nothing")
                calls.note(HubCall.Endpoint.FAULT, {}, now=now)
                body = when_down(request)
            return _json(request, body)

        return answer

    return decorate


def _no_starts(_request: HttpRequest) -> str:
    return "{}"


def _no_points(_request: HttpRequest) -> str:
    return "[]"


def _no_numbers(request: HttpRequest) -> str:
    return json.dumps({spelled: [] for spelled in numbers.parts(_values(request))})


@endpoint(HubCall.Endpoint.POINTS, when_down=_no_points)
def managed_meeting_points(_request: HttpRequest, _now: datetime) -> Answer:
    """List our places, as they were prepared."""
    return points.answer(), {}


@endpoint(HubCall.Endpoint.SLOTS, when_down=_no_starts)
def available_time_slots(request: HttpRequest, now: datetime) -> Answer:
    """Tell the free starts of the places that are asked for."""
    today = timezone.localdate(now)
    question = asking.read(request.META.get("QUERY_STRING", ""), today=today)
    if question is None:
        return "{}", {}
    return feed.answer(question, now=now)


@endpoint(HubCall.Endpoint.NUMBERS, when_down=_no_numbers)
def search_application_ids(request: HttpRequest, now: datetime) -> Answer:
    """Tell which numbers have an appointment to come with us."""
    return json.dumps(index.answer(_values(request), now=now), ensure_ascii=False), {}


def _values(request: HttpRequest) -> list[str]:
    given = asking.parameters(request.META.get("QUERY_STRING", ""))
    return given.get("application_ids", [])


def _refused() -> HttpResponse:
    detail = {"detail": f"{settings.ANTS_HEADER.upper()} header invalid"}
    return HttpResponse(json.dumps(detail), content_type="application/json", status=401)


def _json(request: HttpRequest, body: str | bytes) -> HttpResponse:
    content = body.encode() if isinstance(body, str) else body
    response = HttpResponse(content_type="application/json")
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept-Encoding"
    if len(content) >= WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        content = gzip.compress(content, compresslevel=PACKED, mtime=0)
        response["Content-Encoding"] = "gzip"
    response.content = content
    return response
