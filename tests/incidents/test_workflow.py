"""The table of moves: nobody gets stuck, nothing closes without a reason."""

import pytest

from incidents.workflow import (
    BY_REPORTER,
    BY_STAFF,
    CLOSED,
    EFFECTS,
    MOVES,
    OPEN,
    REASONS,
    Actor,
    Clock,
    Status,
    is_legal,
    moves,
    reasons,
)


def reachable(table, start):
    """Walk the table from a status."""
    seen, waiting = set(), [start]
    while waiting:
        status = waiting.pop()
        for after in table.get(status, ()):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return seen


def everybody():
    """Join the moves of all actors."""
    table = {}
    for each in MOVES.values():
        for before, after in each.items():
            table[before] = table.get(before, frozenset()) | after
    return table


def test_every_status_is_reached_from_a_new_report():
    assert reachable(everybody(), Status.RECEIVED) == set(Status) - {Status.RECEIVED}


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_way_out(status):
    assert moves(status, Actor.STAFF) | moves(status, Actor.REPORTER)


@pytest.mark.parametrize("status", sorted(OPEN))
def test_staff_can_close_whatever_is_open(status):
    assert reachable(BY_STAFF, status) >= CLOSED - {Status.CANCELLED}
    assert is_legal(status, Status.RESOLVED, Actor.STAFF)


@pytest.mark.parametrize("status", Status)
def test_nothing_moves_to_where_it_is(status):
    assert not any(is_legal(status, status, actor) for actor in Actor)


@pytest.mark.parametrize("status", sorted(CLOSED))
def test_what_is_closed_only_reopens(status):
    assert moves(status, Actor.STAFF) == {Status.REOPENED}
    assert moves(status, Actor.REPORTER) == {Status.REOPENED}
    assert moves(status, Actor.PARTNER) == frozenset()
    assert EFFECTS[status].clock == Clock.STOPPED


def test_a_reporter_only_cancels_answers_and_contests():
    given = set().union(*BY_REPORTER.values())

    assert given == {Status.CANCELLED, Status.TRIAGE, Status.REOPENED}
    assert not is_legal(Status.IN_PROGRESS, Status.CANCELLED, Actor.REPORTER)


def test_closing_and_reopening_ask_for_a_reason():
    assert set(REASONS) == {Status.RESOLVED, Status.REJECTED, Status.REOPENED}
    assert all(reasons(status) for status in REASONS)
    assert reasons(Status.ACCEPTED) == ()


def test_every_status_says_what_it_does_to_the_promise():
    assert set(EFFECTS) == set(Status)
    assert {status for status in Status if EFFECTS[status].clock == Clock.PAUSED} == {
        Status.AWAITING_REPORTER,
        Status.TRANSFERRED,
    }
