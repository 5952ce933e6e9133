"""How often each key is used: counted in Valkey, written down every quarter of an hour.

A call writes nothing in the database, so that reading stays reading. What Valkey loses when it
stops is a quarter of an hour of counts, and no fact.
"""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from connect.models import ApiKey
from parvis.counters import run
from parvis.guard import current_schema


NOTE = """
if ARGV[2] ~= '' then redis.call('HINCRBY', KEYS[1], ARGV[1] .. ':calls', ARGV[2]) end
if ARGV[3] ~= '' then
  redis.call('HINCRBY', KEYS[1], ARGV[1] .. ':refused', 1)
  redis.call('HSET', KEYS[1], ARGV[1] .. ':words', ARGV[3])
end
redis.call('EXPIRE', KEYS[1], 172800)
return 0
"""
TAKE = """
local found = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return found
"""
WRITE = """
INSERT INTO connect_callday (key_id, day, calls, refused, last_refusal)
SELECT id, %(day)s, %(calls)s, %(refused)s, %(words)s FROM connect_apikey WHERE id = %(key)s
ON CONFLICT (key_id, day) DO UPDATE SET
    calls = connect_callday.calls + excluded.calls,
    refused = connect_callday.refused + excluded.refused,
    last_refusal = coalesce(nullif(excluded.last_refusal, ''), connect_callday.last_refusal)
"""
WORDS_MOST = 200


def came(key: ApiKey, *, now: datetime, refusal: str = "") -> None:
    """Count one call, and why it is refused."""
    _note(key.pk, now, calls="1", refusal=refusal)


def failed(*, key_id: int, why: str, now: datetime) -> None:
    """Say of a call that is counted already why it is refused: whoever gave the key reads it.

    ``why`` names a rule or a field, and repeats nothing of what was sent.
    """
    _note(key_id, now, calls="", refusal=why)


def write_down() -> int:
    """Write what was counted in the active commune since the last time; count the lines."""
    lines = _taken()
    with connection.cursor() as cursor:
        for (key, day), line in lines.items():
            said: dict[str, Any] = {
                "key": key,
                "day": date.fromisoformat(day),
                "calls": int(line.get("calls", 0)),
                "refused": int(line.get("refused", 0)),
                "words": line.get("words", ""),
            }
            cursor.execute(WRITE, said)
    return len(lines)


def _note(key_id: int, now: datetime, *, calls: str, refusal: str) -> None:
    words = " ".join(refusal.replace("\0", "").split())[:WORDS_MOST]
    field = f"{key_id}:{timezone.localdate(now)}"
    with suppress(RedisError):
        run(NOTE, [_counter()], [field, calls, words])


def _taken() -> dict[tuple[int, str], dict[str, str]]:
    found: list[bytes] = []
    with suppress(RedisError):
        found = run(TAKE, [_counter()], [])
    lines: dict[tuple[int, str], dict[str, str]] = {}
    said = [each.decode() for each in found]
    for name, value in zip(said[::2], said[1::2], strict=True):
        key, day, what = name.split(":")
        lines.setdefault((int(key), day), {})[what] = value
    return lines


def _counter() -> str:
    return f"connect:calls:{current_schema()}"
