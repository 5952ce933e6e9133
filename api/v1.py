"""The REST API, version 1: which operations there are, and how what they refuse is told."""

import json
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from api import (
    appointment_views,
    figure_views,
    problems,
    report_views,
    service_views,
    webhook_views,
)
from api.refusals import InvalidFields, NotJson, TooLarge, Unreadable
from api.sentences import places
from booking.taking import SlotTaken
from connect.keys import KeyRefused, ScopeMissing
from parvis.errors import DomainError


VERSION = "1.0.0"
MOST_DIGITS = 40


class JsonOnly(Parser):
    """Reads bodies that say they are JSON, and numbers of a size that numbers have."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Read a body.

        Raises:
            NotJson: it says it is something else.
            Unreadable: it is no JSON.
        """
        if request.content_type != "application/json":
            raise NotJson
        try:
            return json.loads(request.body, parse_int=_number)
        except (ValueError, RecursionError) as fault:
            raise Unreadable from fault


class Readable(JSONRenderer):
    """Writes letters as they are, accents too."""

    json_dumps_params: ClassVar[dict[str, Any]] = {"ensure_ascii": False}  # type: ignore[misc]


api = NinjaAPI(
    title="Parvis",
    version=VERSION,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=JsonOnly(),
    renderer=Readable(),
)
api.add_router("", service_views.router)
api.add_router("", appointment_views.router)
api.add_router("", report_views.router)
api.add_router("", figure_views.router)
api.add_router("", webhook_views.router)


@api.exception_handler(DomainError)
def refused(_request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Tell what a rule refused; nearby free starts with a slot that is taken."""
    if isinstance(refusal, SlotTaken):
        nearest = [each.isoformat() for each in refusal.alternatives]
        return problems.of_refusal(refusal, alternatives=nearest)
    if isinstance(refusal, InvalidFields):
        errors = [{"field": field, "message": words} for field, words in refusal.errors]
        return problems.of_refusal(refusal, errors=errors)
    is_key = isinstance(refusal, KeyRefused) and not isinstance(refusal, ScopeMissing)
    return problems.of_refusal(refusal, status=401 if is_key else 0)


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """Tell which fields are wrong, each with its sentence."""
    return problems.of_refusal(InvalidFields([]), errors=places(fault.errors))


@api.exception_handler(RequestDataTooBig)
def too_large(_request: HttpRequest, _fault: RequestDataTooBig) -> HttpResponse:
    """Tell that a body is heavier than anything expected."""
    return problems.of_refusal(TooLarge())


@api.exception_handler(Http404)
def missing(_request: HttpRequest, _fault: Http404) -> HttpResponse:
    """Tell that there is no such thing in this commune."""
    return problems.of_status(HTTPStatus.NOT_FOUND)


@api.exception_handler(HttpError)
def failed(_request: HttpRequest, fault: HttpError) -> HttpResponse:
    """Tell why a body cannot be read: ninja wraps what its parser says."""
    if isinstance(fault.__context__, DomainError):
        return problems.of_refusal(fault.__context__)
    return problems.of_status(fault.status_code)


def _number(text: str) -> int:
    """Read a number; one that no column holds is told as a text, which no field takes.

    Raises:
        ValueError: it has more digits than any number here.
    """
    if len(text) > MOST_DIGITS:
        raise ValueError(text[:MOST_DIGITS])
    return int(text)
