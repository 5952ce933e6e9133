"""What the scheduler runs in a commune, run once."""

import pytest

from booking import tasks
from slots.models import FreeSlotDay
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db


@pytest.fixture
def service(commune):
    service = ServiceFactory()
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[ResourceFactory(services=[service])])
    return service


@pytest.mark.parametrize(
    "task",
    [
        tasks.release_expired,
        tasks.serve_waiting,
        tasks.write_to_citizens,
        tasks.follow_titles,
        tasks.tell_new_prices,
        tasks.tell_new_documents,
        tasks.refresh_slots,
        tasks.check_slots,
    ],
)
def test_each_task_runs_in_a_commune_where_nothing_is_due(service, task):
    tasks.refresh_slots()

    assert not task()


def test_what_is_free_is_written_and_checked_at_night(service):
    tasks.refresh_slots()
    assert FreeSlotDay.objects.filter(n__gt=0).exists()
    FreeSlotDay.objects.update(starts=bytes(38), stale_at=None)

    assert tasks.check_slots() > 0
    assert tasks.check_slots() == 0
