"""Count attempts once for the whole platform, over all communes and hosts.

A limit of N is N seats, each taken for the whole period: at no moment can more than N attempts
have happened within one period. Seats are kept in the ``shared`` cache, which knows no commune;
one round trip takes a seat under several limits, or under none of them. When Valkey is down they
are kept in the database: slower, never open, unless the limit only protects reading.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from redis.exceptions import RedisError

from parvis.errors import DomainError


TAKE = """
local now, wait = tonumber(ARGV[1]), 0
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local over = redis.call('ZCARD', key) - tonumber(ARGV[1 + 2 * i])
  if over >= 0 then
    local free = redis.call('ZRANGE', key, over, over, 'WITHSCORES')[2]
    wait = math.max(wait, math.ceil(tonumber(free) - now))
  end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  local period = tonumber(ARGV[2 + 2 * i])
  redis.call('ZADD', key, now + period, ARGV[2])
  redis.call('PEXPIRE', key, period)
end
return 0
"""
TAKE_IN_DATABASE = """
INSERT INTO public.identity_attempt (key, seat, until) VALUES (%s, %s, %s)
ON CONFLICT (key, seat) DO UPDATE SET until = excluded.until
WHERE identity_attempt.until <= %s
RETURNING seat
"""
GIVE_BACK_IN_DATABASE = "DELETE FROM public.identity_attempt WHERE key = %s AND seat = %s"
FORGET = "DELETE FROM public.identity_attempt WHERE until <= %s"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``seats`` attempts within ``period``; ``fails_open`` where it protects reading."""

    name: str
    seats: int
    period: timedelta
    fails_open: bool = False


class TooMany(DomainError):
    """The limit is reached: trying again ``retry_after_s`` seconds later is the only way."""

    message = gettext_lazy("Trop de tentatives. Patientez quelques minutes, puis recommencez.")
    status = 429

    def __init__(self, retry_after_s: int = 60) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


def take(limit: Limit, who: str, *, now: datetime) -> str:
    """Count one attempt of ``who`` and return its seat, for ``release``.

    Raises:
        TooMany: every seat is taken.
    """
    return take_all([(limit, who)], now=now)


def take_all(wanted: Sequence[tuple[Limit, str]], *, now: datetime, factor: int = 1) -> str:
    """Count one attempt under several limits, or under none; ``factor`` multiplies their seats.

    Raises:
        TooMany: one of them is reached.
    """
    try:
        return _take_in_cache(wanted, now=now, factor=factor)
    except RedisError:
        closed = [(limit, who) for limit, who in wanted if not limit.fails_open]
        return _take_in_database(closed, now=now, factor=factor)


def release(limit: Limit, who: str, seat: str) -> None:
    """Give one seat back: that attempt was not a guess."""
    key = counter_key(limit.name, who)
    if seat.isdigit():
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK_IN_DATABASE, [key, int(seat)])
        return
    with suppress(RedisError):
        run("return redis.call('ZREM', KEYS[1], ARGV[1])", [f"limit:{key}"], [seat])


def give_back(limit: Limit, who: str) -> None:
    """Give the oldest seat back; when Valkey is down it is free again at the end of its time."""
    with suppress(RedisError):
        run(
            "return redis.call('ZPOPMIN', KEYS[1])",
            [f"limit:{counter_key(limit.name, who)}"],
            [],
        )


def seats_left(limit: Limit, who: str, *, now: datetime) -> int:
    """Count the seats that are free; all of them when Valkey is down."""
    key = f"limit:{counter_key(limit.name, who)}"
    with suppress(RedisError):
        count = "return redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[1], '+inf')"
        return max(0, limit.seats - int(run(count, [key], [now.timestamp() * 1000])))
    return limit.seats


def forget_old(*, now: datetime) -> None:
    """Drop the seats of the database that are free again."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [now])


def counter_key(name: str, who: str) -> str:
    """Name a counter without keeping the address or account it counts."""
    text = f"{name}:{who.strip().lower()}".encode(errors="replace")
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


def run(script: str, keys: Sequence[str], values: Sequence[Any]) -> Any:
    """Run a small program inside Valkey, in one round trip, on keys that know no commune.

    Raises:
        RedisError: Valkey is unreachable.
    """
    return caches["shared"].run(script, keys, values)  # type: ignore[attr-defined]


def in_minutes(seconds: int) -> str:
    """Say in words how long to wait."""
    minutes = ceil(seconds / 60)
    if minutes > 90:  # noqa: PLR2004
        hours = ceil(minutes / 60)
        return ngettext("%(n)s heure", "%(n)s heures", hours) % {"n": hours}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def sentence(refusal: TooMany, *, phone: str = "") -> str:
    """Say why a form is refused, when to try again, and whom to call meanwhile."""
    said = {"wait": in_minutes(refusal.retry_after_s), "phone": phone}
    if phone:
        return (
            _(
                "Trop de demandes sont venues de votre connexion ou de cette adresse. Nous les "
                "limitons pour arrêter les robots. Ce que vous avez saisi est gardé : "
                "recommencez dans %(wait)s, ou appelez la mairie au %(phone)s."
            )
            % said
        )
    return (
        _(
            "Trop de demandes sont venues de votre connexion ou de cette adresse. Nous les "
            "limitons pour arrêter les robots. Ce que vous avez saisi est gardé : "
            "recommencez dans %(wait)s."
        )
        % said
    )


def _take_in_cache(wanted: Sequence[tuple[Limit, str]], *, now: datetime, factor: int) -> str:
    seat = secrets.token_hex(8) + "x"  # never a number, as those of the database are
    values: list[Any] = [now.timestamp() * 1000, seat]
    for limit, _who in wanted:
        values += [limit.seats * factor, limit.period.total_seconds() * 1000]
    keys = [f"limit:{counter_key(limit.name, who)}" for limit, who in wanted]
    wait_ms = int(run(TAKE, keys, values))
    if wait_ms:
        raise TooMany(ceil(wait_ms / 1000))
    return seat


def _take_in_database(wanted: Sequence[tuple[Limit, str]], *, now: datetime, factor: int) -> str:
    taken = ""
    for limit, who in wanted:
        seat = _seat_in_database(limit, who, now=now, seats=limit.seats * factor)
        if seat is None:
            raise TooMany(int(limit.period.total_seconds()))
        taken = str(seat)
    return taken


def _seat_in_database(limit: Limit, who: str, *, now: datetime, seats: int) -> int | None:
    key = counter_key(limit.name, who)
    with connection.cursor() as cursor:
        for seat in range(seats):
            cursor.execute(TAKE_IN_DATABASE, [key, seat, now + limit.period, now])
            if cursor.fetchone():
                return seat
    return None
