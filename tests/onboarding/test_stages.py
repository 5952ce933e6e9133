from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from onboarding import actions
from onboarding.models import Onboarding, StageEvent
from onboarding.stages import MOVES, Module, Reason, Stage, can_move


pytestmark = [pytest.mark.django_db, pytest.mark.public]


def move(commune, stage, now, **more):
    return actions.move(commune=commune, module=Module.BOOKING, stage=stage, now=now, **more)


def test_every_stage_has_its_ways_out():
    assert set(MOVES) == set(Stage)
    assert all(not can_move(stage, stage) for stage in Stage)


def test_a_commune_goes_live_step_by_step_and_its_history_remembers(commune, now, make_user):
    director = make_user("director")
    path = [Stage.COMMITTED, Stage.CONFIGURING, Stage.TRAINING, Stage.LIVE]

    for days, stage in enumerate(path):
        onboarding = move(commune, stage, now + timedelta(days=days), by=director)

    assert (onboarding.stage, onboarding.since) == (Stage.LIVE, now + timedelta(days=3))
    assert [event.to_stage for event in onboarding.events.all()] == path
    assert {event.by_name for event in onboarding.events.all()} == {"director"}


def test_a_prospect_does_not_go_live_at_once(commune, now):
    with pytest.raises(actions.MoveRefused):
        move(commune, Stage.LIVE, now)

    assert not StageEvent.objects.exists()


def test_a_refusal_says_why(commune, now):
    with pytest.raises(actions.ReasonMissing):
        move(commune, Stage.DECLINED, now)

    declined = move(commune, Stage.DECLINED, now, reason=Reason.COST)

    assert declined.reason_code == Reason.COST
    assert declined.events.get().reason_code == Reason.COST


def test_the_reason_does_not_follow_to_the_next_stage(commune, now):
    move(commune, Stage.CONSIDERING, now, reason=Reason.STAFF_TIME)

    assert move(commune, Stage.COMMITTED, now).reason_code == ""


@pytest.mark.parametrize(
    "nonsense",
    [
        {"stage": "flying"},
        {"module": "catering"},
        {"stage": "declined"},
        {"stage": "considering", "reason_code": "bad mood"},
    ],
)
def test_the_database_refuses_nonsense(commune, now, nonsense):
    fields = {"module": "booking", "stage": "prospect", "since": now, **nonsense}

    with pytest.raises(IntegrityError), transaction.atomic():
        Onboarding.objects.create(commune=commune, **fields)


def test_a_commune_has_one_stage_per_module(commune, now):
    move(commune, Stage.COMMITTED, now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Onboarding.objects.create(commune=commune, module=Module.BOOKING, since=now)
