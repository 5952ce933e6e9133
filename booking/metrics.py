"""What is counted inside a commune; only the counts may leave it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from booking import planning
from booking.models import Appointment, Service


COUNTED_AS = {
    Appointment.Channel.WALK_IN: Appointment.Channel.COUNTER,
    Appointment.Channel.ASSOCIATION_PHONE: Appointment.Channel.PHONE,
}
SEARCH_DAYS = 120  # beyond, there is no first slot to speak of

Taken = Mapping[date, Counter[str]]
"""For each local day of creation, how many appointments came through each channel."""


def count_appointments(*, first: date, last: date, zone: ZoneInfo) -> Taken:
    """Count the appointments taken from ``first`` to ``last``, both included, by day and channel.

    Who was received without an appointment counts at the counter, who phoned the association as
    one who phoned. The day is that of creation,
    in local time. A visit of several persons counts once; cancelled ones count; slots held and
    never confirmed do not, and those taken over from another tool were not taken here.
    """
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    rows = (
        Appointment.objects.kept()
        .exclude(channel=Appointment.Channel.IMPORT)
        .filter(created_at__gte=begin, created_at__lt=end)
        .annotate(day=TruncDate("created_at", tzinfo=zone))
        .values_list("day", "channel")
        .annotate(taken=Count("pk"))
        .order_by()
    )
    counts: dict[date, Counter[str]] = {}
    for day, channel, taken in rows:
        counts.setdefault(day, Counter())[COUNTED_AS.get(channel, channel)] += taken
    return counts


def first_slot_days(*, now: datetime) -> int | None:
    """Count the days from today to the first slot for one person's identity document.

    None when no slot is bookable online within 120 days.
    """
    today = planning.local_day(now)
    found = [
        start
        for service in Service.objects.offered_online().exclude(titles="")
        if (start := _first(service, today, now)) is not None
    ]
    return (planning.local_day(min(found)) - today).days if found else None


def _first(service: Service, today: date, now: datetime) -> datetime | None:
    return planning.free(
        service=service, persons=1, first=today, days=SEARCH_DAYS, now=now, online=True
    ).first()
