"""Keep what is free of the active commune in the table that all communes share.

Rows are written in the transaction that changes what is free, under the lock of the day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Min

from booking import occupancy, planning
from booking.availability import Question, at_site, free_starts
from booking.models import Allocation, Service
from booking.offered import publish, withdraw_services
from booking.plans import Plan
from parvis.guard import current_schema
from slots.models import BITS_BYTES, FreeSlotDay, SlotKind


BEYOND = 1  # days after the horizon of the services, so that tomorrow is known already

UPSERT = """
INSERT INTO public.slots_freeslotday AS f
    (commune_id, site, kind_id, day, first_start, n, starts, version, stale_at)
SELECT %(commune)s, u.site, u.kind, u.day, u.first, u.n, u.starts, 1, u.stale
FROM unnest(%(sites)s::int[], %(kinds)s::bigint[], %(days)s::date[], %(firsts)s::timestamptz[],
            %(ns)s::smallint[], %(starts)s::bytea[], %(stales)s::timestamptz[])
    AS u(site, kind, day, first, n, starts, stale)
ON CONFLICT (commune_id, site, kind_id, day) DO UPDATE
SET first_start = excluded.first_start, n = excluded.n, starts = excluded.starts,
    stale_at = excluded.stale_at, version = f.version + 1
WHERE (f.starts, f.stale_at) IS DISTINCT FROM (excluded.starts, excluded.stale_at)
"""

Key = tuple[int, int, date]
"""A site, a kind and a day."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says of a day."""

    starts: bytes
    first: datetime | None
    n: int
    stale_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of this commune, and the question that finds its starts."""

    number: int
    service: Service
    question: Question


def refresh(days: Iterable[date], *, now: datetime) -> None:
    """Write the rows of some local days, under their locks; three queries a day, and one."""
    wanted = sorted(set(days))
    if wanted:
        kinds = _kinds(planning.current_plan(wanted[0].year), now=now)
        for day in wanted:
            _write(dict(_rows(kinds, day, 1, now=now)))


def refresh_shown(days: Iterable[date], *, now: datetime) -> None:
    """Write the rows of those of some local days that are within the horizon."""
    first = planning.local_day(now)
    kinds = _kinds(planning.current_plan(first.year), now=now)
    most = max((kind.service.horizon_days for kind in kinds), default=0) + BEYOND
    for day in sorted(set(days)):
        if first <= day <= first + timedelta(days=most):
            _write(dict(_rows(kinds, day, 1, now=now)))


def withdraw() -> None:
    """Take back everything that the active commune has published: it is no more, or not now."""
    FreeSlotDay.objects.filter(commune=planning.current_commune()).delete()
    withdraw_services()


def refresh_all(*, now: datetime) -> None:
    """Write the rows of the whole horizon, and drop those of the past and of former kinds.

    To be called while nobody books in the commune.
    """
    publish()
    rows = wanted_rows(now=now)
    _write(rows)
    kept = {key[1] for key in rows}
    mine = FreeSlotDay.objects.filter(commune=planning.current_commune())
    mine.filter(day__lt=planning.local_day(now)).delete()
    mine.exclude(kind__in=kept).delete()


def wanted_rows(*, now: datetime) -> dict[Key, Row]:
    """Compute what every row of the horizon should say now."""
    first = planning.local_day(now)
    kinds = _kinds(planning.current_plan(first.year), now=now)
    most = max((kind.service.horizon_days for kind in kinds), default=0)
    return dict(_rows(kinds, first, most + 1 + BEYOND, now=now))


def wrong_rows(*, now: datetime) -> list[Key]:
    """List the rows of the horizon that invent a start, or hide one although nothing is stale."""
    wanted = wanted_rows(now=now)
    written = {
        (row.site, row.kind_id, row.day): row
        for row in FreeSlotDay.objects.filter(
            commune=planning.current_commune(), day__gte=planning.local_day(now)
        )
    }
    wrong = []
    for key, row in wanted.items():
        known = written.get(key)
        told = int.from_bytes(known.starts, "little") if known else 0
        free = int.from_bytes(row.starts, "little")
        is_stale = known is not None and known.stale_at is not None and known.stale_at <= now
        if told != free and not (is_stale and told & ~free == 0):
            wrong.append(key)
    return wrong


def first_free(services: Sequence[Service], *, now: datetime) -> dict[int, date]:
    """Tell the first day each service has a free start for one person; one query.

    Services without any are absent.
    """
    schema = current_schema()
    codes = {_code(schema, service): service for service in services}
    today = planning.local_day(now)
    rows = (
        FreeSlotDay.objects.filter(
            commune=planning.current_commune(),
            kind__service_code__in=codes,
            kind__persons=1,
            kind__channel="online",
            n__gt=0,
            day__gte=today,
        )
        .values_list("kind__service_code", "day", "starts")
        .order_by("day")
    )
    found: dict[int, date] = {}
    for code, day, starts in rows:
        service = codes[code]
        if service.pk not in found and _is_open(service, day, bytes(starts), now=now):
            found[service.pk] = day
    return found


def _is_open(service: Service, day: date, starts: bytes, *, now: datetime) -> bool:
    """Tell whether a day has a start that neither notice nor horizon forbids."""
    if day > planning.local_day(now) + timedelta(days=service.horizon_days):
        return False
    earliest = now + timedelta(hours=service.notice_hours)
    midnight = datetime.combine(day, time.min, planning.zone())
    passed = max(0, -int((midnight.timestamp() - earliest.timestamp()) // 300))
    return bool(int.from_bytes(starts, "little") >> passed)


def _kinds(plan: Plan, *, now: datetime) -> list[_Kind]:
    """List what can be asked of this commune online, with the number of each kind."""
    schema = current_schema()
    is_shared = all(rule.services is None for rule in plan.timetable.openings)
    services = list(Service.objects.offered_online())
    numbers = _numbers(services, schema)
    kinds = []
    for service in services:
        for persons in range(1, service.most_persons + 1):
            question = planning.question_for(plan, service, persons=persons, now=now, online=True)
            question = replace(
                question,
                earliest=None,
                latest=None,
                service=None if is_shared else service.pk,  # the same hours for all
            )
            number = numbers[_code(schema, service), service.titles, persons]
            kinds.append(_Kind(number, service, question))
    return kinds


def _numbers(services: Sequence[Service], schema: str) -> dict[tuple[str, str, int], int]:
    """Find the numbers of what may be asked for of these services; write what is new of them."""
    commune = planning.current_commune()
    wanted = {
        (_code(schema, service), service.titles, persons): service
        for service in services
        for persons in range(1, service.most_persons + 1)
    }
    known = _known(wanted)
    missing = [
        SlotKind(
            service_code=code,
            reason=reason,
            persons=persons,
            commune=commune,
            notice_hours=service.notice_hours,
            horizon_days=service.horizon_days,
        )
        for (code, reason, persons), service in wanted.items()
        if (code, reason, persons) not in known
    ]
    if missing:
        SlotKind.objects.bulk_create(missing, ignore_conflicts=True)
        known = _known(wanted)
    changed = [
        kind
        for asked, kind in known.items()
        if asked in wanted and _take_limits(kind, commune.pk, wanted[asked])
    ]
    if changed:
        SlotKind.objects.bulk_update(changed, ["commune", "notice_hours", "horizon_days"])
    return {asked: kind.pk for asked, kind in known.items()}


def _take_limits(kind: SlotKind, commune_id: int, service: Service) -> bool:
    """Give a kind the limits of its service, for others to apply; tell whether they are news."""
    limits = (commune_id, service.notice_hours, service.horizon_days)
    if (kind.commune_id, kind.notice_hours, kind.horizon_days) == limits:
        return False
    kind.commune_id, kind.notice_hours, kind.horizon_days = limits
    return True


def _known(asked: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str, int], SlotKind]:
    codes = {code for code, _reason, _persons in asked}
    kinds = SlotKind.objects.filter(service_code__in=codes, channel="online")
    return {(kind.service_code, kind.reason, kind.persons): kind for kind in kinds}


def _code(schema: str, service: Service) -> str:
    return f"local:{schema}:{service.pk}"


def _rows(
    kinds: Sequence[_Kind], first: date, days: int, *, now: datetime
) -> Iterator[tuple[Key, Row]]:
    """Compute the rows of some days; equal questions are answered once."""
    if not kinds:
        return
    plan = planning.current_plan(first.year)
    busy, used = occupancy.taken(plan, first, days, now=now)
    stale = _stale_at(plan, first, days, now=now)
    answers: dict[Question, dict[date, int]] = {}
    for site, units in sorted(_sites(plan).items()):
        for kind in kinds:
            question = at_site(kind.question, units)
            if question not in answers:
                answers[question] = free_starts(
                    plan.timetable, question, busy=busy, first=first, days=days, used=used
                ).by_day()
            for day, bits in answers[question].items():
                yield (site, kind.number, day), _row(day, bits, stale.get(day), plan)


def _row(day: date, bits: int, stale_at: datetime | None, plan: Plan) -> Row:
    first = None
    if bits:
        midnight = datetime.combine(day, time.min, plan.timetable.zone).timestamp()
        lowest = (bits & -bits).bit_length() - 1
        first = datetime.fromtimestamp(midnight + lowest * 300, plan.timetable.zone)
    return Row(bits.to_bytes(BITS_BYTES, "little"), first, bits.bit_count(), stale_at)


def _sites(plan: Plan) -> dict[int, frozenset[int]]:
    sites: dict[int, set[int]] = {}
    for unit, site in plan.sites.items():
        sites.setdefault(site, set()).add(unit)
    return {site: frozenset(units) for site, units in sites.items()}


def _stale_at(plan: Plan, first: date, days: int, *, now: datetime) -> dict[date, datetime]:
    """Tell for each day when the clock alone will free something: a hold ends, slots open."""
    begin = datetime.combine(first, time.min, plan.timetable.zone)
    end = datetime.combine(first + timedelta(days=days), time.min, plan.timetable.zone)
    stale: dict[date, datetime] = {}
    holds = (
        Allocation.objects.filter(
            state=Allocation.State.HOLD,
            expires_at__gt=now,
            start_at__gte=begin,
            start_at__lt=end,
        )
        .order_by()
        .values_list("start_at")
        .annotate(until=Min("expires_at"))
    )
    for start, until in holds:
        day = start.astimezone(plan.timetable.zone).date()
        stale[day] = min(until, stale.get(day, until))
    for day in (first + timedelta(days=n) for n in range(days)):
        for occurrence in plan.timetable.occurrences(day):
            for at in (
                plan.timetable.released_at(occurrence),
                plan.timetable.shared_at(occurrence),
            ):
                if at is not None and at > now:
                    stale[day] = min(at, stale.get(day, at))
    return stale


def _write(rows: dict[Key, Row]) -> None:
    if not rows:
        return
    keys, values = list(rows), list(rows.values())
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            {
                "commune": planning.current_commune().pk,
                "sites": [site for site, _kind, _day in keys],
                "kinds": [kind for _site, kind, _day in keys],
                "days": [day for _site, _kind, day in keys],
                "firsts": [row.first for row in values],
                "ns": [row.n for row in values],
                "starts": [row.starts for row in values],
                "stales": [row.stale_at for row in values],
            },
        )
