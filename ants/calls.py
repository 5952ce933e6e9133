"""Remember when the State's platform asked what, and how much of each commune it was given.

A request that reads writes nothing to the database: calls are noted in Valkey in one round trip,
and the worker writes them down every minute. Without Valkey they are forgotten, and answered.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, Sum
from redis.exceptions import RedisError

from ants.models import AntsToken, HubCall
from parvis.counters import run
from slots.models import FreeSlotDay, MeetingPoint
from tenants.models import Commune


log = logging.getLogger(__name__)
KEY = "ants:calls"
NOBODY = 0
TOKEN = "token"  # noqa: S105 (a name)
Endpoint = HubCall.Endpoint

NOTE = """
for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
"""
TAKE = """
local all = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return all
"""


@dataclass(frozen=True, slots=True)
class Call:
    """When something was last asked, and how many places or starts it was answered with."""

    at: datetime
    count: int


def note(
    endpoint: str, counts: Mapping[int, int], *, now: datetime, token: int | None = None
) -> None:
    """Note a call: what each commune was shown of itself, and the token that opened."""
    at = now.isoformat()
    pairs: list[Any] = [f"{endpoint}:{NOBODY}", f"{at} {sum(counts.values())}"]
    for commune, count in counts.items():
        pairs += [f"{endpoint}:{commune}", f"{at} {count}"]
    if token is not None:
        pairs += [f"{TOKEN}:{token}", f"{at} 0"]
    try:
        run(NOTE, [KEY], pairs)
    except RedisError as fault:
        log.warning("A call of the State's platform is not remembered: %s", fault)


def write_down() -> int:
    """Write down what was noted since the last time; count it."""
    try:
        taken = run(TAKE, [KEY], [])
    except RedisError:
        return 0
    texts = [each.decode() if isinstance(each, bytes) else str(each) for each in taken]
    noted = dict(zip(texts[::2], texts[1::2], strict=True))
    known = set(Commune.objects.values_list("pk", flat=True)) if noted else set()
    calls = []
    for name, text in noted.items():
        kind, _colon, number = name.partition(":")
        at, _space, count = text.partition(" ")
        if kind == TOKEN:
            AntsToken.objects.filter(pk=int(number)).update(
                last_used_at=datetime.fromisoformat(at)
            )
        elif int(number) in known | {NOBODY}:
            calls.append(
                HubCall(
                    endpoint=kind,
                    commune_id=int(number) or None,
                    at=datetime.fromisoformat(at),
                    count=int(count),
                )
            )
    HubCall.objects.bulk_create(
        calls,
        update_conflicts=True,
        unique_fields=["endpoint", "commune"],
        update_fields=["at", "count"],
    )
    return len(calls)


def last_call(commune: Commune) -> dict[str, Call]:
    """Return the last call of each endpoint; one query.

    Free starts are asked of each place: the call is one that asked them of this commune, and the
    count its starts. The rest is asked of all communes at once.
    """
    rows = HubCall.objects.filter(Q(commune=commune) | Q(commune=None))
    found: dict[str, Call] = {}
    for row in sorted(rows, key=lambda row: row.commune_id is not None):
        if row.commune_id or row.endpoint != Endpoint.SLOTS:
            found[row.endpoint] = Call(row.at, row.count)
    return found


def published(commune: Commune, *, now: datetime) -> tuple[int, int]:
    """Count the places of a commune that are read now, and its starts for one identity card."""
    points = MeetingPoint.objects.receiving().for_titles().filter(commune=commune)
    sites = [point.site for point in points]
    starts = FreeSlotDay.objects.filter(
        commune=commune,
        site__in=sites,
        day__gte=now.date(),
        kind__commune=commune,
        kind__reason="CNI",
        kind__persons=1,
    ).aggregate(n=Sum("n"))["n"]
    return len(sites), starts or 0
