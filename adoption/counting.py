"""Everything a commune counts about itself, as numbers by code, day and month."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from adoption import reported, subsidy, visits
from adoption.definitions import DEFINITIONS
from adoption.medians import middle_of
from adoption.opening_hours import spread
from adoption.visits import Sums
from booking.figures import soonest
from booking.metrics import Taken, count_appointments
from booking.models import Service
from onboarding.metrics import FIRST_SLOT_DAYS, SHARES
from onboarding.models import Metric
from onboarding.stages import Module
from parvis.periods import Period
from parvis.public_holidays import public_holidays, territory_of
from tenants.models import Commune, Membership
from training.facts import trained_share


DAY, MONTH = Metric.Period.DAY, Metric.Period.MONTH
SAMPLED_FROM = 7  # local hour of the sample of first slots
CLOSES_ON = 5  # of the month after: what is marked late is in by then
ACTIVE_DAYS = 28
OFFERED = "offered_minutes"
SLOTS = {"CNI": "first_slot_cni", "PASSPORT": "first_slot_pass", "CNI-PASSPORT": "first_slot_both"}
THIRD_SLOT_DAYS = "third_slot_days"
ACTORS = """
SELECT by_id FROM booking_appointmentevent WHERE at > %(since)s AND at <= %(now)s
UNION SELECT by_id FROM booking_settingschange WHERE at > %(since)s AND at <= %(now)s
UNION SELECT by_id FROM incidents_statuschange WHERE at > %(since)s AND at <= %(now)s
UNION SELECT by_id FROM incidents_reportevent WHERE at > %(since)s AND at <= %(now)s
UNION SELECT by_id FROM incidents_settingschange WHERE at > %(since)s AND at <= %(now)s
UNION SELECT taken_by_id FROM booking_appointment WHERE created_at > %(since)s
    AND created_at <= %(now)s
UNION SELECT taken_by_id FROM incidents_report WHERE submitted_at > %(since)s
    AND submitted_at <= %(now)s
