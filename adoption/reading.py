"""What communes published, read for many of them at once: a few queries, whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, Sum

from adoption.definitions import DEFINITIONS
from adoption.estimates import Parameters
from adoption.models import Estimate
from onboarding.metrics import WINDOW, hidden
from onboarding.models import Metric, Onboarding
from onboarding.stages import Module, Stage
from tenants.models import Association, Commune


Pair = tuple[int, int]
NOTHING: Pair = (0, 0)
FRESH_DAYS = 2
"""A state is told as present for so many days after it was sampled."""


@dataclass(slots=True)
class Known:
    """What one commune published: sums of 28 days, of the 28 before, and its last states."""

    now: dict[str, Pair] = field(default_factory=dict)
    before: dict[str, Pair] = field(default_factory=dict)
    state: dict[str, Pair] = field(default_factory=dict)

    def value(self, code: str) -> float | None:
        """Return a figure of the last 28 days, or its last state, where it is to be told."""
        return DEFINITIONS[code].value(*self.now.get(code, self.state.get(code, NOTHING)))


STATES = (
    "first_slot_days",
    "third_slot_days",
    "staff_active",
    "inc_silent",
    "inc_due_soon",
    "stations_closed",
)


def known(communes: Collection[int], *, today: date) -> dict[int, Known]:
    """Read the last 56 days of some communes; two queries."""
    found: dict[int, Known] = defaultdict(Known)
    now, before = _window(today), _window(today - timedelta(days=WINDOW))
    rows = (
        Metric.objects.filter(now | before, commune__in=communes)
        .exclude(code__in=STATES)
        .order_by()
        .values_list("commune", "code")
        .annotate(
            num_now=Sum("num", filter=now, default=0),
            den_now=Sum("den", filter=now, default=0),
            num_before=Sum("num", filter=before, default=0),
            den_before=Sum("den", filter=before, default=0),
        )
    )
    for pk, code, num, den, num_before, den_before in rows:
        counts = DEFINITIONS[code].unit == "count" if code in DEFINITIONS else False
        found[pk].now[code] = (num, 1 if counts else den)
        found[pk].before[code] = (num_before, 1 if counts else den_before)
    states = (
        Metric.objects.filter(
            commune__in=communes,
            code__in=STATES,
            period_kind=Metric.Period.DAY,
            period__gte=today - timedelta(days=FRESH_DAYS),
            period__lte=today,
        )
        .order_by("period")
        .values_list("commune", "code", "num", "den")
    )
    for pk, code, num, den in states:
        found[pk].state[code] = (num, den)
    return found


def by_month(
    communes: Collection[int], codes: Collection[str], *, first: date, last: date
) -> dict[tuple[int, str, date], Pair]:
    """Read the monthly figures of some communes; one query."""
    rows = Metric.objects.filter(
        commune__in=communes,
        code__in=codes,
        period_kind=Metric.Period.MONTH,
        period__gte=first,
        period__lte=last,
    ).values_list("commune", "code", "period", "num", "den")
    return {(pk, code, month): (num, den) for pk, code, month, num, den in rows}


def seen_of(
    commune: Commune, codes: Collection[str], *, first: date, last: date
) -> dict[tuple[int, str, date], Pair]:
    """Read the months of a commune as others may see them; one query.

    Nothing is left of those that the published table hides, since its total would give away the
    small number of somebody else.
    """
    members = Commune.objects.filter(association=commune.association_id)
    rows = by_month(members.values_list("pk", flat=True), codes, first=first, last=last)
    unseen = unseen_cells(rows)
    return {
        cell: NOTHING if cell in unseen else pair
        for cell, pair in rows.items()
        if cell[0] == commune.pk
    }


def unseen_cells(
    rows: Mapping[tuple[int, str, date], Pair],
) -> frozenset[tuple[int, str, date]]:
    """Choose the monthly figures that stay hidden, month by month among all these communes."""
    sums: dict[tuple[str, date], list[tuple[int, Pair]]] = defaultdict(list)
    for (pk, code, month), pair in rows.items():
        if DEFINITIONS[code].gives_away:
            sums[code, month].append((pk, pair))
    return frozenset(
        (pk, code, month) for (code, month), pairs in sums.items() for pk in unseen(pairs)
    )


def unseen(pairs: Iterable[tuple[int, Pair]]) -> frozenset[int]:
    """Choose whose figure stays hidden in a published list, so that no total gives one away."""
    return hidden((key, den) for key, (_num, den) in pairs)


def totals_by_month(
    communes: Collection[int], codes: Collection[str], *, first: date, last: date
) -> dict[tuple[str, date], Pair]:
    """Add up the monthly figures of some communes: sums over sums; one query."""
    rows = (
        Metric.objects.filter(
            commune__in=communes,
            code__in=codes,
            period_kind=Metric.Period.MONTH,
            period__gte=first,
            period__lte=last,
        )
        .order_by()
        .values_list("code", "period")
        .annotate(num=Sum("num"), den=Sum("den"))
    )
    return {(code, month): (num, den) for code, month, num, den in rows}


def live(association: Association, module: Module) -> list[Commune]:
    """List the communes that are in service with a module, by name."""
    rows = Onboarding.objects.filter(
        commune__association=association, module=module, stage=Stage.LIVE
    )
    if module == Module.BOOKING:
        rows = rows.filter(commune__station_count__gt=0)
    return [each.commune for each in rows.select_related("commune").order_by("commune__slug")]


def parameters(association: Association | None) -> Parameters:
    """Return the parameters of the association's estimates, or the usual ones."""
    row = Estimate.objects.filter(association=association).first()
    if row is None:
        return Parameters()
    return Parameters(
        booking_percent=row.booking_percent,
        change_percent=row.change_percent,
        minutes=row.minutes,
    )


def total(pairs: Collection[Pair]) -> Pair:
    """Add numerators, add denominators."""
    return sum(num for num, _den in pairs), sum(den for _num, den in pairs)


def month_before(day: date, back: int = 1) -> date:
    """Return the first day of the month so many months before."""
    number = day.year * 12 + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def _window(until: date) -> Q:
    return Q(
        period_kind=Metric.Period.DAY,
        period__gt=until - timedelta(days=WINDOW),
        period__lte=until,
    )
