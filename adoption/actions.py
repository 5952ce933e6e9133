"""The writers: a commune counts itself, says what it wants; estimates are parametered."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from adoption import counting
from adoption.counting import DAY, SAMPLED_FROM, Cell, Found
from adoption.estimates import Parameters
from adoption.models import Estimate, Preferences
from onboarding.metrics import FIRST_SLOT_DAYS, SHARES
from onboarding.models import Metric
from onboarding.stages import Module
from parvis.guard import current_schema
from tenants.models import Association, Commune


VERSION = 1  # of the definitions; grows when one of them changes


@transaction.atomic
def count(*, now: datetime, since: date | None = None) -> int:
    """Count the active commune's appointments by channel and sample its first slots.

    From the first day of last month, or of the month of ``since``, to today; months that were
    closed keep their number unless ``since`` asks for them. Returns how many counts were written.
    """
    commune = Commune.objects.get(schema_name=current_schema())
    zone = ZoneInfo(commune.time_zone)
    local = now.astimezone(zone)
    today = local.date()
    first = (since or today.replace(day=1) - timedelta(days=1)).replace(day=1)
    found = counting.shares(first=first, today=today, zone=zone)
    emptied = _emptied(commune, SHARES.values(), found, first=first)
    if _is_time_to_sample(commune, local):
        found |= counting.sample(now=now, today=today)
    return _publish(commune, found | emptied, first=first, now=now, closed=since is None)


@transaction.atomic
def measure(*, now: datetime, since: date | None = None) -> int:
    """Count all the rest of the active commune: what the night counts.

    The month before is counted until its fifth day after; later only when ``since`` asks for it.
    Returns how many counts were written.
    """
    commune = Commune.objects.get(schema_name=current_schema())
    today = now.astimezone(ZoneInfo(commune.time_zone)).date()
    first = (since or counting.first_open_month(today)).replace(day=1)
    found = counting.measures(commune, first=first, now=now)
    return _publish(commune, found, first=first, now=now, closed=False)


def _is_time_to_sample(commune: Commune, local: datetime) -> bool:
    """Sample once a day from seven in the morning on; at any hour when nothing is known."""
    known = set(
        Metric.objects.filter(
            commune=commune,
            code=FIRST_SLOT_DAYS,
            period_kind=DAY,
            period__gte=local.date() - timedelta(days=1),
        ).values_list("period", flat=True)
    )
    return local.date() not in known and (local.hour >= SAMPLED_FROM or not known)


def _emptied(commune: Commune, codes: Collection[str], found: Found, *, first: date) -> Found:
    """Bring to nothing the counts whose rows are all gone."""
    rows = Metric.objects.filter(
        commune=commune, module=Module.BOOKING, period__gte=first, code__in=codes, den__gt=0
    ).values_list("code", "period_kind", "period")
    cells = (Cell(Module.BOOKING, code, Metric.Period(kind), day) for code, kind, day in rows)
    return {cell: (0, 0) for cell in cells if cell not in found}


def _publish(commune: Commune, found: Found, *, first: date, now: datetime, closed: bool) -> int:
    """Write what changed; with ``closed``, months past their close keep what they have."""
    rows = Metric.objects.filter(commune=commune, period__gte=first).values_list(
        "module", "code", "period_kind", "period", "num", "den"
    )
    known = {
        Cell(Module(module), code, Metric.Period(kind), period): (num, den)
        for module, code, kind, period, num, den in rows
    }
    open_from = counting.first_open_month(now.astimezone(ZoneInfo(commune.time_zone)).date())
    changed = {
        cell: value
        for cell, value in found.items()
        if known.get(cell) != value
        and not (closed and cell in known and cell.kind != DAY and cell.period < open_from)
    }
    Metric.objects.bulk_create(
        [
            Metric(
                commune=commune,
                module=cell.module,
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


@transaction.atomic
def set_estimate(*, association: Association, parameters: Parameters) -> Estimate:
    """Keep the parameters of an association's estimates."""
    row, _created = Estimate.objects.update_or_create(
        association=association,
        defaults={
            "booking_percent": parameters.booking_percent,
            "change_percent": parameters.change_percent,
            "minutes": parameters.minutes,
        },
    )
    return row


@transaction.atomic
def prefer(*, commune: Commune, is_mailed: bool, is_named: bool) -> Preferences:
    """Keep what a commune wants of letters and of its name."""
    row, _created = Preferences.objects.update_or_create(
        commune=commune, defaults={"is_mailed": is_mailed, "is_named": is_named}
    )
    return row
