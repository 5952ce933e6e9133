"""One commune cannot take the machine from the others: beyond its ceiling it answers 429.

Requests are counted in Valkey, in windows of ten seconds of which the last one fades: one round
trip for each request, and none for a while after Valkey was found down: then nobody is refused.
Browsers that hold a session are counted apart, so that a crowd does not keep the team out.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from parvis import error_views
from parvis.counters import run
from tenants.models import Commune


log = logging.getLogger(__name__)
WINDOW_S = 10
ASLEEP_S = 5.0  # without asking Valkey again, once it was down
RETRY_AFTER_S = 5
UNCOUNTED = ("/sante/",)  # monitoring asks, and says so when it gets no answer

COUNT = """
local clock = redis.call('TIME')
local now, length = clock[1] + clock[2] / 1000000, tonumber(ARGV[1])
local window = math.floor(now / length)
local part = window % 2
local last = redis.call('HMGET', KEYS[1], 'w', 'n0', 'n1')
local known = tonumber(last[1]) or -1
local current, former = tonumber(last[2 + part]) or 0, tonumber(last[3 - part]) or 0
if known ~= window then
  current = 0
  if known ~= window - 1 then former = 0 end
end
local shown = current + former * (1 - (now / length - window))
if shown >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'w', window, 'n' .. part, current + 1, 'n' .. (1 - part), former)
redis.call('EXPIRE', KEYS[1], 2 * length)
return 1
"""


class _Valkey:
    """Whether it is worth asking."""

    down_until = 0.0


def middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse what one commune is asked beyond its ceiling; the others notice nothing."""

    def answer(request: HttpRequest) -> HttpResponse:
        commune = request.commune  # type: ignore[attr-defined]
        if commune is None or request.path in UNCOUNTED:
            return get_response(request)
        is_known = settings.SESSION_COOKIE_NAME in request.COOKIES
        if may_pass(commune, is_known=is_known):
            return get_response(request)
        return error_views.too_many(request, retry_after_s=RETRY_AFTER_S)

    return answer


def may_pass(commune: Commune, *, is_known: bool = False) -> bool:
    """Count a request of a commune, and tell whether it is within its ceiling."""
    schema = commune.schema_name
    ceiling = settings.COMMUNE_CEILINGS.get(schema, settings.COMMUNE_CEILING)
    if not ceiling or time.monotonic() < _Valkey.down_until:
        return True
    key = f"ceiling:{schema}{':team' if is_known else ''}"
    try:
        return bool(run(COUNT, [key], [WINDOW_S, ceiling * WINDOW_S]))
    except RedisError as fault:
        _Valkey.down_until = time.monotonic() + ASLEEP_S
        log.warning("Valkey is unreachable, no commune is held back: %s", fault)
        return True
