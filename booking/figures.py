"""What a commune learns from its appointments: how they are taken, kept and used.

Every figure is a count over a count, both told; days are local and periods include their last
day. Nothing here names a citizen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Aggregate, Count, DateTimeField, F, FloatField, Func, Q, Sum
from django.db.models.functions import Extract, TruncMonth, TruncWeek

from booking import planning
from booking.bits import span
from booking.models import Allocation, Appointment, AppointmentQuerySet, Service, Ticket
from booking.openings import QUANTUM
from booking.timetable import Timetable
from parvis.periods import Period, Share


SEARCH_DAYS = 120  # beyond, there is no free slot to speak of
THIRD = 3
TOP = 10
WEEKLY_DAYS = 120  # longer periods are drawn month by month
Channel = Appointment.Channel
Status = Appointment.Status

MISSING = """
SELECT key, count(*) FROM booking_participant p
JOIN booking_appointment a ON a.id = p.appointment_id, unnest(p.missing) key
WHERE lower(a.period) >= %(from)s AND lower(a.period) < %(to)s AND a.outcome = 'incomplete'
  AND (%(service)s::bigint IS NULL OR a.service_id = %(service)s)
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(top)s
"""
REUSED = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM booking_allocation b JOIN booking_appointment n ON n.id = b.appointment_id
    WHERE b.resource_id = r.resource_id AND b.period && r.period AND b.state = 'booked'
      AND n.created_at >= a.cancelled_at))
FROM booking_appointment a
JOIN LATERAL (
    SELECT resource_id, period FROM booking_allocation
    WHERE appointment_id = a.id AND state = 'released' ORDER BY resource_id LIMIT 1) r ON true
WHERE a.status = 'cancelled' AND lower(a.period) >= %(from)s AND lower(a.period) < %(to)s
  AND a.cancelled_at < lower(a.period)
  AND (%(service)s::bigint IS NULL OR a.service_id = %(service)s)
"""
USUAL_CHANNELS = ("online", "phone", "counter", "walk_in")  # told even when nobody came by them


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything the page tells about one period."""

    channels: dict[str, int]
    """How many visits came through each channel: taken, or received without appointment."""
    pace: list[tuple[date, int]]
    """Visits taken by week, or by month, from its first day."""
    online: Share
    missed: Share
    """Out of the visits that somebody marked."""
    unmarked: Share
    """Out of the visits that are over: what the share of missed ones does not know."""
    cancelled: Share
    filled: Share
    """Minutes taken out of the minutes open, up to now."""
    reused: Share
    """Slots given back before their time that somebody else then took."""
    complete: Share
    """Complete files out of those marked either way."""
    missing: list[tuple[str, int]]
    """The keys of the documents most often missing."""
    delay_days: float | None
    """Half of the appointments are taken at least so long before."""


@dataclass(frozen=True, slots=True)
class Soonest:
    """How long a citizen waits for a service, in days from today; None beyond four months."""

    service: Service
    first: int | None
    third: int | None


LENGTH = Func(F("period"), function="upper", output_field=DateTimeField()) - F("start_at")


class Median(Aggregate):
    """The value in the middle of the sorted ones."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def read(period: Period, *, service: Service | None, now: datetime) -> Figures:
    """Count everything about one period: eight queries, whatever it holds."""
    wanted = Q() if service is None else Q(service=service)
    taken = (
        Appointment.objects.kept()
        .filter(wanted, created_at__gte=period.begin, created_at__lt=period.end)
        .exclude(Q(instead_of__isnull=False) | Q(channel=Channel.IMPORT))
    )
    visits = Appointment.objects.kept().filter(
        wanted, period__startswith__gte=period.begin, period__startswith__lt=period.end
    )
    channels = _channels(taken, period, wanted)
    marks = visits.aggregate(
        honoured=Count("pk", filter=Q(status=Status.HONOURED)),
        missed=Count("pk", filter=Q(status=Status.MISSED)),
        unmarked=Count("pk", filter=Q(status=Status.BOOKED, period__endswith__lte=now)),
        cancelled=Count("pk", filter=Q(status=Status.CANCELLED)),
        every=Count("pk"),
        complete=Count("pk", filter=Q(outcome=Appointment.Outcome.COMPLETE)),
        incomplete=Count("pk", filter=Q(outcome=Appointment.Outcome.INCOMPLETE)),
        delay=Median(
            Extract(
                Func(F("period"), function="lower", output_field=DateTimeField())
                - F("created_at"),
                "epoch",
            ),
            filter=~Q(channel__in=[Channel.WALK_IN, Channel.IMPORT]),
        ),
    )
    marked = marks["honoured"] + marks["missed"]
    return Figures(
        channels=channels,
        pace=_pace(taken, period),
        online=Share(channels[Channel.ONLINE], sum(channels.values())),
        missed=Share(marks["missed"], marked),
        unmarked=Share(marks["unmarked"], marked + marks["unmarked"]),
        cancelled=Share(marks["cancelled"], marks["every"]),
        filled=_filled(period, service=service, now=now),
        reused=Share(*reversed(_row(REUSED, period, service))),
        complete=Share(marks["complete"], marks["complete"] + marks["incomplete"]),
        missing=_rows(MISSING, period, service),
        delay_days=None if marks["delay"] is None else max(0.0, marks["delay"]) / 86_400,
    )


