"""Limits on guessing and on mail, counted once for the whole platform.

A limit of N is N seats, each taken for the whole period: at no moment can more than N attempts
have happened within one period. Seats are kept in the ``shared`` cache, which knows no commune.
When Valkey is down they are kept in the database: slower, never open.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from identity.models import Attempt
from parvis.errors import DomainError


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``seats`` attempts within ``period``."""

    name: str
    seats: int
    period: timedelta


LOGIN = Limit("login", 5, timedelta(minutes=5))  # per account
SECOND_FACTOR = Limit("second-factor", 5, timedelta(minutes=5))  # per account
ADDRESS = Limit("address", 30, timedelta(minutes=1))  # forms sent to the login host, per IP
CODE_MAIL = Limit("code-mail", 5, timedelta(hours=1))  # per recipient
INVITATION = Limit("invitation", 20, timedelta(days=1))  # per inviting person
PREVIEW = Limit("preview", 5, timedelta(days=1))  # previews of communes, per address
INVITED = Limit("invited", 3, timedelta(hours=1))  # per recipient

TAKE = """
INSERT INTO public.identity_attempt (key, seat, until) VALUES (%s, %s, %s)
ON CONFLICT (key, seat) DO UPDATE SET until = excluded.until
WHERE identity_attempt.until <= %s
RETURNING seat
"""


class TooMany(DomainError):
    """The limit is reached: trying again later is the only way."""

    message = _("Trop de tentatives. Patientez quelques minutes, puis recommencez.")
    status = 429


def take(limit: Limit, who: str, *, now: datetime) -> int:
    """Count one attempt of ``who`` and return its seat, for ``release``.

    Raises:
        TooMany: every seat is taken.
    """
    key = _key(limit, who)
    try:
        seat = _take_in_cache(limit, key)
    except RedisError:
        seat = _take_in_database(limit, key, now)
    if seat is None:
        raise TooMany
    return seat


def release(limit: Limit, who: str, seat: int) -> None:
    """Give one seat back: that attempt was not a guess."""
    key = _key(limit, who)
    caches["shared"].delete(f"limit:{key}:{seat}")
    Attempt.objects.filter(key=key, seat=seat).delete()


def _key(limit: Limit, who: str) -> str:
    """Name a counter without keeping the address or account it counts."""
    text = f"{limit.name}:{who.strip().lower()}".encode(errors="replace")
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


def _take_in_cache(limit: Limit, key: str) -> int | None:
    timeout = int(limit.period.total_seconds())
    for seat in range(limit.seats):
        if caches["shared"].add(f"limit:{key}:{seat}", 1, timeout):
            return seat
    return None


def _take_in_database(limit: Limit, key: str, now: datetime) -> int | None:
    with connection.cursor() as cursor:
        for seat in range(limit.seats):
            cursor.execute(TAKE, [key, seat, now + limit.period, now])
            if cursor.fetchone():
                return seat
    return None