"""


class Cell(NamedTuple):
    """What identifies a count within a commune."""

    module: Module
    code: str
    kind: Metric.Period
    period: date


Found = dict[Cell, tuple[int, int]]


def first_open_month(today: date) -> date:
    """Return the first day of the oldest month that still moves: the last one until its close."""
    this = today.replace(day=1)
    return this if today.day > CLOSES_ON else (this - timedelta(days=1)).replace(day=1)


def shares(*, first: date, today: date, zone: ZoneInfo) -> Found:
    """Count the appointments taken through each channel."""
    taken = count_appointments(first=first, last=today, zone=zone)
    return dict(_share_cells(taken))


def sample(*, now: datetime, today: date) -> Found:
    """Look how far the first and third bookable starts are, for each title."""
    services = list(Service.objects.offered_online().exclude(titles=""))
    waits = soonest(services, now=now)
    firsts = [wait.first for wait in waits if wait.first is not None]
    thirds = [wait.third for wait in waits if wait.third is not None]
    codes = {FIRST_SLOT_DAYS: firsts, THIRD_SLOT_DAYS: thirds}
    for titles, code in SLOTS.items():
        if any(wait.service.titles == titles for wait in waits):
            codes[code] = [
                wait.first
                for wait in waits
                if wait.service.titles == titles and wait.first is not None
            ]
    return {
        Cell(Module.BOOKING, code, DAY, today): (min(found), 1) if found else (0, 0)
        for code, found in codes.items()
    }


def measures(commune: Commune, *, first: date, now: datetime) -> Found:
    """Count all that the night counts, from a first of the month to today."""
    zone = ZoneInfo(commune.time_zone)
    today = now.astimezone(zone).date()
    period = Period(first, today, zone)
    past = Period(first, max(first, today - timedelta(days=1)), zone)
    booking = {
        **visits.daily(period, now=now),
        **visits.tallied(period),
        **visits.minutes(past, promised=_promised(commune, past)),
    }
    found = _with_months(Module.BOOKING, booking)
    found |= _with_months(Module.REPORTS, reported.daily(period))
    found |= _per_booking(found)
    for month in months(first, today):
        found |= _of_month(commune, month, now=now)
    found |= _states(commune, now=now, today=today)
    found |= {
        Cell(Module.BOOKING, "dts_progress", MONTH, month): pair
        for month, pair in subsidy.progress(commune, year=today.year).items()
    }
    found[Cell(Module.BOOKING, OFFERED, DAY, today + timedelta(days=2))] = (
        visits.open_on(today + timedelta(days=2)),
        1,
    )
    return found


def months(first: date, last: date) -> Iterator[Period]:
    """Cut some days into months; the zone is of no account."""
    begin = first
    while begin <= last:
        end = (begin.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        yield Period(begin, min(end, last), ZoneInfo("UTC"))
        begin = end + timedelta(days=1)


def _share_cells(taken: Taken) -> Iterator[tuple[Cell, tuple[int, int]]]:
    sums: dict[tuple[str, date], tuple[int, int]] = {
        (code, day): (counts[channel], counts.total())
        for day, counts in taken.items()
        for channel, code in SHARES.items()
    }
    yield from _with_months(Module.BOOKING, sums).items()


def _with_months(module: Module, sums: Sums) -> Found:
    """Add days up to months: sums of numerators, sums of denominators."""
    found: Found = {}
    totals: dict[Cell, list[int]] = defaultdict(lambda: [0, 0])
    for (code, day), (num, den) in sums.items():
        found[Cell(module, code, DAY, day)] = (num, den)
        total = totals[Cell(module, code, MONTH, day.replace(day=1))]
        total[0], total[1] = total[0] + num, total[1] + den
    for cell, (num, den) in totals.items():
        found[cell] = (num, 1 if cell.code in COUNTS else den)
    return found


COUNTS = frozenset(code for code, each in DEFINITIONS.items() if each.unit == "count")
"""Codes whose numerator is the figure; their denominator is 1, whatever the period."""


def _per_booking(found: Found) -> Found:
    """Set the appointments taken as denominator of the pages read; nothing without any."""
    taken: Mapping[tuple[str, date], int] = {
        (cell.kind, cell.period): 0 for cell in found if cell.code == "doc_views"
    }
    rows = Metric.objects.filter(
        commune__schema_name=connection.schema_name,  # type: ignore[attr-defined]
        module=Module.BOOKING,
        code=SHARES["online"],
        period__in={period for _kind, period in taken},
    ).values_list("period_kind", "period", "den")
    known = {(kind, period): den for kind, period, den in rows}
    return {
        cell: (num, known.get((cell.kind, cell.period), 0))
        for cell, (num, _den) in found.items()
        if cell.code == "doc_views"
    }


def _of_month(commune: Commune, month: Period, *, now: datetime) -> Found:
    zone = ZoneInfo(commune.time_zone)
    period = Period(month.first, month.last, zone)
    key = month.first.replace(day=1)
    found: Found = {}
    _tell(found, Module.BOOKING, "lead_time_days", key, visits.lead_days(period, now=now))
    territory = territory_of(commune.insee_code)
    off = frozenset(
        day for year in (key.year - 1, key.year) for day in public_holidays(year, territory)
    )
    week = spread(commune.hours)
    for code, value in reported.delays(period, week=week, off=off):
        _tell(found, Module.REPORTS, code, key, value)
    samples = Metric.objects.filter(
        commune=commune,
        code__in=[FIRST_SLOT_DAYS, THIRD_SLOT_DAYS, *SLOTS.values()],
        period_kind=DAY,
        period__range=(period.first, period.last),
        den=1,
    ).values_list("code", "num")
    by_code: dict[str, list[int]] = defaultdict(list)
    for code, num in samples:
        by_code[code].append(num)
    for code, values in by_code.items():
        found[Cell(Module.BOOKING, code, MONTH, key)] = (middle_of(values), 1)
    return found


def _tell(found: Found, module: Module, code: str, month: date, value: int | None) -> None:
    found[Cell(module, code, MONTH, month)] = (0, 0) if value is None else (value, 1)


def _states(commune: Commune, *, now: datetime, today: date) -> Found:
    """Tell how things are now, as today's figure and this month's so far."""
    states: Iterable[tuple[Module, str, tuple[int, int]]] = [
        (Module.REPORTS, "inc_silent", reported.silent(now=now)),
        (Module.REPORTS, "inc_due_soon", reported.due_soon(now=now)),
        (Module.BOOKING, "staff_active", _active(commune, now=now)),
        (Module.BOOKING, "trained_share", trained_share(commune)),
        (Module.BOOKING, "stations_closed", visits.stations(now)),
        *(
            (Module.BOOKING, f"practice_{name}", (int(is_done), 1))
            for name, is_done in visits.practices().items()
        ),
    ]
    return {
        Cell(module, code, kind, period): value
        for module, code, value in states
        for kind, period in ((DAY, today), (MONTH, today.replace(day=1)))
    }


def _active(commune: Commune, *, now: datetime) -> tuple[int, int]:
    """Count the people who changed something in 28 days among those who may; readers may not."""
    invited = set(
        Membership.objects.filter(commune=commune, is_active=True)
        .exclude(role=Membership.Role.READER)
        .values_list("user_id", flat=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(ACTORS, {"since": now - timedelta(days=ACTIVE_DAYS), "now": now})
        acted = {by for (by,) in cursor.fetchall() if by is not None}
    return len(acted & invited), len(invited)


def _promised(commune: Commune, period: Period) -> Mapping[date, int]:
    return dict(
        Metric.objects.filter(
            commune=commune,
            code=OFFERED,
            period_kind=DAY,
            period__range=(period.first, period.last),
        ).values_list("period", "num")
    )
