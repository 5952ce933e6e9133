"""What a commune learns from its reports: how many, how fast, how well, and what was promised.

Every figure is a count, or a count over a count, both told. Three kinds of sets:

* **received**: problems and suggestions sent during the period (compliments are counted apart);
* **closed**: those whose present closing lies in the period;
* **now**: what is open at this instant, whatever the period.

Medians are ``percentile_cont(0.5)``: between the two in the middle when they are even in number.
The ninth tenth is ``percentile_disc(0.9)``: a time that was really waited. Times are in seconds;
"run" leaves out the pauses of the clock. Nothing here names a citizen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from incidents.models import Category, Team, Zone
from parvis.periods import Period, Share


SILENT = timedelta(days=7)
WEEKLY_DAYS = 120  # longer periods are drawn month by month
TOP = 40  # lines of a table

# A report is in a zone when one of its outer rings holds it and none of its holes does.
SCOPE = """
WITH z AS (
    SELECT id, ring::polygon AS ring, is_hole FROM unnest(
        %(zone_ids)s::bigint[], %(rings)s::text[], %(holes)s::boolean[]) AS u (id, ring, is_hole)),
r AS (
    SELECT r.*, c.door, c."group" AS group_name,
        EXISTS (SELECT FROM incidents_clockpause p
                WHERE p.report_id = r.id AND p.ended_at IS NULL) AS stands_still
    FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
    WHERE (%(category)s::bigint IS NULL OR r.category_id = %(category)s)
      AND (%(group)s = '' OR c."group" = %(group)s)
      AND (%(team)s::bigint IS NULL OR r.team_id = %(team)s)
      AND NOT (%(is_public)s AND (c.is_staff_only OR c.moderation = 'never'))
      AND (%(zone)s::bigint IS NULL OR (
        EXISTS (SELECT FROM z WHERE z.id = %(zone)s AND NOT is_hole
                AND ring @> point(r.lon, r.lat))
        AND NOT EXISTS (SELECT FROM z WHERE z.id = %(zone)s AND is_hole
                AND ring @> point(r.lon, r.lat))))),
f AS (
    SELECT r.*,
        door <> 'compliment' AND submitted_at >= %(from)s AND submitted_at < %(to)s AS is_new,
        door <> 'compliment' AND closed_at >= %(from)s AND closed_at < %(to)s AS is_over,
        door <> 'compliment' AND closed_at IS NULL AS is_open,
        door <> 'compliment' AND due_at >= %(from)s AND due_at < least(%(to)s, %(now)s)
            AND status NOT IN ('cancelled', 'duplicate') AND NOT stands_still AS was_promised,
        extract(epoch FROM answered_at - submitted_at) AS answer,
        extract(epoch FROM closed_at - submitted_at) AS closing,
        (SELECT coalesce(sum(extract(epoch FROM
            least(coalesce(p.ended_at, 'infinity'), r.answered_at)
            - greatest(p.begun_at, r.submitted_at))), 0)
         FROM incidents_clockpause p
         WHERE p.report_id = r.id AND p.begun_at < r.answered_at) AS answer_paused,
        (SELECT coalesce(sum(extract(epoch FROM
            least(coalesce(p.ended_at, 'infinity'), r.closed_at)
            - greatest(p.begun_at, r.submitted_at))), 0)
         FROM incidents_clockpause p
         WHERE p.report_id = r.id AND p.begun_at < r.closed_at) AS closing_paused
    FROM r)
"""
COUNTS = """
    count(*) FILTER (WHERE is_new) AS received,
    count(*) FILTER (WHERE is_open) AS open,
    count(*) FILTER (WHERE is_over AND status = 'resolved') AS resolved,
    count(*) FILTER (WHERE is_over AND status = 'rejected') AS rejected,
    count(*) FILTER (WHERE is_over AND status = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE is_over AND status = 'duplicate') AS merged,
    count(*) FILTER (WHERE is_open AND answered_at IS NULL AND submitted_at < %(silent)s)
        AS silent,
    count(*) FILTER (WHERE is_open AND due_at < %(now)s AND NOT stands_still) AS overdue,
    count(*) FILTER (WHERE was_promised) AS promised,
    count(*) FILTER (WHERE was_promised AND closed_at <= due_at) AS kept,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY answer) FILTER (WHERE is_new) AS answer,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY closing)
        FILTER (WHERE is_over AND status = 'resolved') AS closing