def soonest(services: Sequence[Service], *, now: datetime) -> list[Soonest]:
    """Tell for each service how far its first and third free days of starts are, online."""
    today = planning.local_day(now)
    waits = []
    for service in services:
        found = planning.free(
            service=service, persons=1, first=today, days=SEARCH_DAYS, now=now, online=True
        )
        starts = found.starts()[:THIRD]
        days = [(planning.local_day(start) - today).days for start in starts]
        third = days[-1] if len(days) == THIRD else None
        waits.append(Soonest(service, days[0] if days else None, third))
    return waits


def open_minutes(timetable: Timetable, first: date, last: date) -> int:
    """Add up the minutes during which units receive, from one local day to another, included.

    An hour of two counters counts twice; closures, holidays and cancelled occurrences do not.
    """
    return sum(
        bits.bit_count() * QUANTUM
        for n in range((last - first).days + 1)
        for bits in open_bits(timetable, first + timedelta(days=n)).values()
    )


def open_bits(timetable: Timetable, day: date) -> dict[int, int]:
    """Set the five minutes of wall time in which each unit receives on a local day."""
    units: dict[int, int] = {}
    for each in timetable.occurrences(day):
        for unit in each.units:
            units[unit] = units.get(unit, 0) | span(_bit(each.start), _bit(each.end))
    midnight = datetime.combine(day, time.min, timetable.zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time.min, timetable.zone)
    for closure in timetable.closures:
        if closure.start < next_midnight and midnight < closure.end:
            begins = max(closure.start, midnight).astimezone(timetable.zone).time()
            ends = closure.end.astimezone(timetable.zone).time()
            stop = 24 * 60 // QUANTUM if closure.end >= next_midnight else _bit(ends)
            shut = span(_bit(begins), stop)
            for unit in units if closure.units is None else closure.units & units.keys():
                units[unit] &= ~shut
    return units


def _bit(at: time) -> int:
    return (at.hour * 60 + at.minute) // QUANTUM


def _channels(taken: AppointmentQuerySet, period: Period, wanted: Q) -> dict[str, int]:
    counts = dict.fromkeys(USUAL_CHANNELS, 0)
    rows = taken.order_by().values_list("channel").annotate(n=Count("pk"))
    counts.update(dict(rows))
    counts[Channel.WALK_IN] += Ticket.objects.filter(
        wanted, appointment__isnull=True, served_at__gte=period.begin, served_at__lt=period.end
    ).count()
    return counts


def _pace(taken: AppointmentQuerySet, period: Period) -> list[tuple[date, int]]:
    cut = TruncWeek if period.days <= WEEKLY_DAYS else TruncMonth
    rows = (
        taken.order_by()
        .annotate(since=cut("created_at", tzinfo=period.zone))
        .values_list("since")
        .annotate(n=Count("pk"))
        .order_by("since")
    )
    return [(since.date(), n) for since, n in rows]


def _filled(period: Period, *, service: Service | None, now: datetime) -> Share:
    """Compare what was taken with what was open; of one service no rate can be told."""
    last = min(period.last, planning.local_day(now) - timedelta(days=1))
    if service is not None or last < period.first:
        return Share(0, 0)
    whole = open_minutes(planning.current_plan(last.year).timetable, period.first, last)
    begin, end = period.begin, Period(period.first, last, period.zone).end
    taken = Allocation.objects.filter(
        state=Allocation.State.BOOKED, start_at__gte=begin, start_at__lt=end
    ).aggregate(minutes=Sum(Extract(LENGTH, "epoch")) / 60)["minutes"]
    return Share(min(int(taken or 0), whole), whole)


def _row(sql: str, period: Period, service: Service | None) -> tuple[int, int]:
    whole, part = _rows(sql, period, service)[0]
    return int(whole), int(part)


def _rows(sql: str, period: Period, service: Service | None) -> list[tuple[str, int]]:
    values = {
        "from": period.begin,
        "to": period.end,
        "service": service.pk if service else None,
        "top": TOP,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
