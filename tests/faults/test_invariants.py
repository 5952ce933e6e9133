"""The checkers see what is broken, and nothing else."""

from datetime import UTC, datetime, timedelta

from faults import invariants
from faults.invariants import Booked, Row, Taken
from faults.outcome import Outcome


NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
TWENTY = timedelta(minutes=20)


def told(op, *events, slot=NINE):
    line = {"op": op, "email": f"{op}@example.org", "slot": slot.isoformat()}
    return [line | {"event": event} for event in ("invoke", *events)]


def booked(op, pk=1, start=NINE):
    return Booked(pk, f"{op}@example.org", start)


def test_what_citizens_were_told_is_what_is_there():
    history = [*told("a", "ok"), *told("b", "unknown", "fail"), *told("c", "unknown", "ok")]

    assert invariants.promises(history, [booked("a"), booked("c")]) == []


def test_a_broken_promise_is_seen():
    history = [*told("a", "ok"), *told("b", "fail"), *told("c", "ok"), *told("d", "ok")]
    rows = [booked("b"), booked("c"), booked("c", 2), booked("d", 3, NINE + TWENTY), booked("e")]

    broken = invariants.promises(history, rows)

    assert [each.split()[0:2] for each in broken] == [
        ["I1", "lost:"],
        ["I2", "b@example.org"],
        ["I1", "doubled:"],
        ["I1", "moved:"],
        ["I2", "nobody"],
    ]


def test_nobody_may_stay_without_an_answer():
    assert invariants.promises(told("a", "unknown"), [])[0].startswith("I11")


def test_two_visits_at_one_counter_are_seen_and_neighbours_are_not():
    first, next_one = Taken(1, NINE, NINE + TWENTY), Taken(1, NINE + TWENTY, NINE + 2 * TWENTY)

    assert invariants.overlaps([next_one, first, Taken(2, NINE, NINE + TWENTY)]) == []
    assert len(invariants.overlaps([first, Taken(1, NINE + TWENTY / 2, NINE + TWENTY)])) == 1


def test_each_fact_has_its_message_and_each_message_its_fact():
    assert invariants.told_once({"a", "b"}, {"a", "b"}) == []
    assert len(invariants.told_once({"a", "b"}, {"b", "c"})) == 2


def test_mails_are_neither_lost_nor_doubled_beyond_the_crashes():
    rows = [Row("<a>", is_sent=True), Row("<b>", is_sent=False, is_dead=True)]

    assert invariants.mails(rows, ["<a>", "<a>"], crashes=1) == []
    assert "doubled" in invariants.mails(rows, ["<a>", "<a>"], crashes=0)[0]
    assert "lost" in invariants.mails(rows, [], crashes=0)[0]
    assert "waiting" in invariants.mails([Row("<a>", is_sent=False)], [], crashes=0)[0]
    assert "no row" in invariants.mails(rows, ["<a>", "<x>"], crashes=0)[0]


def test_each_change_is_written_once():
    assert invariants.history_of_changes({1: 1}, [booked("a")]) == []
    assert len(invariants.history_of_changes({1: 2}, [booked("a"), booked("b", 2)])) == 2


def test_files_and_rows_go_together():
    assert invariants.files({"a"}, {"a"}) == []
    assert len(invariants.files({"a"}, {"b"})) == 2


def test_the_page_of_a_bug_is_seen_and_a_pause_is_none():
    history = [{"event": "turned away", "why": why} for why in ("503", "ConnectionResetError()")]

    assert invariants.pauses([*history, *told("a", "ok")]) == []
    assert len(invariants.pauses([*history, {"event": "unknown", "op": "a", "why": "500"}])) == 1


def test_a_run_whose_faults_hit_nothing_fails():
    assert Outcome("S0", "", required=3, landed=3).is_kept
    assert Outcome("S0", "", required=3, landed=2).verdict == "FAIL"
    assert Outcome("S0", "", required=0, recovery_s=11, within_s=10).verdict == "FAIL"


def test_what_was_not_run_is_not_called_right():
    outcome = Outcome("S0", "as root", required=1, not_run="needs root")

    assert (outcome.verdict, outcome.is_kept) == ("NOT RUN", False)
    assert outcome.line().startswith("S0   NOT RUN")
