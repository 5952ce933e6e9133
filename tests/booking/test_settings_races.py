"""What happens when settings change while citizens book, or two administrators undo at once."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import actions, reconfiguring
from booking.models import Allocation, Closure, Opening, SettingsChange
from tests.booking.test_races import holding, together
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


@pytest.fixture
def service(real_commune):
    """Two counters, open on Tuesdays from 9 h to 12 h."""
    service = ServiceFactory()
    OpeningFactory(resources=ResourceFactory.create_batch(2, services=[service]))
    return service


def changing(work, now):
    return lambda: reconfiguring.reconfigure(label="Essai", work=work, by=None, now=now)


def close(now):
    return changing(
        lambda: Closure.objects.create(
            period=DateTimeTZRange(TUESDAY_NINE, TUESDAY_NINE + timedelta(hours=9))
        ),
        now,
    )


def test_closing_while_citizens_book_breaks_nothing_and_then_nobody_books(
    real_commune, service, now
):
    starts = [TUESDAY_NINE + timedelta(minutes=20 * number) for number in range(6)]
    works = [holding(service, now, start) for start in starts]

    outcomes = together(real_commune, [*works[:3], close(now), *works[3:]])

    held = [each for each in outcomes if isinstance(each, tuple)]
    assert Allocation.objects.count() == len(held)
    assert SettingsChange.objects.count() == 1
    with pytest.raises(actions.SlotTaken):
        holding(service, now, TUESDAY_NINE + timedelta(hours=2))()


def test_two_administrators_undo_the_same_change_once(real_commune, service, now):
    change = changing(lambda: Opening.objects.all().delete(), now)()

    outcomes = together(
        real_commune, [lambda: reconfiguring.undo(change=change, now=now) for _each in range(4)]
    )

    assert {each.undone_at for each in outcomes} == {now}
    assert Opening.objects.get().resources.count() == 2


def test_two_changes_at_once_are_both_kept_and_undone_in_order(real_commune, service, now):
    together(
        real_commune,
        [
            changing(lambda: Opening.objects.update(step_minutes=10), now),
            changing(lambda: Opening.objects.update(step_minutes=30), now),
        ],
    )

    for change in SettingsChange.objects.order_by("-pk"):
        reconfiguring.undo(change=change, now=now)
    assert Opening.objects.get().step_minutes == 20
