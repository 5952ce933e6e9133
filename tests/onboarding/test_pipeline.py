"""What is written about a commune on its way, through the actions."""

from datetime import timedelta

import pytest

from ideas import actions as ideas
from ideas.actions import Words
from identity.members import Member
from onboarding import contacts, obstacles, pipeline, todo
from onboarding.actions import MoveRefused, ReasonMissing
from onboarding.contacts import Person, Said
from onboarding.models import (
    Contact,
    ExistingSolution,
    Interaction,
    Obstacle,
    Onboarding,
    StageEvent,
    Task,
)
from onboarding.pipeline import Wish
from onboarding.stages import Module, Reason, Stage
from tests.conftest import NOW, owner
from training.models import Attendance, TrainingSession


pytestmark = [pytest.mark.django_db, pytest.mark.public]
TODAY = NOW.date()
LEA = Member(user_id=5, name="Léa Martin", role="referent", association_id=1)


@pytest.fixture
def equipped(commune):
    with owner():
        commune.station_count, commune.population = 2, 5190
        commune.save(update_fields=["station_count", "population"])
    return commune


def advance(commune, stage, *, module=Module.BOOKING, now=NOW, **more):
    wish = Wish(stage, **more)
    return pipeline.advance(
        commune=commune, module=module, wish=wish, by=LEA, now=now, today=now.date()
    )


def consider(commune, **more):
    return advance(
        commune, Stage.CONSIDERING, reason=Reason.HAS_SOLUTION, evidence="Vue le 3", **more
    )


def test_a_commune_considers_with_an_obstacle_and_a_next_action(equipped):
    consider(equipped, next_action="Envoyer la convention", next_on=TODAY + timedelta(days=3))

    event = StageEvent.objects.get()
    assert (event.evidence, event.by_name) == ("Vue le 3", "Léa Martin")
    assert Obstacle.objects.get().reason_code == Reason.HAS_SOLUTION
    task = Task.objects.get()
    assert (task.title, task.due) == ("Envoyer la convention", TODAY + timedelta(days=3))


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        ({"stage": Stage.CONSIDERING, "evidence": "x"}, ReasonMissing),
        ({"stage": Stage.CONSIDERING, "reason": Reason.COST}, pipeline.EvidenceMissing),
        ({"stage": Stage.COMMITTED}, pipeline.EvidenceMissing),
        ({"stage": Stage.DECLINED, "reason": Reason.COST}, pipeline.DateMissing),
        ({"stage": Stage.DECLINED, "reason": Reason.COST, "until": TODAY}, pipeline.DateMissing),
        ({"stage": Stage.LIVE, "evidence": "x"}, MoveRefused),
    ],
)
def test_a_stage_is_refused_without_what_it_asks_for(equipped, wish, refusal):
    with pytest.raises(refusal):
        advance(equipped, **wish)

    assert not StageEvent.objects.exists()


def test_appointments_need_a_station_and_reports_do_not(commune):
    with pytest.raises(pipeline.NotEquipped):
        consider(commune)

    assert consider(commune, module=Module.REPORTS).stage == Stage.CONSIDERING


def test_the_last_move_is_taken_back_by_a_move_of_its_own(equipped):
    consider(equipped)
    later = NOW + timedelta(days=5)
    advance(equipped, Stage.COMMITTED, evidence="Délibération du 12", now=later)
    first, second = StageEvent.objects.all()

    back = pipeline.undo(
        commune=equipped, module=Module.BOOKING, event_id=second.pk, by=LEA, now=later
    )

    assert (back.stage, back.since) == (Stage.CONSIDERING, NOW)
    assert back.reason_code == Reason.HAS_SOLUTION
    assert StageEvent.objects.count() == 3
    with pytest.raises(pipeline.NothingToUndo):
        pipeline.undo(
            commune=equipped, module=Module.BOOKING, event_id=second.pk, by=LEA, now=later
        )
    again = pipeline.undo(
        commune=equipped, module=Module.BOOKING, event_id=first.pk, by=LEA, now=later
    )
    assert (again.stage, again.reason_code) == (Stage.PROSPECT, "")


def test_nothing_is_taken_back_where_nothing_moved(equipped):
    with pytest.raises(pipeline.NothingToUndo):
        pipeline.undo(commune=equipped, module=Module.BOOKING, event_id=1, by=LEA, now=NOW)


def test_the_night_writes_each_reminder_once_and_moving_on_settles_it(equipped):
    consider(equipped)
    much_later = NOW + timedelta(days=31)

    assert todo.remind(now=much_later) == 1
    assert todo.remind(now=much_later) == 0
    task = Task.objects.get()
    assert (task.rule, task.due) == ("considering", TODAY + timedelta(days=30))

    advance(equipped, Stage.COMMITTED, evidence="Délibération", now=much_later)
    task.refresh_from_db()
    assert task.done_at == much_later
    assert todo.remind(now=much_later + timedelta(days=14)) == 1


def test_a_reminder_that_waits_gets_no_second_one_and_returns_once_done(equipped):
    consider(equipped)
    todo.remind(now=NOW + timedelta(days=31))

    assert todo.remind(now=NOW + timedelta(days=61)) == 0
    todo.finish(task=Task.objects.get(), by=LEA, now=NOW)
    assert todo.remind(now=NOW + timedelta(days=61)) == 1


def test_a_stage_left_by_another_way_is_settled_by_the_night(equipped):
    consider(equipped)
    todo.remind(now=NOW + timedelta(days=31))
    Onboarding.objects.update(stage=Stage.LIVE, reason_code="")

    todo.remind(now=NOW + timedelta(days=32))

    assert Task.objects.get().done_at is not None


