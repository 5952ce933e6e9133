"""The measures of adoption: how they are added up, and which are too small to be shown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from onboarding.models import Metric, Onboarding
from onboarding.stages import Module, Stage
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


def communes_of(association: Association | None, *, today: date) -> "QuerySet[Commune]":
    """Return the members with their stage and what they counted over 28 days, in one query.

    Each has ``stage`` (prospect by default), ``taken`` and ``online`` (appointments of the last
    28 days), ``taken_before`` and ``online_before`` (of the 28 days before those), and
    ``first_slot``, in days, None when unknown.
    """
    booking = Onboarding.objects.filter(commune=OuterRef("pk"), module=Module.BOOKING)
    latest = Metric.objects.filter(
        commune=OuterRef("pk"),
        code=FIRST_SLOT_DAYS,
        period_kind=Metric.Period.DAY,
        period__gt=today - timedelta(days=3),
        period__lte=today,
        den__gt=0,
    ).order_by("-period")
    now, before = today, today - timedelta(days=WINDOW)
    return Commune.objects.filter(association=association).annotate(
        stage=Coalesce(Subquery(booking.values("stage")[:1]), Value(Stage.PROSPECT.value)),
        reason_code=Coalesce(Subquery(booking.values("reason_code")[:1]), Value("")),
        since=Subquery(booking.values("since")[:1]),
        taken=_summed("den", until=now),
        online=_summed("num", until=now),
        taken_before=_summed("den", until=before),
        online_before=_summed("num", until=before),
        first_slot=Subquery(latest.values("num")[:1]),
    )


def _summed(field: str, *, until: date) -> Coalesce:
    counts = (
        Metric.objects.filter(_in_window(until), commune=OuterRef("pk"), code=ONLINE_SHARE)
        .order_by()
        .values("commune")
        .annotate(total=Sum(field))
        .values("total")
    )
    return Coalesce(Subquery(counts, output_field=IntegerField()), Value(0))


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
