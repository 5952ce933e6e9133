"""Count what leaves no row: pages of documents that were read, calls that were taken.

A page is counted in the cache, since reading writes nothing, and kept every five minutes; what
the cache forgets meanwhile is not counted. No cookie, no address, nobody.
"""

from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.core.cache import caches
from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from booking import planning
from booking.models import Tally


KEPT = 3 * 24 * 3600  # seconds, longer than any pause of the scheduler
DAYS = 2  # whose counts may still be in the cache


def seen(*, now: datetime) -> None:
    """Note in the cache that a page of documents was read."""
    pages, key = caches["default"], _key(planning.local_day(now))
    with suppress(RedisError, ValueError):  # a count lost with the cache is no page lost
        if not pages.add(key, 1, KEPT):
            pages.incr(key)


@transaction.atomic
def keep_seen(*, now: datetime) -> int:
    """Move the counts of pages from the cache to the table; returns how many there were."""
    today, kept = planning.local_day(now), 0
    for day in (today - timedelta(days=back) for back in range(DAYS)):
        waiting = int(caches["default"].get(_key(day)) or 0)
        if waiting:
            with suppress(RedisError, ValueError):
                caches["default"].decr(_key(day), waiting)
            _add(kind=Tally.Kind.DOCUMENTS, key="", day=day, count=waiting)
            kept += waiting
    return kept


@transaction.atomic
def call_taken(*, reason: Tally.Call, now: datetime, count: int = 1) -> None:
    """Count one more call, or one less (``count=-1``) when the wrong button was pressed."""
    _add(kind=Tally.Kind.CALL, key=reason, day=planning.local_day(now), count=count)


def calls(*, first: date, last: date) -> dict[date, Counter[str]]:
    """Return the calls of each day by reason."""
    found: dict[date, Counter[str]] = {}
    rows = Tally.objects.filter(kind=Tally.Kind.CALL, day__gte=first, day__lte=last)
    for day, key, count in rows.values_list("day", "key", "count"):
        found.setdefault(day, Counter())[key] += count
    return found


def _add(*, kind: Tally.Kind, key: str, day: date, count: int) -> None:
    row, _created = Tally.objects.select_for_update().get_or_create(kind=kind, key=key, day=day)
    Tally.objects.filter(pk=row.pk, count__gte=-count).update(count=F("count") + count)


def _key(day: date) -> str:
    return f"tally:documents:{day:%Y%m%d}"
