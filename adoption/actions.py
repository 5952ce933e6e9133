"""The writers: a commune counts itself."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction

from booking.metrics import Taken, count_appointments, first_slot_days
from onboarding.metrics import FIRST_SLOT_DAYS, SHARES
from onboarding.models import Metric
from onboarding.stages import Module
from parvis.guard import current_schema
from tenants.models import Commune


VERSION = 1  # of the definitions; grows when one of them changes


class Cell(NamedTuple):
    """What identifies a count within a commune."""

    code: str
    kind: Metric.Period
    period: date


@transaction.atomic
def count(*, now: datetime, since: date | None = None) -> int:
    """Count the active commune's appointments and publish the numbers that changed.

    From the first day of last month, or of the month of ``since``, to today. Returns how many
    counts were written.
    """
    commune = Commune.objects.get(schema_name=current_schema())
    zone = ZoneInfo(commune.time_zone)
    today = now.astimezone(zone).date()
    first = (since or today.replace(day=1) - timedelta(days=1)).replace(day=1)
    taken = count_appointments(first=first, last=today, zone=zone)
    found = dict(_cells(taken))
    days = first_slot_days(now=now)
    found[Cell(FIRST_SLOT_DAYS, Metric.Period.DAY, today)] = (days or 0, int(days is not None))
    return _publish(commune, found, first=first, now=now)


def _cells(taken: Taken) -> Iterator[tuple[Cell, tuple[int, int]]]:
    months: dict[date, Counter[str]] = {}
    for day, counts in taken.items():
        months.setdefault(day.replace(day=1), Counter()).update(counts)
    for kind, counted in ((Metric.Period.DAY, taken), (Metric.Period.MONTH, months)):
        for period, counts in counted.items():
            for channel, code in SHARES.items():
                yield Cell(code, kind, period), (counts[channel], counts.total())


def _publish(
    commune: Commune, found: dict[Cell, tuple[int, int]], *, first: date, now: datetime
) -> int:
    rows = Metric.objects.filter(
        commune=commune, module=Module.BOOKING, period__gte=first
    ).values_list("code", "period_kind", "period", "num", "den")
    known = {
        Cell(code, Metric.Period(kind), period): (num, den)
        for code, kind, period, num, den in rows
    }
    emptied = {
        cell: (0, 0)
        for cell, value in known.items()
        if cell not in found and cell.code in SHARES.values() and value != (0, 0)
    }
    changed = {
        cell: value for cell, value in (found | emptied).items() if known.get(cell) != value
    }
    Metric.objects.bulk_create(
        [
            Metric(
                commune=commune,
                module=Module.BOOKING,
                code=cell.code,
                period_kind=cell.kind,
                period=cell.period,
                num=num,
                den=den,
                def_version=VERSION,
                computed_at=now,
            )
            for cell, (num, den) in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["commune", "module", "code", "period_kind", "period"],
        update_fields=["num", "den", "def_version", "computed_at"],
    )
    return len(changed)
