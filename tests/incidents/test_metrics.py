"""Each figure counted by the database is counted again from the rows, in plain Python."""

import math
import random
import statistics
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from incidents import metrics
from incidents.geo import Outline, Place
from incidents.metrics import Scope
from incidents.models import Category, ClockPause, Report, StatusChange, Team, Zone
from incidents.references import new_reference
from incidents.workflow import CLOSED, REASONS, Status
from parvis.periods import Period, Share


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
AUTUMN = Period(date(2026, 10, 1), date(2026, 11, 20), PARIS)
DAY = timedelta(days=1)
SEEDS = (3, 33, 333)


def square(south, west, side):
    north, east = south + side, west + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


OUTLINES = {
    "Bourg": {"type": "Polygon", "coordinates": [square(0, 0, 4), square(1, 1, 1)]},
    "Hameaux": {"type": "MultiPolygon", "coordinates": [[square(5, 5, 2)], [square(3, 3, 1.5)]]},
    "Vide": {"type": "Polygon", "coordinates": [square(20, 20, 1)]},
}


def world(seed, size=90):
    """Fill the commune with reports that anything may have happened to."""
    dice = random.Random(seed)
    kinds = [
        Category.objects.create(
            code=f"c{n}",
            group=f"G{n % 2}",
            name=f"C{n}",
            door=door,
            is_staff_only=n == 0,
            moderation="never" if n == 2 else "before",
        )
        for n, door in enumerate(["report", "report", "report", "suggestion", "compliment"])
    ]
    teams = [Team.objects.create(name=name) for name in ("Voirie", "Parcs")]
    for name, outline in OUTLINES.items():
        Zone.objects.create(name=name, outline=outline)
    masters = []
    for _each in range(size):
        report = one(dice, kinds, teams, masters)
        report.save()
        if report.status not in CLOSED:
            masters.append(report)
        paused(dice, report)
        history(dice, report)
    return dice


def one(dice, kinds, teams, masters):
    status = Status(dice.choice([*Status, *["resolved"] * 9, *["rejected"] * 4]))
    if status == Status.DUPLICATE and not masters:
        status = Status.RESOLVED
    sent = NOW - dice.random() * 90 * DAY
    closed = min(NOW, sent + dice.random() * 40 * DAY) if status in CLOSED else None
    answered = min(NOW, sent + dice.random() * 10 * DAY) if dice.random() < 0.6 else None
    is_placed = dice.random() < 0.8
    return Report(
        reference=new_reference(),
        category=dice.choice(kinds),
        status=status,
        reason=dice.choice([*REASONS[status]]) if status in REASONS else "",
        channel=dice.choice(Report.Channel.values),
        lat=dice.uniform(-1, 8) if is_placed else None,
        lon=dice.uniform(-1, 8) if is_placed else None,
        team=dice.choice([*teams, None]),
        submitted_at=sent,
        answered_at=answered,
        closed_at=closed,
        due_at=sent + dice.random() * 30 * DAY if dice.random() < 0.9 else None,
        duplicate_of=dice.choice(masters) if status == Status.DUPLICATE else None,
        reporters=dice.randint(1, 5),
        satisfaction=dice.choice([None, 1, 3, 5]) if closed else None,
        idempotency_key=uuid4(),
    )


def paused(dice, report):
    """Stop the clock some times; while it stands still it is open-ended."""
    at = report.submitted_at
    for _each in range(dice.randint(0, 2)):
        begun = at + dice.random() * 5 * DAY
        at = begun + dice.random() * 5 * DAY
        ClockPause.objects.create(report=report, cause="works", begun_at=begun, ended_at=at)
    if report.closed_at is None and dice.random() < 0.3:
        ClockPause.objects.create(report=report, cause="works", begun_at=at)


def history(dice, report):
    """Write moves; some closings are undone, by her or by the team."""
    at = report.submitted_at
    after = "received"
    for _each in range(dice.randint(1, 5)):
        at += dice.random() * 8 * DAY
        before, after = (
            after,
            dice.choice(
                [s for s in ("resolved", "rejected", "reopened", "accepted") if s != after]
            ),
        )
        StatusChange.objects.create(
            report=report,
            before=before,
            after=after,
            actor=dice.choice(["reporter", "staff"]),
            at=at,
        )


