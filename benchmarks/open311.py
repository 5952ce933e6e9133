"""A list of 1,000 reports by Open311, beside the SQL that reads the same rows."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import reported
from benchmarks.measure import Sheet, alternate, at_best
from benchmarks.world import bench_commune
from incidents.calendar import current_commune
from incidents.open311_formats import JSON, XML, render
from incidents.open311_reading import Wish, found, items, words_of


REPORTS = 10_000
SIZES = (10, 100, 1_000)
ROUNDS, TIMES = 8, 12.0  # from rows to items to text; the plain SQL stops at rows
PLAIN = """
SELECT r.reference, r.status, r.reason, r.text, r.lat, r.lon, r.address, r.address_id,
    r.submitted_at, r.due_at, r.closed_at, r.planned_on, c.code, c.name, c.promise, h.name,
    d.reference,
    greatest(r.submitted_at,
        (SELECT max(s.at) FROM incidents_statuschange s
            WHERE s.report_id = r.id AND s.after <> 'triage'),
        (SELECT max(m.at) FROM incidents_message m
            WHERE m.report_id = r.id AND m.audience = 'public'),
        (SELECT max(e.at) FROM incidents_reportevent e
            WHERE e.report_id = r.id AND e.kind = 'published')),
    (SELECT m.text FROM incidents_message m WHERE m.report_id = r.id AND m.audience = 'public'
        ORDER BY m.at DESC, m.id DESC LIMIT 1),
    EXISTS (SELECT FROM incidents_clockpause p WHERE p.report_id = r.id AND p.ended_at IS NULL),
    (SELECT p.id FROM incidents_photo p WHERE p.report_id = r.id AND p.state = 'ready'
        AND p.is_public AND p.stage <> 'evidence' ORDER BY p.position, p.id LIMIT 1)
FROM incidents_report r JOIN incidents_category c ON c.id = r.category_id
LEFT JOIN incidents_handler h ON h.id = r.handler_id
LEFT JOIN incidents_report d ON d.id = r.duplicate_of_id
WHERE r.visibility = 'public' AND c.door <> 'redirect'
ORDER BY r.submitted_at DESC, r.id DESC LIMIT %s
"""


def run(sheet: Sheet) -> None:
    """Print the queries of lists of three lengths, then the time of the longest."""
    with bench_commune("9b311"):
        reported.fill(REPORTS)
        counts = []
        for size in SIZES:
            with CaptureQueriesContext(connection) as queries:
                _ours(size, JSON)()
            counts.append(len(queries))
        sheet.line(
            "Q1",
            "Open311 list of "
            + ", ".join(f"{size:,}: {n} queries" for size, n in zip(SIZES, counts, strict=True))
            + " (the same number)",
            holds=len(set(counts)) == 1,
        )
        for form in (JSON, XML):
            _against_sql(sheet, form)


def _against_sql(sheet: Sheet, form: str) -> None:
    ours, plain = _ours(SIZES[-1], form), _plain(SIZES[-1])
    assert ours() == plain(), "the two answers differ"
    mine, theirs = alternate(ROUNDS, ours, plain, warm_up=2)
    ratio = at_best(mine) / at_best(theirs)
    sheet.line(
        "Q2",
        f"Open311 list of {SIZES[-1]:,}, {form}: {at_best(mine):.0f} ms from rows to text; plain"
        f" SQL of the same rows {at_best(theirs):.0f} ms: {ratio:.1f} x (<= {TIMES:.0f})",
        holds=ratio <= TIMES,
    )


def _ours(size: int, form: str) -> Callable[[], list[str]]:
    def ask() -> list[str]:
        rows, _more = found(Wish(size=size))
        said = items(rows, words_of(current_commune()))
        render("service_requests", said, form)
        return [each["service_request_id"] for each in said]

    return ask


def _plain(size: int) -> Callable[[], list[str]]:
    def ask() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, [size])
            return [row[0] for row in cursor.fetchall()]

    return ask
