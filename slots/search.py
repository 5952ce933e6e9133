"""The soonest free starts of many communes, in one query, nearest or earliest first.

What is found is a hint, exact when it was read: the commune that receives looks again. Notice and
horizon, which depend on the clock, are applied here (``design``: they are never stored). Only
communes that are real and open are looked at, and only services they offer to everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from tenants.models import Commune


SECONDS = 300  # of one bit
SHOWN = 4  # starts of the first free day that are told one by one
KM_PER_DEGREE = 111.0  # of latitude; a little less than it is, so that a box is never too small
CHANNEL = "online"

# Of a day that has begun for its service, the bits from ``passed`` on count; of others, all.
QUERY = """
WITH asked AS MATERIALIZED (
    SELECT s.commune_id, s.number, s.name, s.name_en, s.reason, s.key, k.id AS kind_id, k.persons,
        c.name AS commune, c.slug AS label, c.time_zone, e.first_day,
        ceil(extract(epoch FROM e.earliest - e.first_day::timestamp AT TIME ZONE c.time_zone)
            / 300)::int AS passed,
        (%(now)s AT TIME ZONE c.time_zone)::date + k.horizon_days AS last_day
    FROM public.slots_offeredservice s
    JOIN public.slots_slotkind k ON k.service_code = s.code AND k.reason = s.reason
        AND k.persons = ANY(%(persons)s) AND k.channel = %(channel)s
    JOIN public.tenants_commune c ON c.id = s.commune_id AND c.state = 'ready'
        AND c.kind IN ('commune', 'epci')
    CROSS JOIN LATERAL (
        SELECT t.earliest, (t.earliest AT TIME ZONE c.time_zone)::date AS first_day
        FROM (SELECT %(now)s + make_interval(hours => k.notice_hours) AS earliest) t
    ) e
    WHERE (s.reason = ANY(%(reasons)s) OR s.key = ANY(%(keys)s))
        AND (%(association)s::bigint IS NULL OR c.association_id = %(association)s)
        AND c.id <> ALL(%(but)s)
), points AS MATERIALIZED (
    SELECT m.*, CASE WHEN %(lat)s::float8 IS NOT NULL THEN 12742 * asin(least(1, sqrt(
            sin(radians(m.latitude - %(lat)s::float8) / 2) ^ 2 + cos(radians(%(lat)s::float8))
            * cos(radians(m.latitude)) * sin(radians(m.longitude - %(lon)s::float8) / 2) ^ 2
        ))) END AS km
    FROM public.slots_meetingpoint m
    WHERE m.is_active AND (%(south)s::float8 IS NULL
        OR m.latitude BETWEEN %(south)s::float8 AND %(north)s::float8)
)
SELECT m.id, a.commune_id, a.commune, coalesce(d.domain, a.label || '.' || %(base)s), a.time_zone,
    m.name, m.street, m.zip_code, m.city, m.latitude, m.longitude, m.km,
    a.number, a.name, a.name_en, a.reason, a.key, a.persons,
    f.stale_at, f.day, f.starts, CASE WHEN f.day = a.first_day THEN a.passed ELSE 0 END
FROM asked a
JOIN points m ON m.commune_id = a.commune_id AND (%(km)s::float8 IS NULL OR m.km <= %(km)s::float8)
LEFT JOIN public.tenants_domain d ON d.commune_id = a.commune_id AND d.is_primary
LEFT JOIN LATERAL (
    SELECT day, starts, stale_at FROM public.slots_freeslotday f
    WHERE f.commune_id = m.commune_id AND f.site = m.site AND f.kind_id = a.kind_id
        AND f.day >= a.first_day AND f.day <= a.last_day AND f.n > 0
        AND (f.day > a.first_day
            OR get_byte(f.starts, a.passed / 8) >> a.passed %% 8 <> 0
            OR btrim(substr(f.starts, a.passed / 8 + 2), '\\x00'::bytea) <> ''::bytea)
    ORDER BY f.day LIMIT 1
) f ON true
"""
WHERE = """
(SELECT latitude, longitude FROM public.slots_meetingpoint
 WHERE commune_id = %(commune)s AND is_active AND latitude IS NOT NULL AND longitude IS NOT NULL
 ORDER BY site LIMIT 1)
UNION ALL
(SELECT latitude, longitude FROM public.tenants_officialcommune
 WHERE insee_code = %(insee)s AND latitude IS NOT NULL AND longitude IS NOT NULL)