def test_a_window_is_recalled_sixty_days_before_it_opens(equipped):
    contacts.describe_solution(
        commune=equipped,
        module=Module.BOOKING,
        known={"vendor": "Agendia", "contract_end": TODAY + timedelta(days=149)},
    )

    assert todo.remind(now=NOW) == 1
    assert todo.remind(now=NOW + timedelta(days=1)) == 0
    assert Task.objects.get().about == TODAY + timedelta(days=59)
    assert todo.remind(now=NOW - timedelta(days=30)) == 0


def test_a_session_in_three_days_is_recalled_to_a_commune_in_training(equipped, association):
    session = TrainingSession.objects.create(
        association=association,
        title="Prise en main",
        kind="on_site",
        topics=["booking"],
        max_seats=12,
        status="open",
        starts_at=NOW + timedelta(days=3),
        ends_at=NOW + timedelta(days=3, hours=3),
    )
    Attendance.objects.create(
        session=session, commune=equipped, name="Ana", email="a@x.fr", state="registered"
    )
    Onboarding.objects.create(
        commune=equipped, module=Module.BOOKING, stage=Stage.TRAINING, since=NOW
    )

    assert todo.remind(now=NOW) == 1
    assert Task.objects.get().about == TODAY + timedelta(days=3)


def test_a_call_is_logged_does_its_task_and_leads_to_the_next(equipped):
    task = todo.add_task(commune=equipped, title="Rappeler", due=TODAY, by=LEA)
    person = contacts.keep(commune=equipped, person=Person("Ana Lacoste", is_main=True))
    said = Said(Interaction.Kind.CALL, TODAY, "D’accord.", "Envoyer", TODAY + timedelta(days=7))

    contacts.log(commune=equipped, said=said, contact=person, task=task, by=LEA, now=NOW)

    task.refresh_from_db()
    assert (task.done_at, task.done_by_name) == (NOW, "Léa Martin")
    assert Interaction.objects.get().contact == person
    assert Task.objects.get(done_at=None).title == "Envoyer"
    with pytest.raises(todo.TaskSettled):
        contacts.log(commune=equipped, said=said, task=task, by=LEA, now=NOW)
    assert Interaction.objects.count() == 1


def test_a_task_is_put_off_from_today_when_it_is_late(equipped):
    late = todo.add_task(commune=equipped, title="a", due=TODAY - timedelta(days=20), by=LEA)
    early = todo.add_task(commune=equipped, title="b", due=TODAY + timedelta(days=2), by=LEA)

    assert todo.put_off(task=late, today=TODAY).due == TODAY + timedelta(days=7)
    assert todo.put_off(task=early, today=TODAY).due == TODAY + timedelta(days=9)
    todo.finish(task=late, by=LEA, now=NOW)
    with pytest.raises(todo.TaskSettled):
        todo.put_off(task=late, today=TODAY)
    assert todo.reopen(task=late).done_at is None


def test_a_town_hall_has_one_person_to_call_first(equipped):
    ana = contacts.keep(commune=equipped, person=Person("Ana", is_main=True))
    bob = contacts.keep(commune=equipped, person=Person("Bob", is_main=True))
    contacts.keep(commune=equipped, person=Person("Bob", phone="05", is_main=True), contact=bob)

    ana.refresh_from_db()
    assert not ana.is_main
    contacts.forget(contact=bob)
    assert list(Contact.objects.all()) == [ana]


def test_a_referent_is_not_her_own_stand_in(equipped, make_user):
    lea = make_user("referent")

    contacts.assign(commune=equipped, main=lea, backup=lea)
    contacts.assign(commune=equipped, main=lea, backup=None)

    assert [each.rank for each in equipped.referents.all()] == ["main"]


def test_a_solution_replaces_what_was_known(equipped):
    for vendor in ("Agendia", "Guichetel"):
        contacts.describe_solution(
            commune=equipped, module=Module.BOOKING, known={"vendor": vendor, "mode": 1}
        )
    assert ExistingSolution.objects.get().vendor == "Guichetel"
    assert ExistingSolution.objects.get().is_connected

    contacts.forget_solution(commune=equipped, module=Module.BOOKING)
    assert not ExistingSolution.objects.exists()


def test_an_idea_tells_whom_it_would_let_go_on(equipped, other_commune, association):
    with owner():
        other_commune.station_count, other_commune.population = 1, 6500
        other_commune.save()
    one, same = (
        ideas.suggest(association=association, words=Words(title), now=NOW)
        for title in ("Portail famille", "Lien famille")
    )
    for commune, idea in ((equipped, one), (other_commune, same)):
        consider(commune)
        obstacle = Obstacle.objects.get(commune=commune)
        obstacles.change(obstacle=obstacle, detail="", idea=idea)
    ideas.merge(duplicate=same, original=one, now=NOW, by_name="Léa")
    obstacles.weigh_every_idea()

    one.refresh_from_db()
    same.refresh_from_db()
    assert (one.unblocks_communes, one.unblocks_inhabitants) == (2, 11690)
    assert same.unblocks_communes == 0

    obstacles.solve(obstacle=obstacle, by=LEA, now=NOW)
    one.refresh_from_db()
    assert one.unblocks_communes == 1
    obstacles.reopen(obstacle=obstacle)
    Onboarding.objects.filter(commune=other_commune).update(stage=Stage.LIVE, reason_code="")
    obstacles.weigh_ideas(commune=equipped)
    one.refresh_from_db()
    assert (one.unblocks_communes, one.unblocks_inhabitants) == (1, 5190)
