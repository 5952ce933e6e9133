"""How long one waits for each service at each place, for everybody: numbers and times only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from slots.search import CHANNEL, not_too_soon, times


HEADER = (
    *("commune", "code_insee", "lieu_id", "lieu", "adresse", "latitude", "longitude"),
    *("demarche", "titres", "personnes", "prochain_creneau", "jours", "creneaux_30_jours"),
    *("lien", "mis_a_jour"),
)
SOON_DAYS = 30
# Notice and horizon are those of the services; only the first day needs its bits to be read.
QUERY = """
SELECT c.name, c.insee_code, m.id, m.name, m.street, m.zip_code, m.city, m.latitude, m.longitude,
    s.name, s.reason, c.time_zone, f.earliest, coalesce(d.domain, c.slug || '.' || %(base)s),
    s.number, f.days, f.bits, f.soon
FROM public.slots_offeredservice s
JOIN public.slots_slotkind k ON k.service_code = s.code AND k.reason = s.reason
    AND k.persons = 1 AND k.channel = %(channel)s
JOIN public.tenants_commune c ON c.id = s.commune_id AND c.state = 'ready'
    AND c.kind IN ('commune', 'epci')
JOIN public.slots_meetingpoint m ON m.commune_id = c.id AND m.is_active
LEFT JOIN public.tenants_domain d ON d.commune_id = c.id AND d.is_primary
CROSS JOIN LATERAL (
    SELECT e.earliest, count(x.commune_id) AS known,
        (array_agg(x.day ORDER BY x.day) FILTER (WHERE x.n > 0))[1:2] AS days,
        (array_agg(x.starts ORDER BY x.day) FILTER (WHERE x.n > 0))[1:2] AS bits,
        coalesce(sum(x.n) FILTER (WHERE x.day > (e.earliest AT TIME ZONE c.time_zone)::date
            AND x.day < (%(now)s AT TIME ZONE c.time_zone)::date + %(soon)s), 0) AS soon
    FROM (SELECT %(now)s + make_interval(hours => k.notice_hours) AS earliest) e
    LEFT JOIN public.slots_freeslotday x ON x.commune_id = c.id AND x.site = m.site
        AND x.kind_id = k.id AND x.day >= (e.earliest AT TIME ZONE c.time_zone)::date
        AND x.day <= (%(now)s AT TIME ZONE c.time_zone)::date + k.horizon_days
    GROUP BY e.earliest
) f
WHERE f.known > 0 AND (%(association)s::bigint IS NULL OR c.association_id = %(association)s)
ORDER BY c.name, c.id, m.id, s.name, s.number
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One service at one place."""

    commune: str
    insee: str
    point: int
    place: str
    address: str
    latitude: float | None
    longitude: float | None
    service: str
    reason: str
    first: datetime | None
    days: int | None
    soon: int
    host: str
    number: int


def rows(*, association: int | None, now: datetime) -> list[Row]:
    """Read all; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            QUERY,
            {
                "now": now,
                "soon": SOON_DAYS,
                "channel": CHANNEL,
                "association": association,
                "base": settings.BASE_DOMAIN,
            },
        )
        return list(_rows(cursor.fetchall(), now))


def cells(row: Row, *, href: str, now: datetime) -> tuple[Any, ...]:
    """Give the values of a row in the order of the header."""
    return (
        *(row.commune, row.insee, row.point, row.place, row.address, row.latitude, row.longitude),
        *(row.service, row.reason, 1, row.first.isoformat() if row.first else None, row.days),
        *(row.soon, href, now.astimezone(UTC).isoformat(timespec="seconds")),
    )


def _rows(found: list[tuple[Any, ...]], now: datetime) -> Iterator[Row]:
    zones = {each[11]: ZoneInfo(each[11]) for each in found}
    for name, insee, point, place, street, code, city, lat, lon, *rest in found:
        service, reason, zone_name, earliest, host, number, days, bits, soon = rest
        zone = zones[zone_name]
        today = now.astimezone(zone).date()
        first, counted = None, int(soon)
        for day, starts in zip(days or (), bits or (), strict=True):
            free = not_too_soon(day, bytes(starts), earliest=earliest, zone=zone)
            if day == earliest.astimezone(zone).date() and (day - today).days < SOON_DAYS:
                counted += free.bit_count()
            first = first or next(iter(times(day, free, zone=zone, most=1)), None)
        town = " ".join(each for each in (code, city) if each)
        yield Row(
            commune=name,
            insee=insee,
            point=point,
            place=place,
            address=", ".join(each for each in (street, town) if each),
            latitude=float(lat) if lat is not None else None,
            longitude=float(lon) if lon is not None else None,
            service=service,
            reason=reason,
            first=first,
            days=(first.date() - today).days if first else None,
            soon=counted,
            host=host,
            number=number,
        )
