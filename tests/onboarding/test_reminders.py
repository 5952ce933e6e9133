"""Pure dates: reminders and switch windows."""

from datetime import date, timedelta

import pytest

from onboarding.reminders import Reminder, Standing, due_reminder
from onboarding.switching import Window, WindowState, switch_window


TODAY = date(2026, 11, 23)


def standing(stage, days, **more):
    moved = TODAY - timedelta(days=days)
    return Standing(stage=stage, moved=moved, progress=more.pop("progress", moved), **more)


@pytest.mark.parametrize(
    ("stage", "days", "late_by"),
    [
        ("considering", 29, None),
        ("considering", 30, 0),
        ("considering", 59, 29),
        ("considering", 61, 1),
        ("committed", 13, None),
        ("committed", 14, 0),
        ("configuring", 7, 0),
        ("prospect", 400, None),
        ("live", 400, None),
        ("churned", 400, None),
    ],
)
def test_a_stage_that_lasts_is_recalled_after_each_delay(stage, days, late_by):
    found = due_reminder(standing(stage, days), today=TODAY)

    assert (found and (TODAY - found.due).days) == late_by


def test_progress_puts_the_reminder_of_a_configuration_off():
    quiet = standing("configuring", 20, progress=TODAY - timedelta(days=3))

    assert due_reminder(quiet, today=TODAY) is None


@pytest.mark.parametrize("stage", ["paused", "declined"])
@pytest.mark.parametrize(("until", "is_due"), [(0, True), (-5, True), (1, False), (None, False)])
def test_a_pause_and_a_refusal_are_recalled_on_their_date(stage, until, is_due):
    on = None if until is None else TODAY + timedelta(days=until)
    found = due_reminder(standing(stage, 50, until=on), today=TODAY)

    assert (found is not None) == is_due
    assert found is None or found.due == on


@pytest.mark.parametrize(
    ("ahead", "before"), [(4, None), (3, 3), (2, 3), (1, 1), (0, 1), (-1, None)]
)
def test_a_session_is_recalled_three_days_and_one_day_before(ahead, before):
    session = TODAY + timedelta(days=ahead)
    found = due_reminder(standing("training", 9, session=session), today=TODAY)

    expected = before and Reminder("training", session - timedelta(days=before), session)
    assert found == expected


def test_a_window_opens_with_the_notice_and_closes_with_the_contract():
    window = switch_window(date(2027, 3, 31), 90)

    assert window == Window(date(2026, 12, 31), date(2027, 3, 31))
    assert window.told_on == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 10, 31), WindowState.FAR),
        (date(2026, 11, 1), WindowState.SOON),
        (date(2026, 12, 30), WindowState.SOON),
        (date(2026, 12, 31), WindowState.OPEN),
        (date(2027, 3, 31), WindowState.OPEN),
        (date(2027, 4, 1), WindowState.OVER),
    ],
)
def test_a_day_stands_somewhere_beside_a_window(day, state):
    assert switch_window(date(2027, 3, 31), 90).state(day) == state


def test_without_an_end_there_is_no_window_and_none_before_the_calendar():
    assert switch_window(None, 90) is None
    assert switch_window(date(1, 1, 5), 9000).told_on == date(1, 1, 1)
    with pytest.raises(ValueError, match="opens before"):
        Window(TODAY, TODAY - timedelta(days=1))