class Twin:
    """The same figures, from the rows."""

    def __init__(self, scope, keep=lambda report: True):
        self.scope = scope
        rows = Report.objects.select_related("category", "team").prefetch_related("pauses")
        self.every = [r for r in rows if self.wanted(r) and keep(r)]
        self.rows = [r for r in self.every if r.category.door != "compliment"]
        self.new = [r for r in self.rows if self.inside(r.submitted_at)]
        self.over = [r for r in self.rows if self.inside(r.closed_at)]
        self.open = [r for r in self.rows if r.status not in CLOSED]
        self.resolved = [r for r in self.over if r.status == "resolved"]
        self.rejected = [r for r in self.over if r.status == "rejected"]
        still = {p.report_id for p in ClockPause.objects.filter(ended_at=None)}
        self.overdue = [r for r in self.open if r.due_at and r.due_at < NOW and r.pk not in still]
        self.silent = [
            r for r in self.open if not r.answered_at and r.submitted_at < NOW - 7 * DAY
        ]
        self.promised = [
            r
            for r in self.rows
            if self.inside(r.due_at)
            and r.due_at < NOW
            and r.status not in {"cancelled", "duplicate"}
            and r.pk not in still
        ]
        self.kept = [r for r in self.promised if r.closed_at and r.closed_at <= r.due_at]

    def wanted(self, report):
        scope = self.scope
        return (
            (scope.category is None or report.category == scope.category)
            and (not scope.group or report.category.group == scope.group)
            and (scope.team is None or report.team == scope.team)
            and not (scope.is_public and is_inner(report.category))
            and (scope.zone is None or inside_zone(scope.zone, report))
        )

    def inside(self, moment):
        return moment is not None and self.scope.period.begin <= moment < self.scope.period.end

    def answers(self, *, run=False):
        answered = [r for r in self.new if r.answered_at]
        return sorted(elapsed(r, r.answered_at, run=run) for r in answered)

    def closings(self, *, run=False):
        return sorted(elapsed(r, r.closed_at, run=run) for r in self.resolved)


def is_inner(category):
    return category.is_staff_only or category.moderation == "never"


def inside_zone(zone, report):
    return report.place is not None and Outline(zone.outline).holds(Place(report.lat, report.lon))


def elapsed(report, until, *, run):
    seconds = (until - report.submitted_at).total_seconds()
    if run:
        for pause in report.pauses.all():
            end = min(pause.ended_at or until, until)
            if pause.begun_at < end:
                seconds -= (end - pause.begun_at).total_seconds()
    return seconds


def middle(values):
    return pytest.approx(statistics.median(values)) if values else None


def ninth(values):
    return pytest.approx(values[math.ceil(0.9 * len(values)) - 1]) if values else None


def scopes():
    yield Scope(period=AUTUMN)
    yield Scope(period=Period(date(2026, 11, 1), date(2026, 11, 1), PARIS))
    yield Scope(period=AUTUMN, category=Category.objects.get(code="c1"))
    yield Scope(period=AUTUMN, group="G1")
    yield Scope(period=AUTUMN, is_public=True)
    yield Scope(period=AUTUMN, team=Team.objects.get(name="Voirie"))
    for zone in Zone.objects.all():
        yield Scope(period=AUTUMN, zone=zone)


@pytest.fixture(params=SEEDS)
def filled(request):
    world(request.param)


@pytest.mark.usefixtures("filled")
def test_numbers_are_those_of_the_rows():
    for scope in scopes():
        known, twin = metrics.read(scope, now=NOW), Twin(scope)
        assert known.received == len(twin.new)
        assert known.open == len(twin.open)
        assert known.resolved == len(twin.resolved)
        assert known.rejected == len(twin.rejected)
        assert known.cancelled == sum(r.status == "cancelled" for r in twin.over)
        assert known.merged == sum(r.status == "duplicate" for r in twin.over)
        assert known.silent == len(twin.silent)
        assert known.overdue == len(twin.overdue)
        assert known.kept == Share(len(twin.kept), len(twin.promised))
        assert known.answered == Share(len(twin.answers()), len(twin.new))
        assert known.concerned == sum(r.reporters for r in twin.new if r.status != "duplicate")
        assert known.compliments == sum(
            r.category.door == "compliment" and twin.inside(r.submitted_at) for r in twin.every
        )
        assert known.oldest == min((r.submitted_at for r in twin.open), default=None)


@pytest.mark.usefixtures("filled")
def test_times_are_those_of_the_rows():
    for scope in scopes():
        known, twin = metrics.read(scope, now=NOW), Twin(scope)
        for times, values, run in (
            (known.answer, twin.answers(), twin.answers(run=True)),
            (known.closing, twin.closings(), twin.closings(run=True)),
        ):
            assert times.median == middle(values)
            assert times.late == ninth(values)
            assert times.run == middle(run)
            assert times.run_late == ninth(run)


