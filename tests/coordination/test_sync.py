"""What must hold of the synchronisation (France Titres contract, 6.2 and 6.5)."""

from datetime import UTC, datetime, timedelta

import pytest

from coordination import reconcile, tasks, wishes
from coordination.locks import alone, key_of
from coordination.models import Declaration
from coordination.sync import BACKOFF, sync
from demo.coordination_api import Row
from tests.conftest import owner
from tests.coordination.conftest import held


pytestmark = pytest.mark.django_db
VISIT, NUMBER = "K7M2QX4T", "A123456789"
STARTS = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
State = Declaration.State


def wish(now, version=1, *, wanted=None, numbers=(NUMBER,), visit=VISIT):
    return wishes.write(
        appointment=visit, version=version, starts_at=STARTS, wanted=wanted or {},
        numbers=numbers, now=now,
    )  # fmt: skip


def run(line, now, number=NUMBER):
    pauses = []
    sync(number=number, line=line, now=now, pause=pauses.append)
    return pauses


def rows(number=NUMBER):
    return list(Declaration.objects.current().filter(number=number).order_by("version"))


def test_a_booking_makes_one_post_with_the_words_of_the_wish(state, line, now):
    wish(now, wanted={NUMBER: held()})
    run(line, now)
    run(line, now)

    (row,) = state.of(NUMBER)
    assert (row.meeting_point_id, row.appointment_date) == ("1001", "2027-01-04 09:00:00")
    assert len(state.calls("POST")) == 1
    (kept,) = rows()
    assert (kept.state, kept.status, kept.done_at) == (State.DONE, "validated", now)


def test_reschedule_is_delete_of_old_values_and_post(state, line, now):
    wish(now, wanted={NUMBER: held(9)})
    run(line, now)
    wish(now, 2, wanted={NUMBER: held(11)})
    run(line, now)

    (row,) = state.of(NUMBER)
    assert row.appointment_date == "2027-01-04 11:00:00"
    (gone,) = state.calls("DELETE")
    assert gone["appointment_date"] == "2027-01-04T09:00:00"  # as status gave it


def test_cancel_is_delete(state, line, now):
    wish(now, wanted={NUMBER: held()})
    run(line, now)
    wish(now, 2)
    run(line, now)

    assert state.of(NUMBER) == []
    assert len(state.calls("DELETE")) == 1


def test_a_number_changed_is_delete_of_the_old_and_post_of_the_new(state, line, now):
    other = "B123456789"
    wish(now, wanted={NUMBER: held()})
    run(line, now)
    wish(now, 2, wanted={other: held(number=other)}, numbers=(NUMBER, other))
    run(line, now)
    run(line, now, other)

    assert state.of(NUMBER) == []
    assert [each.management_url for each in state.of(other)] == [held(number=other).management_url]


def test_the_same_wish_again_is_no_wish(now):
    assert wish(now, wanted={NUMBER: held()}) == 1
    assert wish(now, 2, wanted={NUMBER: held()}) == 0


def test_what_was_never_wished_needs_no_forgetting(now):
    assert wish(now) == 0


@pytest.mark.parametrize(
    ("number", "status"),
    [("DECL000001", "declared"), ("INCO000001", "unknown"), ("EXPI000001", "expired")],
)
def test_a_number_the_state_refuses_is_not_posted(state, line, now, number, status):
    wish(now, wanted={number: held(number=number)}, numbers=(number,))
    run(line, now, number)

    assert state.calls("POST") == []
    (row,) = rows(number)
    assert (row.state, row.status) == (State.REFUSED, status)


def test_consumed_is_never_synchronised_not_even_by_delete(state, line, now):
    wish(now, wanted={NUMBER: held()})
    run(line, now)
    state.statuses[NUMBER] = "consumed"
    state.asked.clear()
    wish(now, 2)
    run(line, now)

    assert [method for method, _path, _query in state.asked] == ["GET"]
    assert rows()[0].state == State.DONE


def test_a_retry_after_a_500_does_not_duplicate(state, line, now):
    wish(now, wanted={NUMBER: held()})
    state.trouble = "half"
    run(line, now)
    (row,) = rows()
    assert (row.state, row.attempts, row.last_code) == (State.WAITING, 1, 500)
    assert row.due_at == now + BACKOFF[0]

    run(line, now)

    assert len(state.of(NUMBER)) == 1
    assert len(state.calls("POST")) == 1
    assert rows()[0].state == State.DONE


def test_already_exists_is_repaired_once_after_a_moment(state, line, now):
    wish(now, wanted={NUMBER: held(9)})
    run(line, now)
    wish(now, 2, wanted={NUMBER: held(11)})
    state.trouble = "late"

    pauses = run(line, now)

    assert pauses == [2.0]
    assert [each.appointment_date for each in state.of(NUMBER)] == ["2027-01-04 11:00:00"]
    assert rows()[0].state == State.DONE


