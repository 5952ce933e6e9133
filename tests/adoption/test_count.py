"""Counts are computed inside the commune, and only counts leave it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django_tenants.utils import schema_context

from adoption import actions
from booking.metrics import count_appointments, first_slot_days
from booking.models import Appointment
from onboarding import metrics
from onboarding.models import Metric
from tests.conftest import owner
from tests.factories import (
    AppointmentFactory,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
)


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def taken_on(moment, channel="online", **fields):
    return AppointmentFactory(created_at=moment, channel=channel, **fields)


def test_an_appointment_counts_on_the_local_day_it_is_taken():
    service = ServiceFactory()
    taken_on(datetime(2026, 11, 21, 22, 59, tzinfo=UTC), service=service)  # 23 h 59 in Paris
    taken_on(datetime(2026, 11, 21, 23, 0, tzinfo=UTC), service=service)  # midnight in Paris

    counts = count_appointments(first=date(2026, 11, 21), last=date(2026, 11, 22), zone=PARIS)

    assert counts == {
        date(2026, 11, 21): Counter(online=1),
        date(2026, 11, 22): Counter(online=1),
    }


def test_cancelled_appointments_count_and_held_slots_do_not(now):
    service = ServiceFactory()
    taken_on(now, service=service, cancelled=True)
    taken_on(now, service=service, held=True)
    taken_on(now, service=service, channel="phone", persons=3)

    counts = count_appointments(first=now.date(), last=now.date(), zone=PARIS)

    assert counts == {now.date(): Counter(online=1, phone=1)}


def test_counts_agree_with_the_rows_counted_one_by_one(now):
    service = ServiceFactory()
    for number in range(60):
        channel = ["online", "phone", "online", "counter", "online"][number % 5]
        taken_on(now - timedelta(hours=11 * number), channel, service=service)

    actions.count(now=now)

    found = {
        (metric.code, metric.period_kind, metric.period): (metric.num, metric.den)
        for metric in Metric.objects.filter(code__in=metrics.SHARES.values())
    }
    expected = {}
    for kind, period_of in (("day", lambda day: day), ("month", lambda day: day.replace(day=1))):
        days = [
            (period_of(row.created_at.astimezone(PARIS).date()), row.channel)
            for row in Appointment.objects.all()
        ]
        for period in {day for day, _channel in days}:
            total = sum(day == period for day, _channel in days)
            for channel, code in metrics.SHARES.items():
                expected[code, kind, period] = (days.count((period, channel)), total)
    assert found == expected


def test_counting_again_writes_only_what_changed(now):
    appointment = taken_on(now)
    assert actions.count(now=now) == 3 + 3 + 3

    assert actions.count(now=now) == 0

    Appointment.objects.filter(pk=appointment.pk).update(channel="phone")
    assert actions.count(now=now) == 2 + 2


def test_what_is_erased_is_not_counted_any_more(now):
    appointment = taken_on(now)
    actions.count(now=now)

    appointment.delete()
    actions.count(now=now)

    assert not Metric.objects.filter(code=metrics.ONLINE_SHARE).exclude(den=0).exists()


def test_the_first_slot_is_counted_in_days(now):
    service = ServiceFactory(titles="CNI", notice_hours=2)
    counter = ResourceFactory(services=[service])
    OpeningFactory(weekday=3, resources=[counter])  # Thursday; today is Monday

    assert first_slot_days(now=now) == 3


def test_without_any_slot_there_is_no_first_one(now):
    ServiceFactory(titles="CNI")

    actions.count(now=now)

    first = Metric.objects.get(code=metrics.FIRST_SLOT_DAYS)
    assert (first.num, first.den) == (0, 0)


def test_a_commune_neither_reads_nor_writes_the_counts_of_another(now, other_commune, publish):
    publish(other_commune, now.date(), online=30)

    assert not Metric.objects.filter(commune=other_commune).exists()
    assert Metric.objects.filter(commune=other_commune).update(num=0) == 0
    assert Metric.objects.filter(commune=other_commune).delete()[0] == 0
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Metric.objects.create(
            commune=other_commune,
            module="booking",
            code=metrics.ONLINE_SHARE,
            period_kind="day",
            period=now.date() - timedelta(days=1),
            num=0,
            den=50,
        )
    with owner():
        assert Metric.objects.get(commune=other_commune, code=metrics.ONLINE_SHARE).num == 30


def test_a_commune_cannot_give_its_counts_to_another(now, commune, other_commune, publish):
    publish(commune, now.date(), online=30)

    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Metric.objects.filter(commune=commune).update(commune=other_commune)


def test_a_commune_reads_no_stage(now):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM public.onboarding_onboarding")


@pytest.mark.public
def test_the_association_reads_all_counts_and_writes_none(commune, other_commune, publish, now):
    publish(commune, now.date(), online=30)
    publish(other_commune, now.date(), online=12)

    assert Metric.objects.filter(code=metrics.ONLINE_SHARE).count() == 2
    assert Metric.objects.update(num=0) == 0


@pytest.mark.public
@pytest.mark.parametrize("schema", ["c_33314", "c_33214"])
def test_the_association_reads_no_table_of_a_commune(schema):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind = 'r' AND nspname = %s",
            [schema],
        )
        tables = [name for (name,) in cursor.fetchall()]
    assert "booking_appointment" in tables

    for table in tables:
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f'SELECT 1 FROM "{schema}"."{table}"')


def test_each_commune_counts_its_own(now, commune, other_commune):
    taken_on(now)
    actions.count(now=now)

    with schema_context(other_commune.schema_name):
        actions.count(now=now)

    with owner():
        shares = Metric.objects.filter(code=metrics.ONLINE_SHARE, period_kind="day")
        assert [metric.commune_id for metric in shares] == [commune.pk]