"""
TOTALS = (
    COUNTS
    + """,
    count(*) FILTER (WHERE is_new AND answered_at IS NOT NULL) AS answered,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY answer) FILTER (WHERE is_new) AS answer_late,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY answer - answer_paused)
        FILTER (WHERE is_new) AS answer_run,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY answer - answer_paused)
        FILTER (WHERE is_new) AS answer_run_late,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY closing)
        FILTER (WHERE is_over AND status = 'resolved') AS closing_late,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY closing - closing_paused)
        FILTER (WHERE is_over AND status = 'resolved') AS closing_run,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY closing - closing_paused)
        FILTER (WHERE is_over AND status = 'resolved') AS closing_run_late,
    coalesce(sum(reporters) FILTER (WHERE is_new AND status <> 'duplicate'), 0) AS concerned,
    count(*) FILTER (WHERE door = 'compliment'
        AND submitted_at >= %(from)s AND submitted_at < %(to)s) AS compliments,
    count(satisfaction) FILTER (WHERE is_over) AS rated,
    avg(satisfaction) FILTER (WHERE is_over) AS satisfaction,
    min(submitted_at) FILTER (WHERE is_open) AS oldest
FROM f"""
)
BY = {
    "category": "k.id AS key, k.name FROM f JOIN incidents_category k ON k.id = category_id",
    "group": "0 AS key, group_name AS name FROM f",
    "team": "k.id AS key, k.name FROM f JOIN incidents_team k ON k.id = team_id",
    "zone": """k.id AS key, k.name FROM f JOIN incidents_zone k ON
    EXISTS (SELECT FROM z WHERE z.id = k.id AND NOT is_hole AND ring @> point(lon, lat))
    AND NOT EXISTS (SELECT FROM z WHERE z.id = k.id AND is_hole AND ring @> point(lon, lat))""",
}
REASONS = """
SELECT reason, count(*) FROM f WHERE is_over AND status = 'rejected'
GROUP BY 1 ORDER BY 2 DESC, 1"""
CHANNELS = "SELECT channel, count(*) FROM f WHERE is_new GROUP BY 1 ORDER BY 2 DESC, 1"
PACE = """
SELECT step::date AS since,
    count(*) FILTER (WHERE is_in) AS received, count(*) FILTER (WHERE NOT is_in) AS resolved
FROM generate_series(date_trunc(%(step)s, %(from)s::timestamptz AT TIME ZONE %(tz)s),
        (least(%(to)s, %(now)s)::timestamptz AT TIME ZONE %(tz)s) - interval '1 microsecond',
        ('1 ' || %(step)s)::interval) AS step
LEFT JOIN (SELECT submitted_at AT TIME ZONE %(tz)s AS local, true AS is_in FROM f WHERE is_new
      UNION ALL SELECT closed_at AT TIME ZONE %(tz)s, false FROM f
      WHERE is_over AND status = 'resolved') AS moments
    ON date_trunc(%(step)s, local) = step
GROUP BY 1 ORDER BY 1"""
CLOSINGS = """
SELECT
    count(*) FILTER (WHERE after IN ('resolved', 'rejected')) AS closings,
    count(*) FILTER (WHERE after IN ('resolved', 'rejected')
        AND next = 'reopened' AND next_actor = 'reporter') AS contested,
    count(*) FILTER (WHERE after = 'reopened') AS reopened
FROM (SELECT s.after, s.at,
          lead(s.after) OVER w AS next, lead(s.actor) OVER w AS next_actor
      FROM incidents_statuschange s JOIN r ON r.id = s.report_id AND r.door <> 'compliment'
      WINDOW w AS (PARTITION BY s.report_id ORDER BY s.at, s.id)) AS c
WHERE at >= %(from)s AND at < %(to)s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which reports are counted: those of a period, of one category, group, team or zone."""

    period: Period
    category: Category | None = None
    group: str = ""
    team: Team | None = None
    zone: Zone | None = None
    is_public: bool = False
    """Only what citizens may report and read."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: the middle and the ninth tenth, as lived and while the clock ran."""

    median: float | None
    late: float | None
    run: float | None = None
    run_late: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The figures of one category, group, team or zone."""

    key: int
    name: str
    received: int
    open: int
    resolved: int
    rejected: int
    overdue: int
    silent: int
    kept: Share
    answer: float | None
    closing: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything about one scope."""

    received: int
    open: int
    resolved: int
    rejected: int
    cancelled: int
    merged: int
    silent: int
    """Open, received more than seven days ago, and nobody answered."""
    overdue: int
    """Open, past the promised date, and its clock runs."""
    kept: Share
    """Closed by the promised date, out of those whose promise ended in the period."""
    answered: Share
    """Answered, out of those received."""
    answer: Times
    closing: Times
    concerned: int
    """Inhabitants who said so, each merged report counted with its master."""
    compliments: int
    rated: Share
    satisfaction: float | None
    oldest: datetime | None
    reopened: int
    contested: Share
    """Closings of the period that their reporter undid, out of all of them."""
    reasons: list[tuple[str, int]]
    channels: list[tuple[str, int]]
    pace: list[tuple[date, int, int]]
    """Received and resolved by week, or by month, from its first day; those without any too."""


