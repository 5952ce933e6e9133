"""The measures of adoption: how they are added up, and which are too small to be shown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Q, Sum

from onboarding.models import Metric
from onboarding.stages import Module
from tenants.models import Association, Commune


ONLINE_SHARE = "online_share"
PHONE_SHARE = "phone_share"
COUNTER_SHARE = "counter_share"
FIRST_SLOT_DAYS = "first_slot_days"
SHARES = {"online": ONLINE_SHARE, "phone": PHONE_SHARE, "counter": COUNTER_SHARE}

WINDOW = 28  # days, whole weeks, today included
ENOUGH_FOR_A_SHARE = 20
ENOUGH_TO_SHOW = 10

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Share:
    """A numerator over a denominator, shown only when the denominator says something."""

    num: int
    den: int

    @property
    def is_told(self) -> bool:
        """Whether there are enough appointments to speak of a share."""
        return self.den >= ENOUGH_FOR_A_SHARE

    @property
    def ratio(self) -> float | None:
        """The share between 0 and 1; None when data are insufficient."""
        return self.num / self.den if self.is_told else None

    @classmethod
    def total(cls, shares: Iterable["Share"]) -> "Share":
        """Add up: the sum of numerators over the sum of denominators."""
        num = den = 0
        for share in shares:
            num, den = num + share.num, den + share.den
        return cls(num, den)


def hidden(counts: Iterable[tuple[Key, int]]) -> frozenset[Key]:
    """Choose which counts of a published total stay hidden.

    Those from 1 to 9; and when there is a single one, the next smallest too, since the total
    would give it away.
    """
    told = sorted((count, number, key) for number, (key, count) in enumerate(counts) if count)
    small = [key for count, _number, key in told if count < ENOUGH_TO_SHOW]
    if len(small) == 1 and len(told) > 1:
        small.append(told[1][2])
    return frozenset(small)


def shares(association: Association, *, today: date) -> dict[int, tuple[Share, Share]]:
    """Return by member the online share of the last 28 days, and of the 28 days before those.

    Members that published nothing are absent.
    """
    now, before = _in_window(today), _in_window(today - timedelta(days=WINDOW))
    rows = (
        Metric.objects.filter(now | before, commune__association=association, code=ONLINE_SHARE)
        .order_by()
        .values_list("commune")
        .annotate(
            num_now=Sum("num", filter=now, default=0),
            den_now=Sum("den", filter=now, default=0),
            num_before=Sum("num", filter=before, default=0),
            den_before=Sum("den", filter=before, default=0),
        )
    )
    return {pk: (Share(*counts[:2]), Share(*counts[2:])) for pk, *counts in rows}


def first_slots(association: Association, *, today: date) -> dict[int, int]:
    """Return by member the days to its first slot, when it was sampled since the day before."""
    samples = Metric.objects.filter(
        commune__association=association,
        module=Module.BOOKING,
        code=FIRST_SLOT_DAYS,
        period_kind=Metric.Period.DAY,
        period__gte=today - timedelta(days=1),
        period__lte=today,
    )
    latest = {sample.commune_id: sample for sample in samples.order_by("period")}
    return {pk: sample.num for pk, sample in latest.items() if sample.den}


def _in_window(until: date) -> Q:
    return Q(
        module=Module.BOOKING,
        period_kind=Metric.Period.DAY,
        period__gt=until - timedelta(days=WINDOW),
        period__lte=until,
    )


def channels(communes: Collection[Commune], *, today: date) -> dict[str, int]:
    """Count the appointments of the last 28 days of these communes by channel."""
    rows = (
        Metric.objects.filter(_in_window(today), commune__in=communes)
        .order_by()
        .values_list("code")
        .annotate(total=Sum("num"))
    )
    by_code = dict(rows)
    return {channel: by_code.get(code, 0) for channel, code in SHARES.items()}


def months(communes: Collection[Commune], *, today: date, count: int) -> list[tuple[date, Share]]:
    """Return the online share of these communes in each of the last ``count`` months."""
    first = today.replace(day=1)
    for _month in range(count - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    rows = (
        Metric.objects.filter(
            commune__in=communes,
            code=ONLINE_SHARE,
            period_kind=Metric.Period.MONTH,
            period__gte=first,
            period__lte=today,
        )
        .order_by("period")
        .values_list("period")
        .annotate(num=Sum("num"), den=Sum("den"))
    )
    return [(period, Share(num, den)) for period, num, den in rows]
