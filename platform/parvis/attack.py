"""Whether robots are at one kind of form of a commune: then, and only then, it asks for a proof.

The state is raised for a quarter of an hour by the forms themselves, when as many come within
five minutes as never in a day; by whoever sees in what comes that it is not the work of people;
or by hand, for some hours. It lives in Valkey and may be lost:
without it nobody is asked for anything.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from redis.exceptions import RedisError

from parvis.counters import run
from parvis.guard import current_schema


log = logging.getLogger(__name__)
HOLD, REPORT = "hold", "report"
# Within five minutes, in one commune: below this it is never an attack.
FLOOR: Mapping[str, int] = {HOLD: 60, REPORT: 20}
TIMES = 8  # as many as usual, in the mean of the last day
LASTS = timedelta(minutes=15)
EVERYWHERE = "*"

# Fields: m<minute> and h<hour> count forms; those that are too old go away.
NOTE = """
local minute, floor, times = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local hour = math.floor(minute / 60)
redis.call('HINCRBY', KEYS[1], 'm' .. minute, 1)
redis.call('HINCRBY', KEYS[1], 'h' .. hour, 1)
redis.call('EXPIRE', KEYS[1], 90000)
local lately, before, all = 0, 0, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local kind, at, n = all[i]:sub(1, 1), tonumber(all[i]:sub(2)), tonumber(all[i + 1])
  if kind == 'm' then
    if at > minute - 5 then lately = lately + n else redis.call('HDEL', KEYS[1], all[i]) end
  elseif at < hour - 24 then redis.call('HDEL', KEYS[1], all[i])
  elseif at < hour then before = before + n end
end
if lately >= math.max(floor, times * before / 288) then
  local known = redis.call('SET', KEYS[2], 'auto', 'NX', 'EX', ARGV[4])
  if known then return 2 end
  if redis.call('GET', KEYS[2]) == 'auto' then redis.call('EXPIRE', KEYS[2], ARGV[4]) end
end
return redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 and 1 or 0
"""
RAISE = """
if redis.call('SET', KEYS[1], 'auto', 'NX', 'EX', ARGV[1]) then return 1 end
if redis.call('GET', KEYS[1]) == 'auto' then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return 0
"""


def note(action: str, *, now: datetime) -> bool:
    """Count a form that came, and tell whether it must carry a proof; one round trip."""
    schema = current_schema()
    keys = [f"attack:count:{schema}:{action}", *_states(schema, action)]
    values = [
        int(now.timestamp()) // 60,
        FLOOR[action],
        TIMES,
        int(LASTS.total_seconds()),
    ]
    try:
        found = int(run(NOTE, keys, values))
    except RedisError:
        return False
    if found == 2:  # noqa: PLR2004 (it has just begun)
        _warn(action)
    return found > 0


def suspect(action: str) -> None:
    """Ask for a proof for a quarter of an hour: what comes is not the work of people.

    Raises:
        RedisError: Valkey is unreachable.
    """
    key, lasts = _now(action)[:1], [int(LASTS.total_seconds())]
    if run(RAISE, key, lasts):
        _warn(action)


def is_on(action: str) -> bool:
    """Tell whether forms of the active commune ask for a proof at this moment."""
    try:
        return bool(run("return redis.call('EXISTS', KEYS[1], KEYS[2])", _now(action), []))
    except RedisError:
        return False


def declare(*, schema: str, action: str, lasts: timedelta) -> None:
    """Ask for a proof for some time, whatever comes; ``*`` is every commune.

    Raises:
        RedisError: Valkey is unreachable.
    """
    run(
        "return redis.call('SET', KEYS[1], 'hand', 'EX', ARGV[1])",
        _states(schema, action)[:1],
        [int(lasts.total_seconds())],
    )


def lift(*, schema: str, action: str) -> None:
    """Ask for nothing any more; the forms may raise it again.

    Raises:
        RedisError: Valkey is unreachable.
    """
    run("return redis.call('DEL', KEYS[1])", _states(schema, action)[:1], [])


def _warn(action: str) -> None:
    log.warning(
        "%s: forms of the kind %s come like an attack, they ask a proof", current_schema(), action
    )


def _now(action: str) -> list[str]:
    return _states(current_schema(), action)


def _states(schema: str, action: str) -> list[str]:
    return [f"attack:{schema}:{action}", f"attack:{EVERYWHERE}:{action}"]
