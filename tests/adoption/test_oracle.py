"""Every measure is computed again from the rows, in plain Python that shares no code with it."""

import random
import statistics
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.db import connection

from adoption import actions, visits
from booking import tallies
from booking.models import Allocation, Appointment, AppointmentEvent, Opening, Tally
from incidents.models import Report, ReportEvent
from onboarding.models import Metric
from tenants.models import Commune, Membership
from tests.conftest import owner
from tests.factories import AppointmentFactory, OpeningFactory, ResourceFactory, ServiceFactory
from tests.incidents.test_metrics import world as reports_world
from training.models import Attendance, TrainingSession


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
FIRST = date(2026, 9, 1)
DAY = timedelta(days=1)
HOURS = [[0, 4, [["08:30", "12:30"], ["13:30", "17:15"]]]]
HOLIDAYS = {date(2026, 11, 11)}  # the only one from September to November that is no Sunday
SEED = 33


def local(moment):
    return moment.astimezone(PARIS).date()


def visits_world(dice, agents):
    """Fill the commune with visits to which anything may have happened."""
    service = ServiceFactory(titles="CNI")
    counters = ResourceFactory.create_batch(2, services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, start_time=time(9), end_time=time(12), resources=counters)
    taken = set()
    for number in range(260):
        day = FIRST + DAY * dice.randrange(110)
        start = datetime.combine(day, time(8, 0), PARIS) + timedelta(
            minutes=20 * dice.randrange(15)
        )
        created = start - timedelta(hours=dice.randrange(1, 900))
        if created > NOW:
            continue
        is_past = start + timedelta(minutes=20) <= NOW
        status = dice.choice(["booked", "honoured", "honoured", "missed", "cancelled", "held"])
        if not is_past and status in {"honoured", "missed"}:
            status = "booked"
        resource = dice.choice(counters)
        if status != "cancelled" and (resource.pk, start) in taken:
            continue
        fields = {"held_until": created + timedelta(minutes=10)} if status == "held" else {}
        if status == "cancelled":
            cancelled = start - timedelta(hours=dice.choice([2, 23, 24, 30, 90]))
            fields["cancelled_at"] = max(created, cancelled)
        else:
            taken.add((resource.pk, start))
        appointment = AppointmentFactory(
            service=service,
            start=start.astimezone(UTC),
            created_at=created,
            status=status,
            channel=dice.choice(["online", "online", "phone", "counter", "walk_in", "import"]),
            outcome=dice.choice(["", "complete", "incomplete"]) if status == "honoured" else "",
            resource=resource,
            token=f"world-{number}",
            taken_by_id=dice.choice([None, *agents]),
            **fields,
        )
        happened(dice, appointment, agents)
        if status == "cancelled" and (resource.pk, start) not in taken:
            taken |= {(resource.pk, start)} if retaken(dice, appointment, resource) else set()


def happened(dice, appointment, agents):
    """Write something about a visit, more often than not nothing."""
    if dice.random() < 0.4:
        AppointmentEvent.objects.create(
            appointment=appointment,
            kind=dice.choice(["cancelled", "moved", "shortened", "arrived"]),
            at=min(NOW, appointment.created_at + timedelta(hours=dice.randrange(30))),
            by_id=dice.choice([None, *agents]),
        )


def retaken(dice, cancelled, resource):
    """Let somebody else take the slot, a little before or after it was given back."""
    if cancelled.cancelled_at >= NOW or dice.random() < 0.5:
        return False
    AppointmentFactory(
        service=cancelled.service,
        start=cancelled.start,
        created_at=cancelled.cancelled_at + timedelta(minutes=dice.choice([-5, 0, 5])),
        resource=resource,
        token=f"again-{cancelled.pk}",
    )
    return True


