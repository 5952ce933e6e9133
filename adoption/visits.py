"""What a commune counts of its appointments for its peers and the association: sums by day.

Runs inside the commune. Nothing here names anybody: days, numerators, denominators.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from adoption.medians import nearest_rank
from booking import planning
from booking.bits import span
from booking.figures import open_bits
from booking.models import Allocation, Opening, Resource, Service, Tally
from booking.openings import QUANTUM
from booking.timetable import DAY_BITS
from parvis.periods import Period


Sums = Mapping[tuple[str, date], tuple[int, int]]
"""From a code and a local day to a numerator and a denominator."""

VISITS = """
SELECT (lower(period) AT TIME ZONE %(tz)s)::date AS day,
    count(*) FILTER (WHERE status = 'missed'),
    count(*) FILTER (WHERE status IN ('missed', 'honoured')),
    count(*) FILTER (WHERE status = 'booked'),
    count(*) FILTER (WHERE status <> 'cancelled'),
    count(*) FILTER (WHERE outcome = 'complete'),
    count(*) FILTER (WHERE outcome <> '')
FROM booking_appointment
WHERE status <> 'held' AND lower(period) >= %(from)s AND lower(period) < %(to)s
  AND upper(period) <= %(now)s
GROUP BY 1"""
REUSED = """
SELECT (lower(a.period) AT TIME ZONE %(tz)s)::date, count(*) FILTER (WHERE EXISTS (
        SELECT FROM booking_allocation b JOIN booking_appointment n ON n.id = b.appointment_id
        WHERE b.resource_id = r.resource_id AND b.period && r.period AND b.state = 'booked'
          AND n.created_at >= a.cancelled_at)), count(*)
FROM booking_appointment a
JOIN LATERAL (SELECT resource_id, period FROM booking_allocation
    WHERE appointment_id = a.id AND state = 'released' ORDER BY resource_id LIMIT 1) r ON true
WHERE a.status = 'cancelled' AND lower(a.period) >= %(from)s AND lower(a.period) < %(to)s
  AND a.cancelled_at <= lower(a.period) - interval '24 hours'
GROUP BY 1"""
CHANGES = """
SELECT (at AT TIME ZONE %(tz)s)::date, count(*), 1 FROM booking_appointmentevent
WHERE by_id IS NULL AND by_name = '' AND kind IN ('cancelled', 'moved', 'shortened')
  AND at >= %(from)s AND at < %(to)s
GROUP BY 1"""
LEADS = """
SELECT extract(epoch FROM lower(period) - created_at) FROM booking_appointment
WHERE status NOT IN ('held', 'cancelled') AND channel NOT IN ('walk_in', 'import')
  AND created_at >= %(from)s AND created_at < %(to)s"""
EVENING = 18  # local hour from which an opening helps those who work
DAY_SECONDS = 86_400


def daily(period: Period, *, now: datetime) -> Sums:
    """Count the visits of a period by the day they were for; changes by the day they were made."""
    found: dict[tuple[str, date], tuple[int, int]] = {}
    for day, missed, marked, unmarked, past, complete, told in _rows(VISITS, period, now):
        found["no_show_rate", day] = (missed, marked)
        found["unmarked_share", day] = (unmarked, past)
        found["dossier_complete", day] = (complete, told)
    for code, sql in (("cancel_reuse", REUSED), ("online_changes", CHANGES)):
        found |= {(code, day): (num, den) for day, num, den in _rows(sql, period, now)}
    return found


def tallied(period: Period) -> Sums:
    """Return the pages of documents read and the calls taken, by day."""
    codes = {Tally.Kind.DOCUMENTS: "doc_views", Tally.Kind.CALL: "desk_calls"}
    found: dict[tuple[str, date], int] = defaultdict(int)
    rows = Tally.objects.filter(day__gte=period.first, day__lte=period.last)
    for kind, day, count in rows.values_list("kind", "day", "count"):
        found[codes[Tally.Kind(kind)], day] += count
    return {key: (count, 1) for key, count in found.items()}


def minutes(period: Period, *, promised: Mapping[date, int]) -> Sums:
    """Compare minutes taken with minutes offered, day by day; never more than there were.

    ``promised`` holds what was open two days ahead, as sampled then. Where there is no sample,
    what is known now of the openings stands for it. Time taken outside the openings is not
    counted, nor what was taken beyond what was promised.
    """
    timetable = planning.current_plan(period.last.year).timetable
    taken = _taken(period)
    found: dict[tuple[str, date], tuple[int, int]] = {}
    for number in range(period.days):
        day = period.first + timedelta(days=number)
        units = open_bits(timetable, day)
        known = sum(bits.bit_count() for bits in units.values()) * QUANTUM
        offered = promised.get(day, known)
        used = sum((bits & taken[day][unit]).bit_count() for unit, bits in units.items())
        if offered:
            found["fill_rate", day] = (min(used * QUANTUM, offered), offered)
    return found


def open_on(day: date) -> int:
    """Add up the minutes open on a day, over all counters."""
    timetable = planning.current_plan(day.year).timetable
    return sum(bits.bit_count() for bits in open_bits(timetable, day).values()) * QUANTUM


def lead_days(period: Period, *, now: datetime) -> int | None:
    """Return the middle number of days from booking to visit; None below ten of them."""
    return nearest_rank(
        [max(0.0, float(seconds)) / DAY_SECONDS for (seconds,) in _rows(LEADS, period, now)], 0.5
    )


def practices() -> dict[str, bool]:
    """Tell what the commune does that others may want to do."""
    openings = list(Opening.objects.values_list("weekday", "end_time", "release_days"))
    titles = Service.objects.offered_online().exclude(titles="")
    return {
        "evening": any(end.hour >= EVENING for _day, end, _release in openings),
        "saturday": any(day == 5 for day, _end, _release in openings),  # noqa: PLR2004
        "released": any(release is not None for _day, _end, release in openings),
        "waiting_list": titles.filter(has_waiting_list=True).exists(),
        "presence": titles.filter(asks_presence=True).exists(),
    }


def stations(now: datetime) -> tuple[int, int]:
    """Count the stations that receive nobody now because something is closed, and all of them."""
    every = list(
        Resource.objects.filter(kind=Resource.Kind.STATION, active=True).values_list("pk", "site")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resource_id, site_id FROM booking_closure"
            " WHERE period @> %s AND upper(period) - lower(period) >= interval '2 days'",
            [now],
        )
        shut = cursor.fetchall()
    closed = sum(
        any(resource in {None, pk} and place in {None, site} for resource, place in shut)
        for pk, site in every
    )
    return closed, len(every)


def _taken(period: Period) -> dict[date, dict[int, int]]:
    """Set the five minutes of wall time that each unit was taken, day by day."""
    found: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    rows = Allocation.objects.filter(
        state=Allocation.State.BOOKED, start_at__gte=period.begin, start_at__lt=period.end
    ).values_list("resource", "period")
    for unit, taken in rows:
        begin = taken.lower.astimezone(period.zone)
        end = taken.upper.astimezone(period.zone)
        stop = DAY_BITS if end.date() > begin.date() else (end.hour * 60 + end.minute) // QUANTUM
        found[begin.date()][unit] |= span((begin.hour * 60 + begin.minute) // QUANTUM, stop)
    return found


def _rows(sql: str, period: Period, now: datetime) -> Iterator[Any]:
    values: dict[str, Any] = {
        "from": period.begin,
        "to": period.end,
        "now": now,
        "tz": str(period.zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        yield from cursor.fetchall()