@pytest.mark.usefixtures("filled")
def test_satisfaction_reasons_and_channels_are_those_of_the_rows():
    for scope in scopes():
        known, twin = metrics.read(scope, now=NOW), Twin(scope)
        marks = [r.satisfaction for r in twin.over if r.satisfaction is not None]
        assert known.rated.part == len(marks)
        assert known.satisfaction == (pytest.approx(statistics.mean(marks)) if marks else None)
        assert dict(known.reasons) == Counter(r.reason for r in twin.rejected)
        assert dict(known.channels) == Counter(r.channel for r in twin.new)


@pytest.mark.usefixtures("filled")
def test_contested_closings_are_those_their_reporter_undid():
    for scope in scopes():
        twin = Twin(scope)
        closings = contested = reopened = 0
        for report in twin.rows:
            changes = list(report.changes.order_by("at", "pk"))
            for change, following in zip(changes, [*changes[1:], None], strict=True):
                if not twin.inside(change.at):
                    continue
                reopened += change.after == "reopened"
                if change.after in {"resolved", "rejected"}:
                    closings += 1
                    contested += (
                        following is not None
                        and following.after == "reopened"
                        and following.actor == "reporter"
                    )
        known = metrics.read(scope, now=NOW)
        assert known.contested == Share(contested, closings)
        assert known.reopened == reopened


@pytest.mark.usefixtures("filled")
def test_the_pace_is_that_of_local_weeks_and_months():
    last = date(2026, 11, 28)
    year, empty_first = (Period(date(y, 1, 1), last, PARIS) for y in (2026, 2025))
    for period in (AUTUMN, year, empty_first):
        scope = Scope(period=period)
        twin = Twin(scope)
        received, resolved = Counter(), Counter()
        for counter, moments in (
            (received, [r.submitted_at for r in twin.new]),
            (resolved, [r.closed_at for r in twin.resolved]),
        ):
            for moment in moments:
                day = moment.astimezone(PARIS).date()
                monday = day - timedelta(days=day.weekday())
                counter[monday if period.days <= 120 else day.replace(day=1)] += 1
        last = min(period.last, NOW.astimezone(PARIS).date())
        days = [period.first + timedelta(n) for n in range((last - period.first).days + 1)]
        steps = sorted({
            day - timedelta(days=day.weekday()) if period.days <= 120 else day.replace(day=1)
            for day in days
        })  # fmt: skip
        wanted = [(step, received[step], resolved[step]) for step in steps]
        assert metrics.read(scope, now=NOW).pace == wanted


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("by", ["category", "group", "team", "zone"])
def test_lines_add_up_the_rows_of_each(by):
    keeps = {
        "category": lambda line: lambda r: r.category_id == line.key,
        "group": lambda line: lambda r: r.category.group == line.name,
        "team": lambda line: lambda r: r.team_id == line.key,
        "zone": lambda line: lambda r: inside_zone(Zone.objects.get(pk=line.key), r),
    }
    scope = Scope(period=AUTUMN)

    found = metrics.lines(scope, by=by, now=NOW)

    assert len(found) >= 2
    for line in found:
        twin = Twin(scope, keep=keeps[by](line))
        assert line.received == len(twin.new)
        assert (line.open, line.resolved) == (len(twin.open), len(twin.resolved))
        assert (line.overdue, line.silent) == (len(twin.overdue), len(twin.silent))
        assert line.rejected == len(twin.rejected)
        assert line.kept == Share(len(twin.kept), len(twin.promised))
        assert line.answer == middle(twin.answers())
        assert line.closing == middle(twin.closings())


def test_nothing_is_counted_of_nothing():
    known = metrics.read(Scope(period=AUTUMN), now=NOW)

    assert known.received == known.open == known.concerned == 0
    assert known.kept.ratio is None
    assert known.answer.median is None
    assert metrics.lines(Scope(period=AUTUMN), by="zone", now=NOW) == []


def test_the_queries_do_not_depend_on_what_is_held(django_assert_num_queries):
    for _each in range(2):
        with django_assert_num_queries(6):
            metrics.read(Scope(period=AUTUMN), now=NOW)
        with django_assert_num_queries(2):
            metrics.lines(Scope(period=AUTUMN), by="zone", now=NOW)
        if not Report.objects.exists():
            world(1, size=20)