@pytest.fixture
def counted(commune, make_user):
    """Make a world, let the commune measure it, and return what it published."""
    dice = random.Random(SEED)
    agents = [
        make_user("booking_agent", commune=commune, email=f"agent{n}@example.org").pk
        for n in range(4)
    ]
    reader = make_user("reader", commune=commune)
    with owner():
        Commune.objects.filter(pk=commune.pk).update(hours=HOURS)
    visits_world(dice, [*agents, reader.pk, 999_999])
    reports_world(SEED)
    for report in Report.objects.exclude(satisfaction=None):
        ReportEvent.objects.create(report=report, kind="rated", at=report.closed_at)
    for day in range(0, 80, 7):
        Tally.objects.create(kind="documents", day=FIRST + day * DAY, count=day + 3)
        Tally.objects.create(kind="call", key="book", day=FIRST + day * DAY, count=2)
        Tally.objects.create(kind="call", key="other", day=FIRST + day * DAY, count=1)
    actions.count(now=NOW, since=FIRST)
    actions.measure(now=NOW, since=FIRST)
    return {
        (metric.code, metric.period_kind, metric.period): (metric.num, metric.den)
        for metric in Metric.objects.all()
    }


def by_day_and_month(pairs, *, is_count=False):
    """Add (day, numerator, denominator) up to what ought to be published."""
    sums = {}
    for day, num, den in pairs:
        for key in (("day", day), ("month", day.replace(day=1))):
            before = sums.get(key, (0, 0))
            sums[key] = (before[0] + num, before[1] + den)
    return {key: (num, 1 if is_count else den) for key, (num, den) in sums.items()}


def published(counted, code):
    return {(kind, period): value for (c, kind, period), value in counted.items() if c == code}


def as_counted(expected):
    """Leave out what has nothing to tell: the database groups only what there is."""
    return {key: value for key, value in expected.items() if value != (0, 0)}


def test_every_measure_agrees_with_the_rows(counted, commune):
    kept = [a for a in Appointment.objects.all() if a.status != "held"]
    past = [a for a in kept if a.period.upper <= NOW and local(a.start) >= FIRST]
    checks = {
        "no_show_rate": [
            (local(a.start), a.status == "missed", a.status in {"missed", "honoured"})
            for a in past
        ],
        "unmarked_share": [
            (local(a.start), a.status == "booked", a.status != "cancelled") for a in past
        ],
        "dossier_complete": [
            (local(a.start), a.outcome == "complete", a.outcome != "") for a in past
        ],
        "cancel_reuse": [
            (local(a.start), was_reused(a), 1)
            for a in kept
            if a.status == "cancelled"
            and FIRST <= local(a.start) <= local(NOW)
            and a.start - a.cancelled_at >= timedelta(hours=24)
        ],
    }
    for code, pairs in checks.items():
        got = {key: value for key, value in published(counted, code).items() if value != (0, 0)}
        assert got == as_counted(by_day_and_month(pairs)), code
    assert sum(den for _day, _num, den in checks["cancel_reuse"]) > 5
    assert any(num for _day, num, _den in checks["cancel_reuse"])


def was_reused(cancelled):
    mine = cancelled.allocations.order_by("resource_id").first()
    return any(
        other.appointment.created_at >= cancelled.cancelled_at
        and other.period.lower < mine.period.upper
        and mine.period.lower < other.period.upper
        for other in Allocation.objects.filter(resource=mine.resource, state="booked")
    )


def test_reports_agree_with_the_rows(counted):
    rows = list(Report.objects.select_related("category").prefetch_related("changes"))
    problems = [r for r in rows if r.category.door != "compliment"]
    decided = [r for r in problems if r.status in {"resolved", "rejected"} and r.due_at]
    closings = []
    for report in problems:
        moves = sorted(report.changes.all(), key=lambda move: (move.at, move.pk))
        for move, after in zip(moves, [*moves[1:], None], strict=True):
            if move.after in {"resolved", "rejected"}:
                closings.append(
                    (local(move.at), after is not None and after.after == "reopened", 1)
                )
    checks = {
        "inc_sla": [(local(r.closed_at), r.closed_at <= r.due_at, 1) for r in decided],
        "inc_reopen": [each for each in closings if each[0] <= local(NOW)],
        "csat": [(local(r.closed_at), r.satisfaction, 1) for r in rows if r.satisfaction],
    }
    counts = {
        "inc_received": [(local(r.submitted_at), r in problems, 0) for r in rows],
        "congrats": [(local(r.submitted_at), r not in problems, 0) for r in rows],
        "online_changes": [
            (local(e.at), 1, 0)
            for e in AppointmentEvent.objects.filter(
                kind__in=["cancelled", "moved", "shortened"], by_id=None
            )
        ],
        "desk_calls": [(tally.day, tally.count, 0) for tally in Tally.objects.filter(kind="call")],
    }
    for code, pairs in checks.items():
        inside = [each for each in pairs if each[0] >= FIRST]
        assert published(counted, code) == by_day_and_month(inside), code
    for code, pairs in counts.items():
        inside = [each for each in pairs if each[0] >= FIRST]
        assert published(counted, code) == by_day_and_month(inside, is_count=True), code