def read(scope: Scope, *, now: datetime) -> Figures:
    """Count everything about a scope: six queries, whatever it holds."""
    values = _values(scope, now=now)
    known = _named(f"SELECT {TOTALS}", values)[0]
    closings, contested, reopened = _rows(CLOSINGS, values)[0]
    return Figures(
        received=known["received"],
        open=known["open"],
        resolved=known["resolved"],
        rejected=known["rejected"],
        cancelled=known["cancelled"],
        merged=known["merged"],
        silent=known["silent"],
        overdue=known["overdue"],
        kept=Share(known["kept"], known["promised"]),
        answered=Share(known["answered"], known["received"]),
        answer=_times(known, "answer"),
        closing=_times(known, "closing"),
        concerned=known["concerned"],
        compliments=known["compliments"],
        rated=Share(known["rated"], known["resolved"] + known["rejected"]),
        satisfaction=None if known["satisfaction"] is None else float(known["satisfaction"]),
        oldest=known["oldest"],
        reopened=reopened,
        contested=Share(contested, closings),
        reasons=_rows(REASONS, values),
        channels=_rows(CHANNELS, values),
        pace=_pace(values),
    )


def _pace(values: dict[str, Any]) -> list[tuple[date, int, int]]:
    """Count by week or month up to now; nothing where there is nothing at all."""
    rows = _rows(PACE, values)
    return rows if any(received or resolved for _since, received, resolved in rows) else []


def lines(scope: Scope, *, by: str, now: datetime) -> list[Line]:
    """Count for each ``category``, ``group``, ``team`` or ``zone``, those most received first.

    A report inside two zones counts in both. Two queries.

    Raises:
        KeyError: reports are not cut in this way.
    """
    sql = f"SELECT {COUNTS}, {BY[by]} GROUP BY key, name ORDER BY received DESC, name LIMIT {TOP}"
    return [
        Line(
            key=each["key"],
            name=each["name"],
            received=each["received"],
            open=each["open"],
            resolved=each["resolved"],
            rejected=each["rejected"],
            overdue=each["overdue"],
            silent=each["silent"],
            kept=Share(each["kept"], each["promised"]),
            answer=each["answer"],
            closing=each["closing"],
        )
        for each in _named(sql, _values(scope, now=now))
    ]


def _values(scope: Scope, *, now: datetime) -> dict[str, Any]:
    """Give what the statements ask for; one query, for the outlines of the zones."""
    zone_ids, rings, holes = _rings(Zone.objects.order_by("pk"))
    return {
        "from": scope.period.begin,
        "to": scope.period.end,
        "now": now,
        "silent": now - SILENT,
        "category": scope.category.pk if scope.category else None,
        "group": scope.group,
        "team": scope.team.pk if scope.team else None,
        "zone": scope.zone.pk if scope.zone else None,
        "is_public": scope.is_public,
        "zone_ids": zone_ids,
        "rings": rings,
        "holes": holes,
        "step": "week" if scope.period.days <= WEEKLY_DAYS else "month",
        "tz": str(scope.period.zone),
    }


def _rings(zones: Iterable[Zone]) -> tuple[list[int], list[str], list[bool]]:
    """Write the rings of zones as PostgreSQL reads polygons."""
    ids, rings, holes = [], [], []
    for zone in zones:
        parts = zone.outline["coordinates"]
        for part in parts if zone.outline["type"] == "MultiPolygon" else [parts]:
            for number, ring in enumerate(part):
                ids.append(zone.pk)
                points = ",".join(f"({float(lon)!r},{float(lat)!r})" for lon, lat, *_z in ring)
                rings.append(f"({points})")
                holes.append(number > 0)
    return ids, rings, holes


def _times(known: Mapping[str, Any], name: str) -> Times:
    names = (name, f"{name}_late", f"{name}_run", f"{name}_run_late")
    return Times(*(None if known[each] is None else float(known[each]) for each in names))


def _named(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(SCOPE + sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    return [tuple(each.values()) for each in _named(sql, values)]
