"""Read what is taken of some days: the spans of each resource, and the quotas of citizens.

Two queries at most, whatever the number of appointments.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from booking.availability import NOTHING_USED, Spans, Used
from booking.plans import Plan
from booking.quotas import quota_use


BUSY = """
SELECT resource_id, array_agg(extract(epoch FROM lower(period))::bigint / 60),
       array_agg(extract(epoch FROM upper(period))::bigint / 60)
FROM booking_allocation
WHERE start_at >= %(from)s AND start_at < %(to)s
  AND (state = 'booked' OR state = 'hold' AND expires_at > %(now)s)
GROUP BY 1
"""
TAKEN_ONLINE = """
SELECT service_id, unit, array_agg(extract(epoch FROM lower(period))::bigint / 60)
FROM (SELECT appointment_id, min(resource_id) AS unit
      FROM booking_allocation
      WHERE start_at >= %(from)s AND start_at < %(to)s
        AND (state = 'booked' OR state = 'hold' AND expires_at > %(now)s)
      GROUP BY 1) AS taken
JOIN booking_appointment ON booking_appointment.id = appointment_id
WHERE channel = 'online'
GROUP BY 1, 2
"""


def taken(plan: Plan, first: date, days: int, *, now: datetime) -> tuple[dict[int, Spans], Used]:
    """Read what is taken of some days, and of their quotas: two queries at most."""
    return (
        busy(first, days, zone=plan.timetable.zone, now=now),
        used(plan, first, days, now=now),
    )


def busy(first: date, days: int, *, zone: ZoneInfo, now: datetime) -> dict[int, Spans]:
    """Read what is taken, from the day before ``first`` on: a buffer may reach over midnight."""
    begin = datetime.combine(first - timedelta(days=1), time.min, zone)
    end = datetime.combine(first + timedelta(days=days), time.min, zone)
    with connection.cursor() as cursor:
        cursor.execute(BUSY, {"from": begin, "to": end, "now": now})
        return {resource: (starts, ends) for resource, starts, ends in cursor.fetchall()}


def used(plan: Plan, first: date, days: int, *, now: datetime) -> Used:
    """Read what citizens took of openings with a quota; no query where there is none."""
    if not plan.has_quotas:
        return NOTHING_USED
    begin = datetime.combine(first - timedelta(days=1), time.min, plan.timetable.zone)
    end = datetime.combine(first + timedelta(days=days + 1), time.min, plan.timetable.zone)
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_ONLINE, {"from": begin, "to": end, "now": now})
        counted = {(service, unit): starts for service, unit, starts in cursor.fetchall()}
    return quota_use(plan.timetable, counted, first=first, days=days)