def test_what_is_true_now_agrees_with_the_rows(counted, commune):
    open_ = [
        r
        for r in Report.objects.select_related("category")
        if r.closed_at is None and r.category.door != "compliment"
    ]
    silent = [r for r in open_ if not r.answered_at and r.submitted_at < NOW - 7 * DAY]
    acted = {e.by_id for e in AppointmentEvent.objects.all() if NOW - 28 * DAY < e.at <= NOW}
    acted |= {
        a.taken_by_id for a in Appointment.objects.all() if NOW - 28 * DAY < a.created_at <= NOW
    }
    writers = {
        each.user_id
        for each in Membership.objects.filter(commune=commune)
        if each.is_active and each.role != "reader"
    }
    for period in (("day", local(NOW)), ("month", date(2026, 11, 1))):
        assert published(counted, "inc_silent")[period] == (len(silent), len(open_))
        assert published(counted, "staff_active")[period] == (len(acted & writers), len(writers))
    assert 0 < len(acted & writers) < len(acted - {None})


def test_medians_agree_with_the_rows(counted):
    def middle(values):
        return (int(statistics.median_low(sorted(values)) + 0.5), 1) if len(values) > 9 else (0, 0)

    def open_hours(start, end):
        """Count the minutes one by one, in steps of a minute of the local clock."""
        minute, total = start, timedelta()
        while minute < end:
            wall = minute.astimezone(PARIS)
            clock = (wall.hour, wall.minute, wall.second)
            is_open = (8, 30, 0) <= clock < (12, 30, 0) or (13, 30, 0) <= clock < (17, 15, 0)
            if is_open and wall.weekday() < 5 and wall.date() not in HOLIDAYS:
                total += min(timedelta(minutes=1), end - minute)
            minute += timedelta(minutes=1)
        return total / timedelta(hours=1)

    told = 0
    for month in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)):
        leads = [
            (a.start - a.created_at) / DAY
            for a in Appointment.objects.exclude(status__in=["held", "cancelled"])
            if local(a.created_at).replace(day=1) == month
            and a.channel not in {"walk_in", "import"}
        ]
        answers = [
            r
            for r in Report.objects.exclude(category__door="compliment")
            if r.answered_at and local(r.submitted_at).replace(day=1) == month
        ]
        ends = [
            r
            for r in Report.objects.exclude(category__door="compliment")
            if r.status == "resolved" and local(r.closed_at).replace(day=1) == month
        ]
        key = ("month", month)
        assert published(counted, "lead_time_days")[key] == middle(leads)
        waited = [(r.answered_at - r.submitted_at) / timedelta(hours=1) for r in answers]
        assert published(counted, "inc_ack_h")[key] == middle(waited)
        lasted = [(r.closed_at - r.submitted_at) / DAY for r in ends]
        assert published(counted, "inc_close_d")[key] == middle(lasted)
        if len(waited) > 9:
            told += 1
            worked = [open_hours(r.submitted_at, r.answered_at) for r in answers]
            got = published(counted, "inc_ack_oh")[key][0]
            assert abs(got - statistics.median_low(sorted(worked))) < 0.55
            rank = sorted(waited)[-(-9 * len(waited) // 10) - 1]
            assert published(counted, "inc_ack_h_p90")[key] == (int(rank + 0.5), 1)
    assert told > 1


def test_filled_time_agrees_with_the_minutes_one_by_one(counted):
    booked = Counter()
    for each in Allocation.objects.filter(state="booked"):
        minute = each.period.lower
        while minute < each.period.upper:
            wall = minute.astimezone(PARIS)
            is_open = wall.weekday() < 5 and time(9) <= wall.time() < time(12)
            if is_open and wall.date() not in HOLIDAYS:
                booked[wall.date()] += 1
            minute += timedelta(minutes=1)
    units = Opening.objects.first().resources.count()
    expected = [
        (day, booked[day], 180 * units)
        for day in (FIRST + n * DAY for n in range((local(NOW) - FIRST).days))
        if day.weekday() < 5 and day not in HOLIDAYS
    ]

    assert published(counted, "fill_rate") == by_day_and_month(expected)
    assert any(num for _day, num, _den in expected)


def test_pages_of_documents_are_set_against_the_appointments_taken(counted):
    taken = Counter(
        local(a.created_at)
        for a in Appointment.objects.exclude(status="held").exclude(channel="import")
    )
    months = Counter()
    for day, n in taken.items():
        months[day.replace(day=1)] += n
    for (kind, period), (num, den) in published(counted, "doc_views").items():
        assert den == (taken if kind == "day" else months)[period]
        if kind == "day":
            assert num == (period - FIRST).days + 3


def test_measuring_twice_changes_nothing(counted):
    assert actions.measure(now=NOW, since=FIRST) == 0


def test_what_is_offered_late_never_fills_more_than_was_promised(commune, now):
    service = ServiceFactory(titles="CNI")
    resource = ResourceFactory(services=[service])
    OpeningFactory(weekday=0, start_time=time(9), end_time=time(12), resources=[resource])
    for number in range(9):
        AppointmentFactory(
            service=service,
            start=datetime.combine(now.date(), time(9), PARIS) + timedelta(minutes=20 * number),
            resource=resource,
        )
    yesterday = now.date() - DAY
    Metric.objects.create(
        commune=commune,
        module="booking",
        code="offered_minutes",
        period_kind="day",
        period=now.date(),
        num=60,
        den=1,
    )

    actions.measure(now=now + DAY)

    filled = Metric.objects.get(code="fill_rate", period_kind="day", period=now.date())
    assert (filled.num, filled.den) == (60, 60)
    assert visits.open_on(now.date()) == 180
    assert not Metric.objects.filter(code="fill_rate", period=yesterday).exists()


def test_a_closed_month_stays_as_it_was_unless_asked(commune, now):
    service = ServiceFactory()
    AppointmentFactory(service=service, created_at=now - 30 * DAY)
    actions.count(now=now)
    october = {"code": "online_share", "period_kind": "month", "period": date(2026, 10, 1)}
    assert Metric.objects.get(**october).den == 1

    AppointmentFactory(service=service, created_at=now - 29 * DAY, token="late")
    actions.count(now=now)
    assert Metric.objects.get(**october).den == 1

    actions.count(now=now, since=date(2026, 10, 1))
    assert Metric.objects.get(**october).den == 2


def test_a_page_of_documents_that_is_read_is_counted_without_writing(client, commune):
    service = ServiceFactory()
    caches["default"].clear()

    for _time in range(3):
        assert client.get(f"/pieces/{service.slug}/").status_code == 200
    connection.set_tenant(commune)
    assert not Tally.objects.exists()
    today = datetime.now(tz=UTC)
    assert tallies.keep_seen(now=today) == 3
    assert tallies.keep_seen(now=today) == 0
    assert [(row.kind, row.count) for row in Tally.objects.all()] == [("documents", 3)]


def test_who_was_trained_is_counted_among_the_active(commune, association, make_user, now):
    people = [
        make_user("booking_agent", commune=commune, email=f"t{n}@example.org") for n in range(3)
    ]
    with owner():
        session = TrainingSession.objects.create(
            association=association,
            title="Prise en main",
            kind="on_site",
            topics=["booking"],
            max_seats=10,
            starts_at=now - 9 * DAY,
            ends_at=now - 8 * DAY,
        )
        for user, state in zip(people, ("attended", "absent", "registered"), strict=True):
            Attendance.objects.create(
                session=session,
                commune=commune,
                user=user,
                name=str(user),
                email=user.email,
                state=state,
            )

    actions.measure(now=now)

    found = Metric.objects.filter(code="trained_share").values_list("period_kind", "num", "den")
    assert set(found) == {("day", 1, 3), ("month", 1, 3)}
