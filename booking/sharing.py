"""What agreements with other communes change here: a question, and where else to go."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncMonth

from booking import planning, read_model
from booking.models import Appointment, Service, Sharing


Uses = dict[tuple[str, date], int]
"""For each commune (code INSEE) and month, how many appointments."""


@transaction.atomic
def keep(
    *,
    asks: Sequence[tuple[str, str]],
    offers: Sequence[tuple[str, int]],
    services: Sequence[dict[str, str]] = (),
) -> None:
    """Keep what the agreements in force say; the same again changes nothing."""
    told = {"asks": [*map(list, asks)], "offers": [*map(list, offers)], "services": [*services]}
    Sharing.objects.update_or_create(pk=1, defaults=told)


def services_elsewhere() -> list[tuple[str, list[dict[str, str]]]]:
    """List the services of others that are shown beside ours, by who receives; one query."""
    known = Sharing.objects.values_list("services", flat=True).first() or []
    by_host: dict[str, list[dict[str, str]]] = {}
    for each in known:
        by_host.setdefault(each["host"], []).append(each)
    return list(by_host.items())


def asked_communes() -> list[tuple[str, str]]:
    """List the communes among which a citizen says hers; one query."""
    asks = Sharing.objects.values_list("asks", flat=True).first()
    return [(code, name) for code, name in asks or ()]


def receive_for_us(services: Sequence[Service], *, now: datetime) -> list[str]:
    """Name who receives for this commune: always, or as it is full now; one query, or two."""
    offers = Sharing.objects.values_list("offers", flat=True).first() or []
    if not offers:
        return []
    titled = [each for each in services if each.titles]
    known = read_model.first_free(titled, now=now) if titled else {}
    today = planning.local_day(now)
    waits = (min(known.values()) - today).days if known else None
    return [name for name, days in offers if not days or waits is None or waits > days]


def uses(*, first: date, last: date, zone: ZoneInfo) -> Uses:
    """Count the appointments of some months by the commune that citizens say is theirs.

    By the month of the visit; cancelled ones are not counted, those of several persons once.
    """
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last, time.min, zone)
    rows = (
        Appointment.objects.standing()
        .exclude(from_commune="")
        .filter(period__startswith__gte=begin, period__startswith__lt=end)
        .annotate(month=TruncMonth("period__startswith", tzinfo=zone))
        .order_by()
        .values_list("from_commune", "month")
        .annotate(n=Count("pk"))
    )
    counted: Counter[tuple[str, date]] = Counter()
    for code, month, n in rows:
        counted[code, month.date()] += n
    return dict(counted)