def test_already_exists_after_the_repair_alerts(state, line, now, caplog):
    """The address belongs to another number: nothing here may remove it."""
    state.rows.append(Row("Z999999999", "Mairie", "1001", "2027-01-04", held().management_url))
    wish(now, wanted={NUMBER: held()})

    run(line, now)

    (row,) = rows()
    assert (row.state, row.last_text) == (State.FAILED, "Already exists")
    assert "A1••••••89" in caplog.text
    assert NUMBER not in caplog.text


def test_appointments_of_other_editors_are_never_touched(state, line, now):
    number = "AILL000001"
    other = Row(number, "Mairie de Mérignac", "7", "2027-01-05 10:20", "https://autre.fr/1")
    state.rows.append(other)
    wish(now, wanted={number: held(number=number)}, numbers=(number,))
    run(line, now, number)
    wish(now, 2, numbers=(number,))
    run(line, now, number)

    assert state.of(number) == [other]


def test_an_outage_is_tried_again_more_and_more_rarely_then_is_an_error(state, line, now):
    wish(now, wanted={NUMBER: held()})
    state.trouble = "down"
    waits = []
    for _try in range(len(BACKOFF)):
        run(line, now)
        waits.append(rows()[0].due_at - now)
    assert waits == list(BACKOFF)
    assert rows()[0].state == State.WAITING

    run(line, now)

    assert rows()[0].state == State.FAILED
    state.trouble = ""
    assert wishes.wish_again(declaration=rows()[0], now=now)
    run(line, now)
    assert rows()[0].state == State.DONE


def test_an_unknown_status_string_is_tried_again_and_not_posted(state, line, now):
    number = "NEUF000001"
    wish(now, wanted={number: held(number=number)}, numbers=(number,))
    run(line, now, number)

    assert state.calls("POST") == []
    assert rows(number)[0].state == State.WAITING


def test_two_visits_of_one_number_in_a_commune_are_both_kept(state, line, now):
    """An agent may override: neither declaration removes the other."""
    second = "AAAA2222"
    wish(now, wanted={NUMBER: held()})
    run(line, now)
    wish(now, wanted={NUMBER: held(15, visit=second)}, visit=second)
    run(line, now)

    assert len(state.of(NUMBER)) == 2
    assert state.calls("DELETE") == []


def test_a_visit_that_is_over_is_neither_declared_nor_removed(state, line, now):
    wish(now, wanted={NUMBER: held()})
    run(line, now)
    later = STARTS + timedelta(days=1)
    wishes.write(
        appointment="AAAA2222", version=1, starts_at=later + timedelta(days=3),
        wanted={NUMBER: held(16, visit="AAAA2222")}, numbers=[NUMBER], now=later,
    )  # fmt: skip
    run(line, later)

    assert len(state.of(NUMBER)) == 2


def test_a_lost_wake_up_is_found_by_the_sweep(state, now):
    wish(now, wanted={NUMBER: held()})

    assert tasks.sweep() == 1
    assert len(state.of(NUMBER)) == 1
    assert tasks.sweep() == 0


def test_a_state_that_is_down_costs_the_sweep_three_questions(state, now):
    state.trouble = "down"
    for number in range(6):
        name = f"N00000000{number}"
        wish(now, wanted={name: held(number=name)}, numbers=(name,), visit=f"AAAA000{number}")

    assert tasks.sweep() == 0
    assert len(state.asked) == 3


def test_a_commune_that_is_not_real_makes_no_call(state, now, commune):
    wish(now, wanted={NUMBER: held()})
    with owner():
        type(commune).objects.filter(pk=commune.pk).update(state="configuring")

    assert tasks.sweep() == 0
    assert state.asked == []


def test_the_night_finds_what_the_state_lost_and_what_it_keeps(state, line, now):
    wish(now, wanted={NUMBER: held()})
    other = "B123456789"
    wish(now, wanted={other: held(number=other)}, numbers=(other,), visit="AAAA2222")
    run(line, now)
    run(line, now, other)
    state.rows = [each for each in state.rows if each.application_id != NUMBER]

    assert reconcile.reconcile(line=line, now=now) == 1
    assert [each.state for each in rows()] == [State.WAITING]
    run(line, now)
    assert reconcile.reconcile(line=line, now=now) == 0
    assert len(state.of(NUMBER)) == 1


def test_numbers_are_locked_over_all_communes():
    assert key_of(NUMBER, purpose="sync") != key_of(NUMBER, purpose="booking")
    with alone(NUMBER) as first:
        assert first
