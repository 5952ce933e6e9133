"""Exercises are proved by facts of the sandbox; the commune of the person learns yes or no."""

from datetime import timedelta

import pytest
from django_tenants.utils import schema_context

from booking.models import AppointmentEvent
from incidents.models import Report
from learning import actions, exercises, progress
from learning.models import ExerciseTry, StepDone
from learning.tasks import note, verify
from parvis.celery import app
from tests.factories import AppointmentFactory
from tests.incidents.factories import report as make_report


pytestmark = pytest.mark.django_db
ME, SOMEBODY = 7, 8


@pytest.mark.parametrize(
    ("fields", "is_done"),
    [
        ({}, True),
        ({"persons": 2}, False),
        ({"channel": "online"}, False),
        ({"taken_by_id": SOMEBODY}, False),
        ({"cancelled": True}, False),
    ],
)
def test_a_telephone_appointment_for_three_is_found(fields, is_done):
    AppointmentFactory(**{"persons": 3, "channel": "phone", "taken_by_id": ME} | fields)

    assert exercises.is_done(exercise="phone_for_three", user_id=ME) is is_done


def test_who_marked_a_visitor_is_told_apart(now):
    AppointmentEvent.objects.create(
        appointment=AppointmentFactory(), kind="honoured", at=now, by_id=ME
    )

    assert exercises.is_done(exercise="honoured", user_id=ME)
    assert not exercises.is_done(exercise="honoured", user_id=SOMEBODY)


def test_who_resolved_a_report_is_told_apart(now):
    report = make_report()
    report.changes.create(before="received", after="accepted", actor="staff", by_id=ME, at=now)
    assert not exercises.is_done(exercise="report_resolved", user_id=ME)
    report.changes.create(before="accepted", after="resolved", actor="staff", by_id=ME, at=now)

    assert exercises.is_done(exercise="report_resolved", user_id=ME)
    assert not exercises.is_done(exercise="report_entered", user_id=ME)
    Report.objects.update(taken_by_id=ME)
    assert exercises.is_done(exercise="report_entered", user_id=ME)


def test_an_exercise_that_does_not_exist_is_never_done():
    assert not exercises.is_done(exercise="x", user_id=ME)
    assert set(exercises.WORDS) == set(exercises.PAGES) == set(exercises.CHECKS)


@pytest.fixture
def sent(monkeypatch):
    """What is handed to the queue, as the broker would get it."""
    found = []
    monkeypatch.setattr(
        app, "send_task", lambda name, *, kwargs, headers: found.append((name, kwargs, headers))
    )
    return found


@pytest.mark.parametrize("is_done", [True, False])
def test_the_answer_comes_back_to_the_commune_that_asked(
    commune, other_commune, sent, now, django_capture_on_commit_callbacks, is_done
):
    with django_capture_on_commit_callbacks(execute=True):
        actions.ask(
            user_id=ME,
            path_id=1,
            step_id=3,
            exercise="phone_for_three",
            sandbox=other_commune.schema_name,
            now=now,
        )
    name, asked, headers = sent.pop()
    assert (name, headers["_schema_name"]) == ("learning.verify", other_commune.schema_name)

    with schema_context(other_commune.schema_name):
        if is_done:
            AppointmentFactory(persons=3, channel="phone", taken_by_id=ME)
        with django_capture_on_commit_callbacks(execute=True):
            verify(**asked)
    name, told, headers = sent.pop()
    assert (name, headers["_schema_name"]) == ("learning.note", commune.schema_name)
    note(**told)

    assert progress.done_by(ME) == ({3} if is_done else set())
    assert progress.last_try(user_id=ME, step_id=3).looked_at


def test_nothing_is_noted_that_was_not_asked_for(now):
    actions.note(user_id=ME, path_id=1, step_id=3, is_done=True, now=now)

    assert not StepDone.objects.exists()


def test_a_step_is_done_once(now):
    for days in (0, 1):
        actions.finish(user_id=ME, path_id=1, step_id=3, now=now + timedelta(days=days))

    assert StepDone.objects.get().at == now
    assert not ExerciseTry.objects.exists()


def test_a_path_is_finished_with_its_last_step(now):
    for user, step in ((ME, 1), (ME, 2), (SOMEBODY, 1)):
        actions.finish(user_id=user, path_id=1, step_id=step, now=now)

    assert progress.finished({1: {1, 2}, 2: set()}) == {ME}
