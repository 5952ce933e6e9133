"""Guards applied to every request."""

import codecs
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from parvis import error_views
from parvis.errors import DomainError


READING = (
    "SELECT", "WITH", "SET ", "SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ",
    "DECLARE ", "FETCH ", "CLOSE ",
)  # fmt: skip
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def reading_only(
    execute: Callable[..., Any], sql: str, params: object, many: object, context: object
) -> object:
    """Refuse a statement that writes."""
    if not sql.lstrip("( \n").upper().startswith(READING):
        raise RuntimeError(f"A safe request tried to write: {sql[:60]}")
    return execute(sql, params, many, context)


def utf_8_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a form that says it is not in UTF-8, as browsers never do.

    Django decodes its parts by any codec of Python, those that unpack or escape among them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            raise BadRequest("This is not in UTF-8.")
        return get_response(request)

    return middleware


def readable_cookies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Leave aside cookies with a NUL, which no browser of ours holds and no column can."""

    def middleware(request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return get_response(request)

    return middleware


def safe_means_safe(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Make GET and HEAD unable to write to the database.

    Sessions are saved outside. A view of somebody else that must write when read (a link of
    allauth) says so with ``request.may_write`` through ``writes_when_read``.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or getattr(request, "may_write", False):
            return get_response(request)
        with connection.execute_wrapper(reading_only):
            return get_response(request)

    return middleware


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let the browser load nothing but our own files, and run nothing inline.

    A view widens one directive for its own page by setting ``response.csp`` to a dict.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = {**POLICY, **getattr(response, "csp", {})}
        response["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
        response["Permissions-Policy"] = "geolocation=(self), camera=(self)"
        if settings.SECURE_HSTS_SECONDS and request.is_secure() and _is_below_ours(request):
            response["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )
        if "Cache-Control" not in response and "text/html" in response.get("Content-Type", ""):
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def _is_below_ours(request: HttpRequest) -> bool:
    """Tell whether all names below the host are ours; a commune's own domain has others."""
    host = str(request.META.get("HTTP_HOST", "")).partition(":")[0].lower()
    domain: str = settings.BASE_DOMAIN
    return host == domain or host.endswith(f".{domain}")


class refusals(MiddlewareMixin):  # noqa: N801 (named as the function it stands for)
    """Show a refusal as a page, where no form did."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a ``DomainError`` with its sentence; leave bugs to the error page."""
        if isinstance(exception, DomainError):
            return error_views.refusal(request, exception)
        return None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Give a page to what Django answers with an empty one: 405."""
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        page = error_views.wrong_method(request)
        page["Allow"] = response["Allow"]
        return page
