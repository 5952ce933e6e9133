"""Not too many messages to one address, whoever typed it and in however many communes.

Three an hour leave at once; the next ones leave as soon as an hour has passed since the third
before them, so that a family gets them all; beyond ten a day they are kept, and do not leave by
themselves: they are found with the messages that could not be delivered.
"""

import secrets
from datetime import datetime, timedelta

from redis.exceptions import RedisError

from parvis.counters import Limit, TooMany, counter_key, run, take


PACED = "X-Parvis-Paced"  # on a message that a visitor caused by typing an address
HOURLY = Limit("mail-hour", 3, timedelta(hours=1))
DAILY = Limit("mail-day", 10, timedelta(days=1))
REASON = "too many messages to this address within a day"

# Scores are the times at which messages leave, each at or after the one before.
PACE = """
local key, now, period = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', key, '-inf', now - tonumber(ARGV[5]))
if redis.call('ZCARD', key) >= tonumber(ARGV[4]) then return -1 end
local before = redis.call('ZRANGE', key, -tonumber(ARGV[2]), -tonumber(ARGV[2]), 'WITHSCORES')[2]
local at = now
if before then at = math.max(now, tonumber(before) + period) end
redis.call('ZADD', key, at, ARGV[6])
redis.call('PEXPIRE', key, at - now + tonumber(ARGV[5]))
return math.ceil(at - now)
"""


def departure(address: str, *, now: datetime) -> datetime | None:
    """Say when the next message to an address may leave; None when not by itself any more."""
    name = f"pace:{counter_key('mail', address)}"
    values = [
        now.timestamp() * 1000,
        HOURLY.seats,
        HOURLY.period.total_seconds() * 1000,
        DAILY.seats,
        DAILY.period.total_seconds() * 1000,
        secrets.token_hex(8),
    ]
    try:
        wait_ms = int(run(PACE, [name], values))
    except RedisError:
        return _by_database(address, now=now)
    return None if wait_ms < 0 else now + timedelta(milliseconds=wait_ms)


def _by_database(address: str, *, now: datetime) -> datetime | None:
    try:
        take(DAILY, address, now=now)
    except TooMany:
        return None
    try:
        take(HOURLY, address, now=now)
    except TooMany:
        return now + HOURLY.period
    return now
