"""What happens by itself: a silent reporter is reminded, then her report closed; late ones told.

Every task may run twice, or late: it looks at what was written, not at when it ran. A reporter is
never closed out without the reminder that announced the day. Intervals are real time; "morning"
and "working day" are those of the commune.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery

from identity.members import ADMIN
from incidents import emails
from incidents.actions import move
from incidents.calendar import current_commune, days_off, zone
from incidents.deadlines import LATE_AT, WARNED_AT, Unit, is_working_day
from incidents.history import locked, noted
from incidents.models import Report, ReportEvent, StatusChange
from incidents.people import members
from incidents.workflow import CLOSED, Actor, Reason, Status
from parvis.guard import current_schema


REMINDED_AFTER = timedelta(days=7)
"""From the question of the town hall to the reminder."""
CLOSED_AFTER = timedelta(days=14)
"""From the reminder to the closing it announced."""
FIRST_HOUR, LAST_HOUR = 8, 20  # local, when citizens are written to
MOST = 500  # reports in one run; the next one goes on

# A promise lasts from the last reopening, or from the beginning, to its date, less its pauses.
LATE = """
WITH o AS (
    SELECT r.id, r.due_at, c.promise_unit, coalesce(
        (SELECT max(s.at) FROM incidents_statuschange s
         WHERE s.report_id = r.id AND s.after = 'reopened'), r.submitted_at) AS begun_at
    FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
    WHERE r.status <> ALL(%(closed)s) AND r.due_at IS NOT NULL AND c.door <> 'compliment'
      AND NOT EXISTS (SELECT FROM incidents_clockpause p
                      WHERE p.report_id = r.id AND p.ended_at IS NULL)),
t AS (
    SELECT o.id, o.due_at, o.promise_unit, o.begun_at,
        CASE WHEN o.due_at <= %(now)s THEN %(late)s ELSE %(warned)s END AS level,
        o.due_at - (1 - %(warned)s / 100.0) * (o.due_at - o.begun_at - (
            SELECT coalesce(sum(least(p.ended_at, o.due_at) - greatest(p.begun_at, o.begun_at)),
                            interval '0')
            FROM incidents_clockpause p
            WHERE p.report_id = o.id AND p.ended_at > o.begun_at AND p.begun_at < o.due_at)
        ) AS warn_at
    FROM o)
SELECT t.id, t.level FROM t
WHERE t.warn_at <= %(now)s AND t.promise_unit = ANY(%(units)s)
  AND NOT EXISTS (SELECT FROM incidents_reportevent e
      WHERE e.report_id = t.id AND e.kind = 'escalated' AND e.at >= t.begun_at
        AND (e.detail->>'level')::int >= t.level)
