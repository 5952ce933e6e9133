from datetime import timedelta

import pytest

from onboarding import dashboard, metrics
from onboarding.metrics import Share
from onboarding.models import Metric
from onboarding.stages import Stage
from tests.conftest import owner


def test_a_total_is_a_sum_over_a_sum_and_not_a_mean_of_percentages():
    assert Share.total([Share(90, 100), Share(0, 20)]).ratio == 90 / 120


@pytest.mark.parametrize(("den", "told"), [(0, False), (19, False), (20, True)])
def test_a_share_of_few_appointments_is_not_told(den, told):
    share = Share(0, den)

    assert share.is_told is told
    assert (share.ratio is not None) is told


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([], ""),
        ([("a", 50)], ""),
        ([("a", 0), ("b", 50)], ""),  # nothing is no secret
        ([("a", 9)], "a"),
        ([("a", 9), ("b", 50), ("c", 30)], "ac"),  # else the total minus the others gives a away
        ([("a", 9), ("b", 3), ("c", 30)], "ab"),
        ([("a", 10), ("b", 11)], ""),
    ],
)
def test_small_counts_cannot_be_deduced_from_the_total(counts, hidden):
    assert metrics.hidden(counts) == frozenset(hidden)


@pytest.mark.django_db
@pytest.mark.public
def test_the_last_28_days_and_the_28_before_are_told_apart(
    association, commune, publish, at_stage, now
):
    at_stage(commune, Stage.LIVE)
    today = now.date()
    for days, online, phone in ((0, 10, 2), (27, 20, 3), (28, 5, 15), (55, 5, 15), (56, 90, 9)):
        publish(commune, today - timedelta(days=days), online=online, phone=phone)

    row = next(row for row in dashboard.rows(association, today=today) if row.commune == commune)

    assert row.share == Share(30, 35)
    assert row.share_before == Share(10, 40)
    assert metrics.channels([commune], today=today) == {"online": 30, "phone": 5, "counter": 0}


@pytest.mark.django_db
@pytest.mark.public
def test_the_latest_sample_of_the_first_slot_is_shown_until_it_is_stale(
    association, commune, other_commune, now
):
    today = now.date()
    samples = [(commune, 0, 3, 1), (commune, 1, 9, 1), (other_commune, 2, 5, 1)]
    with owner():
        for place, age, num, den in samples:
            Metric.objects.create(
                commune=place,
                module="booking",
                code=metrics.FIRST_SLOT_DAYS,
                period_kind="day",
                period=today - timedelta(days=age),
                num=num,
                den=den,
            )

    assert metrics.first_slots(association, today=today) == {commune.pk: 3}
