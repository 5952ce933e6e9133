"""What somebody tries, in the log of the process: one line for each event, nobody named.

The record of a commune says what its team did. Here is what stands in no commune's record: who
logs in and who fails to, forms that are refused for what they hold, limits that are reached.
"""

import hashlib
import hmac
import logging
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from audit.networks import network_of


log = logging.getLogger("parvis.security")
TELLING = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
}


def tell(event: str, request: HttpRequest, *, account: str = "") -> None:
    """Write one event: when, what, which page, from which network, about which account."""
    found = request.resolver_match
    log.info(
        "%s host=%s page=%s from=%s account=%s",
        event,
        request.META.get("HTTP_HOST", "").partition(":")[0][:80],
        found.view_name if found else "",
        network_of(request),
        mark_of(account) if account else "",
    )


def mark_of(address: str) -> str:
    """Return what stands for an address in the log: the same for the same one, and no way back."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, address.strip().lower().encode(), hashlib.sha256).hexdigest()[:12]


def tell_refusal(request: HttpRequest, answer: HttpResponse) -> None:
    """Write down a form, a page or a file that was refused."""
    if answer.status_code in TELLING:
        tell(f"refused-{answer.status_code}", request)
