"""What a commune counts of its reports for its peers and the association: sums by day, medians.

Runs inside the commune. Nothing here says where, what, or by whom.
"""

from collections.abc import Iterator, Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from adoption.medians import nearest_rank
from adoption.opening_hours import Week, open_time
from adoption.visits import Sums
from incidents.metrics import SILENT
from parvis.periods import Period


CLOSED = """
SELECT (r.closed_at AT TIME ZONE %(tz)s)::date,
    count(*) FILTER (WHERE r.closed_at <= r.due_at), count(*)
FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
WHERE c.door <> 'compliment' AND r.status IN ('resolved', 'rejected') AND r.due_at IS NOT NULL
  AND r.closed_at >= %(from)s AND r.closed_at < %(to)s
GROUP BY 1"""
REOPENED = """
SELECT (at AT TIME ZONE %(tz)s)::date, count(*) FILTER (WHERE next = 'reopened'), count(*)
FROM (SELECT s.after, s.at, lead(s.after) OVER (PARTITION BY s.report_id ORDER BY s.at, s.id)
          AS next
      FROM incidents_statuschange s JOIN incidents_report r ON r.id = s.report_id
      JOIN incidents_category c ON c.id = r.category_id AND c.door <> 'compliment') AS moves
WHERE after IN ('resolved', 'rejected') AND at >= %(from)s AND at < %(to)s
GROUP BY 1"""
RECEIVED = """
SELECT (r.submitted_at AT TIME ZONE %(tz)s)::date,
    count(*) FILTER (WHERE c.door <> 'compliment'), count(*) FILTER (WHERE c.door = 'compliment')
FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
WHERE r.submitted_at >= %(from)s AND r.submitted_at < %(to)s
GROUP BY 1"""
RATED = """
SELECT (e.at AT TIME ZONE %(tz)s)::date, sum(r.satisfaction), count(*)
FROM incidents_report r
JOIN LATERAL (SELECT max(at) AS at FROM incidents_reportevent
    WHERE report_id = r.id AND kind = 'rated') e ON e.at >= %(from)s AND e.at < %(to)s
WHERE r.satisfaction IS NOT NULL
GROUP BY 1"""
SILENT_NOW = """
SELECT count(*) FILTER (WHERE r.answered_at IS NULL AND r.submitted_at < %(silent)s), count(*)
FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
WHERE c.door <> 'compliment' AND r.closed_at IS NULL"""
DUE_SOON = """
SELECT count(*) FILTER (WHERE r.due_at >= %(now)s AND r.due_at < %(soon)s), 1
FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
WHERE c.door <> 'compliment' AND r.closed_at IS NULL"""
ACKNOWLEDGED = """
SELECT r.submitted_at, r.answered_at
FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
WHERE c.door <> 'compliment' AND r.answered_at IS NOT NULL
  AND r.submitted_at >= %(from)s AND r.submitted_at < %(to)s"""
RESOLVED = """
SELECT r.submitted_at, r.closed_at
FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
WHERE c.door <> 'compliment' AND r.status = 'resolved'
  AND r.closed_at >= %(from)s AND r.closed_at < %(to)s"""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(days=3)


def daily(period: Period) -> Sums:
    """Count closings, reopenings, reports, compliments and answers of a period by day."""
    found: dict[tuple[str, date], tuple[int, int]] = {}
    for code, sql in (("inc_sla", CLOSED), ("inc_reopen", REOPENED), ("csat", RATED)):
        found |= {(code, day): (int(num), den) for day, num, den in _rows(sql, period)}
    for day, reports, compliments in _rows(RECEIVED, period):
        found["inc_received", day] = (reports, 1)
        found["congrats", day] = (compliments, 1)
    return found


def silent(*, now: datetime) -> tuple[int, int]:
    """Count the open reports that nobody answered for a week, and all the open ones."""
    with connection.cursor() as cursor:
        cursor.execute(SILENT_NOW, {"silent": now - SILENT})
        row: tuple[int, int] = cursor.fetchone()
    return row


def due_soon(*, now: datetime) -> tuple[int, int]:
    """Count the open reports whose promised date is within three days."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_SOON, {"now": now, "soon": now + SOON})
        row: tuple[int, int] = cursor.fetchone()
    return row


def delays(
    period: Period, *, week: Week, off: AbstractSet[date]
) -> Iterator[tuple[str, int | None]]:
    """Tell how long reports waited for an answer and for their end, in hours and days.

    A report reopened waits from the beginning to its last closing. ``_oh`` counts the hours
    during which the town hall is open.
    """
    answers = list(_rows(ACKNOWLEDGED, period))
    waited = [(end - start) / HOUR for start, end in answers]
    yield "inc_ack_h", nearest_rank(waited, 0.5)
    yield "inc_ack_h_p90", nearest_rank(waited, 0.9)
    if week:
        worked = [
            open_time(start, end, week=week, zone=period.zone, off=off) / HOUR
            for start, end in answers
        ]
        yield "inc_ack_oh", nearest_rank(worked, 0.5)
        yield "inc_ack_oh_p90", nearest_rank(worked, 0.9)
    closings = list(_rows(RESOLVED, period))
    lasted = [(end - start) / DAY for start, end in closings]
    yield "inc_close_d", nearest_rank(lasted, 0.5)
    yield "inc_close_d_p90", nearest_rank(lasted, 0.9)
    if week:
        worked = [
            open_time(start, end, week=week, zone=period.zone, off=off) / HOUR
            for start, end in closings
        ]
        yield "inc_close_oh", nearest_rank(worked, 0.5)
        yield "inc_close_oh_p90", nearest_rank(worked, 0.9)


def _rows(sql: str, period: Period) -> list[Any]:
    values: dict[str, Any] = {"from": period.begin, "to": period.end, "tz": str(period.zone)}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
