"""What every answer below ``/api/v1/`` has: errors of one form, a tag, and what browsers need."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_request, override

from api import limits, problems


READING = ("GET", "HEAD")
GetResponse = Callable[[HttpRequest], HttpResponse]


def one_form(get_response: GetResponse) -> GetResponse:
    """Turn what went wrong into a problem, whoever refused it; tag what was read.

    It stands outside all that looks at a request, so that a commune which is closed, a request
    that cannot be read and a defect are told in the same form as a refusal.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not problems.is_ours(request):
            return get_response(request)
        if request.method == "OPTIONS":
            answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
            answer["Allow"] = "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"
        else:
            answer = get_response(request)
        is_error = answer.status_code >= HTTPStatus.BAD_REQUEST
        if is_error and answer.get("Content-Type") != problems.KIND:
            with override(get_language_from_request(request)):
                answer = problems.of_status(answer.status_code, like=answer)
        limits.tell(request, answer)
        _open_to_pages(request, answer)
        return _tagged(request, answer)

    return middleware


def _open_to_pages(request: HttpRequest, answer: HttpResponse) -> None:
    """Let pages of other sites read what everybody may; a key is never sent from a page."""
    if request.method not in (*READING, "OPTIONS") or "Authorization" in request.headers:
        return
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = (
        "ETag, Link, Retry-After, RateLimit, RateLimit-Policy"
    )
    if request.method == "OPTIONS":
        answer["Access-Control-Allow-Methods"] = "GET, HEAD"
        answer["Access-Control-Allow-Headers"] = "Accept-Language, If-None-Match"
        answer["Access-Control-Max-Age"] = "86400"


def _tagged(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Tag what was read by its content, and answer 304 to whoever has it already."""
    patch_vary_headers(answer, ("Accept-Language", "Authorization"))
    if request.method not in READING or answer.status_code != HTTPStatus.OK:
        answer.setdefault("Cache-Control", "no-store")
        return answer
    is_private = "Authorization" in request.headers
    answer["Cache-Control"] = "private, no-cache" if is_private else "public, no-cache"
    answer["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:24]}"'
    known = get_conditional_response(request, etag=answer["ETag"], response=answer)
    if known is answer or known is None:
        return answer
    for name in ("RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin"):
        if name in answer:
            known[name] = answer[name]
    return known