LIMIT 1
"""


class Place(NamedTuple):
    """A point on the ground, in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for: titles by ``reasons``, other services by ``keys`` (folded names).

    Around a ``place``, up to ``km``; of one ``association`` or of all; ``but`` some communes.
    """

    reasons: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    persons: tuple[int, ...] = (1,)
    place: Place | None = None
    km: float | None = None
    association: int | None = None
    but: tuple[int, ...] = ()


class Found(NamedTuple):
    """What is free of one service at one place: the ``bits`` of its first free day.

    Where it is full there is no ``day``. A tuple: a search makes hundreds of them.
    """

    point: int
    commune_id: int
    commune: str
    host: str
    zone: ZoneInfo
    name: str
    street: str
    zip_code: str
    city: str
    latitude: float | None
    longitude: float | None
    km: float | None
    service: int
    service_name: str
    service_name_en: str
    reason: str
    key: str
    persons: int
    stale_at: datetime | None
    day: date | None
    bits: int
    soonest: float
    """The seconds since 1970 of the first start; infinite where there is none."""

    @property
    def n(self) -> int:
        """How many starts the day has."""
        return self.bits.bit_count()

    @property
    def starts(self) -> tuple[datetime, ...]:
        """The first few of them, in local time."""
        return times(self.day, self.bits, zone=self.zone) if self.day is not None else ()

    @property
    def first(self) -> datetime | None:
        """The soonest start, in local time."""
        return datetime.fromtimestamp(self.soonest, self.zone) if self.bits else None

    @property
    def address(self) -> str:
        """Where it is, in one line."""
        town = " ".join(each for each in (self.zip_code, self.city) if each)
        return ", ".join(each for each in (self.street, town) if each)

    def days(self, now: datetime) -> int | None:
        """Count the days until the soonest start; None where there is none."""
        if self.day is None:
            return None
        return (self.day - now.astimezone(self.zone).date()).days


def search(wish: Wish, *, now: datetime) -> list[Found]:
    """Find what is free of every service that fits, at every place; one query."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, _values(wish, now))
        rows = cursor.fetchall()
    zones = {row[4]: ZoneInfo(row[4]) for row in rows}
    midnights: dict[tuple[ZoneInfo, date], float] = {}
    return [_found(list(row), zones[row[4]], midnights) for row in rows]


def _found(
    told: list[Any], zone: ZoneInfo, midnights: dict[tuple[ZoneInfo, date], float]
) -> Found:
    """Make one find of one row; the midnights of days already met are kept for the others."""
    passed, starts = told.pop(), told.pop()
    day, told[4] = told[-1], zone
    if day is None:
        return Found._make([*told, 0, float("inf")])
    bits = int.from_bytes(starts, "little") >> passed << passed
    if (zone, day) not in midnights:
        midnights[zone, day] = datetime.combine(day, time.min, zone).timestamp()
    first = (bits & -bits).bit_length() - 1
    return Found._make([*told, bits, midnights[zone, day] + first * SECONDS])


def best_of_each(found: Iterable[Found]) -> tuple[list[Found], list[Found]]:
    """Keep the soonest of each place, and of each commune that is full the nearest place."""
    free: dict[int, Found] = {}
    full: dict[int, Found] = {}
    for each in found:
        if not each.bits:
            known = full.get(each.commune_id)
            if known is None or _distance(each) < _distance(known):
                full[each.commune_id] = each
        elif each.point not in free or each.soonest < free[each.point].soonest:
            free[each.point] = each
    receiving = {each.commune_id for each in free.values()}
    return list(free.values()), [
        each for each in full.values() if each.commune_id not in receiving
    ]


def soonest_first(found: Iterable[Found]) -> list[Found]:
    """Order by time, then by distance."""
    return sorted(found, key=lambda each: (each.soonest, _distance(each), each.point))


def nearest_first(found: Iterable[Found]) -> list[Found]:
    """Order by distance, then by time."""
    return sorted(found, key=lambda each: (_distance(each), each.soonest, each.point))


def times(day: date, bits: int, *, zone: ZoneInfo, most: int = SHOWN) -> tuple[datetime, ...]:
    """Read the first few starts of a day: bits of five minutes from its local midnight."""
    midnight = datetime.combine(day, time.min, zone).timestamp()
    told: list[datetime] = []
    while bits and len(told) < most:
        lowest = (bits & -bits).bit_length() - 1
        told.append(datetime.fromtimestamp(midnight + lowest * SECONDS, zone))
        bits &= bits - 1
    return tuple(told)


def not_too_soon(day: date, starts: bytes, *, earliest: datetime, zone: ZoneInfo) -> int:
    """Keep the bits of a day that are not before an instant."""
    midnight = datetime.combine(day, time.min, zone).timestamp()
    passed = max(0, -int((midnight - earliest.timestamp()) // SECONDS))
    return int.from_bytes(starts, "little") >> passed << passed


def _values(wish: Wish, now: datetime) -> dict[str, Any]:
    lat, lon = wish.place or (None, None)
    tall = wish.km / KM_PER_DEGREE + 0.01 if wish.km is not None and lat is not None else None
    return {
        "now": now,
        "persons": list(wish.persons),
        "channel": CHANNEL,
        "reasons": [each for each in wish.reasons if each],
        "keys": [each for each in wish.keys if each],
        "association": wish.association,
        "but": list(wish.but),
        "lat": lat,
        "lon": lon,
        "km": wish.km if lat is not None else None,
        "south": None if lat is None or tall is None else lat - tall,
        "north": None if lat is None or tall is None else lat + tall,
        "base": settings.BASE_DOMAIN,
    }


def _distance(each: Found) -> float:
    return each.km if each.km is not None else float("inf")


def place_of(commune: Commune) -> Place | None:
    """Say where a commune receives: its first open site, else its town hall; one query."""
    with connection.cursor() as cursor:
        cursor.execute(WHERE, {"commune": commune.pk, "insee": commune.insee_code})
        found = cursor.fetchone()
    return Place(*found) if found else None
