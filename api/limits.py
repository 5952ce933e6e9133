"""How often a key, or somebody without one, may ask (security.md, section 4)."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse

from identity import visits
from identity.addresses import address_of
from identity.limits import REPORT_CONTACT
from parvis import counters
from parvis.counters import Limit, take


MINUTE = timedelta(minutes=1)
KEYED = Limit("api-key", 600, MINUTE, fails_open=True)
KEYED_WRITES = Limit("api-key-writes", 120, MINUTE)
OPEN = Limit("api-open", 120, MINUTE, fails_open=True)  # without a key, by address

__all__ = ["REPORT_CONTACT", "count_key", "count_visitor", "tell"]


def count_key(request: HttpRequest, who: str, *, now: datetime) -> None:
    """Count one request of a key; those that write have a smaller share.

    Raises:
        TooMany: it has asked six hundred times within a minute, or written 120 times.
    """
    _note(request, KEYED, who, now)
    take(KEYED, who, now=now)
    if request.method not in {"GET", "HEAD"}:
        take(KEYED_WRITES, who, now=now)


def count_visitor(request: HttpRequest, *, now: datetime) -> None:
    """Count one request without a key by its address; town halls bear more.

    Raises:
        TooMany: this address has asked 120 times within a minute.
    """
    _note(request, OPEN, address_of(request), now)
    visits.count(request, OPEN, now=now)


def tell(request: HttpRequest, answer: HttpResponse) -> None:
    """Say how many requests are left (draft-ietf-httpapi-ratelimit-headers)."""
    noted: tuple[Limit, str, datetime] | None = getattr(request, "api_limit", None)
    if noted is None:
        return
    limit, who, now = noted
    seconds = int(limit.period.total_seconds())
    left = counters.seats_left(limit, who, now=now)
    answer["RateLimit-Policy"] = f'"{limit.name}";q={limit.seats};w={seconds}'
    answer["RateLimit"] = f'"{limit.name}";r={left};t={seconds}'


def _note(request: HttpRequest, limit: Limit, who: str, now: datetime) -> None:
    request.api_limit = (limit, who, now)  # type: ignore[attr-defined]