ORDER BY t.due_at, t.id LIMIT %(most)s
"""


def follow_silent(*, now: datetime) -> int:
    """Remind the reporters who have not answered, then close what stayed so; count both.

    Nobody is written to at night. Whoever left no address, or wants no news, was not asked by
    mail, hence is neither reminded nor closed out: that is for the team to decide.
    """
    if not FIRST_HOUR <= now.astimezone(zone()).hour < LAST_HOUR:
        return 0
    to_remind = _silent().filter(asked_at__lte=now - REMINDED_AFTER).exclude(contact__email="")
    to_close = _silent().filter(reminded_at__lte=now - CLOSED_AFTER)
    return sum(
        [_close(report, now=now) for report in to_close[:MOST]]
        + [_remind(report, now=now) for report in to_remind[:MOST]]
    )


def closes_at(reminded_at: datetime) -> datetime:
    """Say until when a reminded reporter may answer."""
    return reminded_at + CLOSED_AFTER


@transaction.atomic
def escalate(*, now: datetime) -> int:
    """Tell the teams and the administrators what nears its promised date, or has passed it.

    Each report is told once at 80 % and once at 100 % of its promise. Promises in working days are
    gathered in one message each working morning; those in hours cannot wait for it. Returns how
    many reports were told.
    """
    if not _alone("escalate"):
        return 0
    units = [str(Unit.HOURS)]
    if _is_time_for_digest(now):
        units.append(str(Unit.WORKING_DAYS))
    levels = _late(units, now=now)
    reports = Report.objects.select_related("category", "team").filter(pk__in=levels)
    told: dict[str, list[tuple[Report, int]]] = {}
    administrators = _administrators() if levels else []
    for report in reports.order_by("due_at", "pk"):
        to = _in_charge(report, levels[report.pk], administrators)
        for email in to:
            told.setdefault(email, []).append((report, levels[report.pk]))
        if to:
            noted(
                report,
                ReportEvent.Kind.ESCALATED,
                by=None,
                now=now,
                level=levels[report.pk],
                unit=report.category.promise_unit,
                words=f"{levels[report.pk]}\u00a0%",
            )
    commune = current_commune()
    emails.send(
        emails.escalated(email, late, commune, now=now) for email, late in sorted(told.items())
    )
    return len({report.pk for late in told.values() for report, _level in late})


def _silent() -> QuerySet[Any, Any]:
    """Reports that wait for their reporter, since when, and when she was reminded of it."""
    asked = StatusChange.objects.filter(
        report=OuterRef("pk"), after=Status.AWAITING_REPORTER
    ).order_by("-at", "-pk")
    reminded = ReportEvent.objects.filter(
        report=OuterRef("pk"), kind=ReportEvent.Kind.REMINDED, at__gte=OuterRef("asked_at")
    ).order_by("-at")
    return (
        Report.objects.filter(status=Status.AWAITING_REPORTER, contact__wants_news=True)
        .select_related("category", "contact", "handler")
        .annotate(asked_at=Subquery(asked.values("at")[:1], output_field=DateTimeField()))
        .annotate(reminded_at=Subquery(reminded.values("at")[:1], output_field=DateTimeField()))
        .order_by("pk")
    )


@transaction.atomic
def _remind(report: Report, *, now: datetime) -> int:
    """Ask again, once, and say when the report will be closed; the row's lock keeps others out."""
    locked(report)
    current = _silent().filter(pk=report.pk, reminded_at__isnull=True).first()
    if current is None:
        return 0
    question = current.changes.select_related("message").last()
    words = question.message.text if question and question.message else ""
    noted(current, ReportEvent.Kind.REMINDED, by=None, now=now)
    commune = current_commune()
    emails.send([emails.reminded(current, commune, text=words, until=closes_at(now))])
    return 1


@transaction.atomic
def _close(report: Report, *, now: datetime) -> int:
    """Close a report whose reporter was reminded in time and did not answer."""
    locked(report)
    current = _silent().filter(pk=report.pk, reminded_at__lte=now - CLOSED_AFTER).first()
    if current is None:
        return 0
    move(
        report=current,
        to=Status.REJECTED,
        actor=Actor.SYSTEM,
        by=None,
        now=now,
        reason=Reason.NO_ANSWER,
    )
    return 1


def _is_time_for_digest(now: datetime) -> bool:
    """Tell whether this is the first run of a working morning that has something to say."""
    local = now.astimezone(zone())
    morning = datetime.combine(local.date(), time(FIRST_HOUR), zone())
    if now < morning or not is_working_day(local.date(), off=days_off(local.year)):
        return False
    sent = ReportEvent.objects.filter(
        kind=ReportEvent.Kind.ESCALATED, at__gte=morning, detail__unit=str(Unit.WORKING_DAYS)
    )
    return not sent.exists()


def _late(units: list[str], *, now: datetime) -> dict[int, int]:
    """Find the reports to tell about, each with the share of its promise that has passed."""
    values: dict[str, Any] = {
        "closed": [str(each) for each in CLOSED],
        "now": now,
        "late": LATE_AT,
        "warned": WARNED_AT,
        "units": units,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(LATE, values)
        return dict(cursor.fetchall())


def _administrators() -> list[str]:
    return sorted(members({ADMIN}).values_list("user__email", flat=True))


def _in_charge(report: Report, level: int, administrators: Iterable[str]) -> set[str]:
    """Name who is told: the team; administrators too once it is late, or without a team."""
    team = {report.team.email} if report.team and report.team.email else set()
    return team | set(administrators) if level >= LATE_AT or not team else team


def _alone(name: str) -> bool:
    """Keep other workers out until the transaction ends; False when one is at it already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{current_schema()}:incidents.{name}"],
        )
        return bool(cursor.fetchone()[0])
