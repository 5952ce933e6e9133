"""Answer ``availableTimeSlots``: one query on what all communes publish, whatever is asked.

What is free is read as it is written in the transaction of each booking; notice and horizon are
applied here, by our clock (ANTS contract, 3.2 and 3.3).
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from ants import callbacks, walls
from ants.asking import Question
from tenants.hosts import moved_url


# A place in use has its rows; one that is known and not in use has its key alone.
READ = """
SELECT p.id, p.commune_id, c.time_zone, coalesce(d.domain, ''), k.notice_hours, k.horizon_days,
    f.day, f.starts
FROM public.slots_meetingpoint AS p
JOIN public.tenants_commune AS c ON c.id = p.commune_id
LEFT JOIN public.tenants_domain AS d ON d.commune_id = p.commune_id AND d.is_primary
LEFT JOIN public.slots_slotkind AS k ON p.is_active AND k.commune_id = p.commune_id
    AND k.reason = %(reason)s AND k.persons = %(persons)s AND k.channel = 'online'
LEFT JOIN public.slots_freeslotday AS f ON f.commune_id = p.commune_id AND f.site = p.site
    AND f.kind_id = k.id AND f.day BETWEEN %(first)s AND %(last)s AND f.n > 0
WHERE p.id = ANY(%(points)s)
ORDER BY p.id, f.day
"""
ID, COMMUNE, ZONE, HOST, NOTICE, HORIZON, DAY, STARTS = range(8)
Row = tuple[Any, ...]


def answer(question: Question, *, now: datetime) -> tuple[str, dict[int, int]]:
    """Answer as JSON, and count what each commune is shown of itself."""
    return write(question, read(question), now=now)


def read(question: Question) -> list[Row]:
    """Fetch what the places that are asked for publish; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            READ,
            {
                "points": list(question.points),
                "first": question.first,
                "last": question.last,
                "reason": question.reason,
                "persons": question.persons,
            },
        )
        rows: list[Row] = cursor.fetchall()
    return rows


def write(question: Question, rows: Iterable[Row], *, now: datetime) -> tuple[str, dict[int, int]]:
    """Write rows as the hub reads them."""
    parts: list[str] = []
    counts: dict[int, int] = {}
    for point, group in groupby(rows, itemgetter(ID)):
        own = list(group)
        entries = list(_entries(question, own, now=now)) if own[0][HOST] else []
        parts.append(f'"{point}":[{",".join(entries)}]')
        commune = own[0][COMMUNE]
        counts[commune] = counts.get(commune, 0) + len(entries)
    return "{" + ",".join(parts) + "}", counts


def _entries(question: Question, rows: list[Row], *, now: datetime) -> Iterator[str]:
    """Write the starts of one place, soonest first, each once whatever is free at it."""
    point, zone, host = rows[0][ID], rows[0][ZONE], rows[0][HOST]
    sign = callbacks.signer(point, question.reason, question.persons)
    path = moved_url(host, f"{callbacks.PATH}?mp={point}&at=")
    start = f'","callback_url":{json.dumps(path)[:-1]}'
    end = f"&reason={question.reason}&n={question.persons}&sig="
    for day, bits in _days(rows, now=now):
        shown = walls.face(zone, day)[1]
        prefix = f"{day.isoformat()}T"
        for hour in walls.times(bits, shown):
            at = prefix + hour
            yield f'{{"datetime":"{at}Z{start}{at}{end}{sign(at)}"}}'


def _days(rows: Iterable[Row], *, now: datetime) -> Iterator[tuple[date, int]]:
    """Yield each day with its starts that may be booked at this moment, of all services."""
    for day, group in groupby(rows, itemgetter(DAY)):
        bits = 0
        for row in group:
            bits |= _bookable(row, now=now)
        if bits:
            yield day, bits


def _bookable(row: Row, *, now: datetime) -> int:
    """Mask what notice and horizon of the service forbid."""
    if row[STARTS] is None:
        return 0
    today = now.astimezone(ZoneInfo(row[ZONE])).date()
    if row[DAY] > today + timedelta(days=row[HORIZON]):
        return 0
    bits = int.from_bytes(row[STARTS], "little")
    earliest = now.timestamp() + row[NOTICE] * 3600
    return walls.from_instant(bits, walls.face(row[ZONE], row[DAY])[0], earliest)
