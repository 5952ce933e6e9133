"""What happens when citizens want the last combination, or the last place of a quota, at once."""

from collections import Counter
from datetime import timedelta

import pytest

from booking import actions, read_model
from booking.models import Allocation, Opening, ServiceNeed
from tests.booking.test_races import holding, overlaps, together
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


@pytest.fixture
def titles(real_commune):
    """Deposit takes a station, a counter and an agent: two, three and two of them."""
    service = ServiceFactory()
    units = []
    for kind, count in (("station", 2), ("counter", 3), ("agent", 2)):
        ServiceNeed.objects.create(service=service, kind=kind)
        site = units[0].site if units else None
        more = {"site": site} if site else {}
        first = ResourceFactory(services=[service], kind=kind, **more)
        units += [first, *ResourceFactory.create_batch(
            count - 1, services=[service], kind=kind, site=first.site
        )]  # fmt: skip
    OpeningFactory(resources=units)
    return service


@pytest.fixture(autouse=True)
def right_rows(titles, now):
    """What is free is written as it is, whatever was done at once."""
    read_model.refresh_all(now=now)
    yield
    assert read_model.wrong_rows(now=now) == []


def test_the_last_combination_of_resources_goes_to_one(real_commune, titles, now):
    holding(titles, now)()

    outcomes = together(real_commune, [holding(titles, now)] * 8)

    kinds = Counter(type(each) for each in outcomes)
    assert kinds == {tuple: 1, actions.SlotTaken: 7}
    assert Allocation.objects.count() == 6
    assert overlaps() == 0


def test_combinations_are_sold_once_each_at_every_start(real_commune, titles, now):
    starts = [TUESDAY_NINE + timedelta(minutes=20 * n) for n in range(3)]

    outcomes = together(real_commune, [holding(titles, now, starts[n % 3]) for n in range(15)])

    assert sum(isinstance(each, tuple) for each in outcomes) == 6
    assert Allocation.objects.count() == 18
    assert overlaps() == 0


def test_the_last_place_of_a_quota_goes_to_one_whatever_the_start(real_commune, titles, now):
    Opening.objects.update(quota=3)
    actions.configuration_changed()
    holding(titles, now)()
    holding(titles, now)()
    starts = [TUESDAY_NINE + timedelta(minutes=20 * n) for n in range(1, 7)]

    outcomes = together(real_commune, [holding(titles, now, start) for start in starts])

    assert sum(isinstance(each, tuple) for each in outcomes) == 1
