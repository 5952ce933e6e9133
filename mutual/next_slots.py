"""The next free starts of other communes, read where every commune writes its own.

Times only. What is shown is a hint: the commune that receives looks again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from slots.models import FreeSlotDay


SEARCH_DAYS = 90
NOTICE = timedelta(hours=2)
MINUTES = 5


@dataclass(frozen=True, slots=True)
class NextStart:
    """The soonest start of one service (its number there) for a title, and where."""

    commune_id: int
    service: int
    titles: str
    start: datetime
    days: int


def next_starts(
    communes: Iterable[int],
    *,
    now: datetime,
    zone: ZoneInfo,
    weekdays: Collection[int] = (),
    codes: Collection[str] = (),
) -> list[NextStart]:
    """Find, for one person, the soonest start of each service, commune by commune.

    Of the services for titles, or of those with these ``codes``.

    Two queries however many communes: what is left of today, and the first of the days after.
    ``weekdays`` keeps some days only (0 is Monday).
    """
    today = now.astimezone(zone).date()
    rows = (
        FreeSlotDay.objects.filter(
            commune__in=list(communes),
            kind__persons=1,
            kind__channel="online",
            kind__service_code__startswith="local:",
            n__gt=0,
            day__lte=today + timedelta(days=SEARCH_DAYS),
        )
        .filter(Q(kind__service_code__in=codes) if codes else ~Q(kind__reason=""))
        .values_list("commune_id", "kind__service_code", "kind__reason", "day", "starts")
    )
    if weekdays:
        rows = rows.filter(day__iso_week_day__in=[day + 1 for day in weekdays])
    first = (
        rows.filter(day__gt=today)
        .order_by("commune_id", "kind_id", "first_start")
        .distinct("commune_id", "kind_id")
    )
    found: dict[tuple[int, str], NextStart] = {}
    for commune, code, titles, day, starts in [*rows.filter(day=today), *first]:
        start = _first(day, bytes(starts), earliest=now + NOTICE, zone=zone)
        known = found.get((commune, code))
        if start is not None and (known is None or start < known.start):
            number = int(code.rpartition(":")[2])
            found[commune, code] = NextStart(commune, number, titles, start, (day - today).days)
    return sorted(found.values(), key=lambda each: (each.start, each.commune_id, each.service))


def _first(day: date, starts: bytes, *, earliest: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first start of a day that is not too soon."""
    midnight = datetime.combine(day, time.min, zone).timestamp()
    passed = max(0, -int((midnight - earliest.timestamp()) // (MINUTES * 60)))
    bits = int.from_bytes(starts, "little") >> passed << passed
    if not bits:
        return None
    lowest = (bits & -bits).bit_length() - 1
    return datetime.fromtimestamp(midnight + lowest * MINUTES * 60, zone)
