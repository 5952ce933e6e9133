"""From the last item to the opening, and back: who may, when, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from identity.members import Member
from onboarding import elsewhere, facts, first_use, gate_actions, tasks
from onboarding.models import Launch, Onboarding, Proof, ReadinessItem, Referent, Task
from onboarding.readiness import ITEMS
from onboarding.stages import Module, Stage
from parvis.models import OutgoingEmail
from tenants.models import Commune
from tests.conftest import owner
from tests.factories import AppointmentFactory


pytestmark = pytest.mark.django_db
MAYOR = Member(user_id=1, name="Camille Laurent", role="admin", commune_id=1)
DIRECTOR = Member(user_id=2, name="Jeanne Duval", role="director", association_id=1)


@pytest.fixture
def configuring(commune):
    """Pauillac before its opening, every item settled."""
    with owner():
        Commune.objects.filter(pk=commune.pk).update(state="configuring", opened_at=None)
    connection.set_tenant(Commune.objects.get(pk=commune.pk))
    return Commune.objects.get(pk=commune.pk)


@pytest.fixture
def settled(configuring, monkeypatch):
    """What the commune writes of itself says that nothing is missing."""
    with owner():
        write(configuring)
    monkeypatch.setattr(gate_actions, "write_readiness", lambda **_now: [])
    return configuring


def write(commune, **broken):
    ReadinessItem.objects.filter(commune=commune).delete()
    ReadinessItem.objects.bulk_create(
        ReadinessItem(
            commune=commune,
            code=item.code,
            is_done=item.code not in broken,
            is_blocking=item.is_blocking,
            checked_at=timezone.now(),
        )
        for item in ITEMS
    )


def ask(commune, now):
    return gate_actions.ask(commune=commune, by=MAYOR, wished_on=None, now=now)


def test_an_opening_taken_back_at_once_is_told_to_nobody(settled, make_user, now):
    make_user("admin", commune=settled)
    launch = ask(settled, now)
    with owner():
        gate_actions.undo_from_association(commune=settled, by=DIRECTOR, now=now)

        gate_actions.tell_asked(launch_id=launch.pk)

        assert not Task.objects.exists()


def test_the_whole_way_to_the_opening_and_back(settled, make_user, now):
    make_user("admin", commune=settled)
    launch = ask(settled, now)
    with pytest.raises(gate_actions.AlreadyAsked), transaction.atomic():
        ask(settled, now)
    at = now + timedelta(days=1)
    with owner():
        for _delivery in range(2):
            gate_actions.tell_asked(launch_id=launch.pk)
        assert Task.objects.get().done_at is None
        gate_actions.approve(launch=launch, by=DIRECTOR, opens_at=at, now=now)
        assert Task.objects.get().done_by_name == "Jeanne Duval"
        with pytest.raises(gate_actions.Answered), transaction.atomic():
            gate_actions.refuse(launch=launch, by=DIRECTOR, reason="Non", now=now)
        assert not gate_actions.open_due(launch_id=launch.pk, now=now)  # not yet
        assert gate_actions.settle(now=now) == 0
        assert gate_actions.settle(now=at) == 1  # the commune looks at itself first
        assert gate_actions.open_due(launch_id=launch.pk, now=at)
        assert not gate_actions.open_due(launch_id=launch.pk, now=at)  # delivered twice
        assert Commune.objects.get(pk=settled.pk).state == "ready"
        told = set(OutgoingEmail.objects.values_list("subject", flat=True))
        assert {each for each in told if "ouverte à ses habitants" in each}

    gate_actions.undo_from_commune(commune=settled, by=MAYOR, now=at + timedelta(hours=23))

    with owner():
        assert gate_actions.settle(now=at + timedelta(hours=23)) == 1
        assert gate_actions.settle(now=at + timedelta(hours=23)) == 0
        assert Commune.objects.get(pk=settled.pk).state == "configuring"
    assert ask(settled, at + timedelta(days=2)).pk != launch.pk  # and again


def test_an_opening_of_yesterday_stays(settled, now):
    launch = ask(settled, now)
    with owner():
        Launch.objects.filter(pk=launch.pk).update(approved_at=now, opens_at=now, opened_at=now)

    with pytest.raises(gate_actions.TooLate):
        gate_actions.undo_from_commune(commune=settled, by=MAYOR, now=now + timedelta(hours=24))


def test_nothing_is_asked_while_something_blocks(configuring, now):
    with pytest.raises(gate_actions.NotReady) as refusal:
        ask(configuring, now)

    assert "Convention de traitement des données acceptée" in str(refusal.value)
    assert Launch.objects.count() == 0


def test_an_open_commune_does_not_ask(commune, now):
    with pytest.raises(gate_actions.AlreadyOpen):
        ask(commune, now)


def test_what_broke_meanwhile_keeps_the_site_closed(settled, make_user, now):
    make_user("admin", commune=settled)
    launch = ask(settled, now)
    with owner():
        gate_actions.approve(launch=launch, by=DIRECTOR, opens_at=now, now=now)
        write(settled, slots=True)

        assert not gate_actions.open_due(launch_id=launch.pk, now=now)

        launch.refresh_from_db()
        assert Commune.objects.get(pk=settled.pk).state == "configuring"
        assert "Un créneau libre" in launch.reason
        with pytest.raises(gate_actions.Answered):
            gate_actions.approve(launch=launch, by=DIRECTOR, opens_at=now, now=now)


def test_a_date_over_is_refused(settled, now):
    launch = ask(settled, now)
    with owner(), pytest.raises(gate_actions.InThePast):
        gate_actions.approve(
            launch=launch, by=DIRECTOR, opens_at=now - timedelta(hours=1), now=now
        )


def test_a_waiver_needs_a_reason_and_something_waivable(settled, now):
    with owner():
        write(settled, training=True, agreement=True)
        with pytest.raises(gate_actions.NotWaivable):
            gate_actions.waive(
                commune=settled, code="agreement", by=DIRECTOR, reason="Non", now=now
            )
        gate_actions.waive(
            commune=settled, code="training", by=DIRECTOR, reason="Formée ailleurs", now=now
        )
        assert gate_actions.blocking(settled) == ["Convention de traitement des données acceptée"]
        gate_actions.withdraw_waiver(commune=settled, code="training")
        assert len(gate_actions.blocking(settled)) == 2


def test_writing_readiness_again_keeps_a_waiver(configuring, now):
    tasks.check_readiness()
    with owner():
        gate_actions.waive(
            commune=configuring, code="admins", by=DIRECTOR, reason="Une secrétaire", now=now
        )

    tasks.check_readiness()

    item = ReadinessItem.objects.get(code="admins")
    assert item.waiver_reason == "Une secrétaire"
    assert "Dispense accordée" in item.evidence
    assert "admins" in facts.situation(now=now).waived


@pytest.mark.parametrize(
    "write_it",
    [
        lambda c: ReadinessItem.objects.filter(commune=c).update(waived_at=timezone.now()),
        lambda c: ReadinessItem.objects.create(
            commune=c,
            code="x",
            is_done=True,
            is_blocking=True,
            checked_at=timezone.now(),
            waived_at=timezone.now(),
            waiver_reason="moi-même",
        ),
        lambda c: Launch.objects.create(
            commune=c, asked_at=timezone.now(), approved_at=timezone.now(), opens_at=timezone.now()
        ),
        lambda c: Launch.objects.filter(commune=c).update(opens_at=timezone.now()),
        lambda c: Proof.objects.filter(commune=c).update(at=timezone.now()),
        lambda c: Commune.objects.filter(pk=c.pk).update(state="ready"),
        lambda c: Commune.objects.filter(pk=c.pk).update(station_count=3),
    ],
    ids=["waive", "waived", "approved", "date", "rewrite", "open", "stations"],
)
def test_a_commune_cannot_write_what_the_association_decides(commune, write_it):
    with pytest.raises(DatabaseError), transaction.atomic():
        write_it(commune)


def test_a_commune_touches_and_reads_its_own_rows_only(commune, other_commune, now):
    with owner():
        write(other_commune)
        Proof.objects.create(commune=other_commune, kind="poster", at=now)

    assert ReadinessItem.objects.count() == Proof.objects.count() == 0
    assert Commune.objects.filter(pk=other_commune.pk).update(phone="0") == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        Proof.objects.create(commune=other_commune, kind="mail", at=now)


def test_the_first_real_booking_makes_a_commune_live(settled, now):
    launch = ask(settled, now)
    with owner():
        Launch.objects.filter(pk=launch.pk).update(approved_at=now, opens_at=now, opened_at=now)
        Onboarding.objects.create(
            commune=settled, module=Module.BOOKING, stage=Stage.TRAINING, since=now
        )
    AppointmentFactory(channel="online", booked_at=now - timedelta(hours=1))  # a trial
    AppointmentFactory(channel="phone", booked_at=now + timedelta(hours=1))
    again = AppointmentFactory(channel="online", booked_at=now + timedelta(hours=1))
    again.events.create(kind="booked", by_id=7, at=now)  # of somebody logged in
    assert first_use.tell(now=now + timedelta(hours=2)) == 0

    AppointmentFactory(channel="online", booked_at=now + timedelta(hours=1))
    assert first_use.tell(now=now + timedelta(hours=2)) == 1

    with owner():
        for _delivery in range(2):
            tasks.note_first_use(commune_id=settled.pk, module="booking")
        onboarding = Onboarding.objects.get(commune=settled)
        assert onboarding.stage == Stage.LIVE
        assert onboarding.events.count() == 1


def test_a_commune_knows_its_referent_and_backup(commune, make_user):
    main, backup = make_user("director"), make_user("referent")
    with owner():
        Referent.objects.create(commune=commune, user=main, rank="main")
        Referent.objects.create(commune=commune, user=backup, rank="backup")

    assert [each.name for each in elsewhere.helpers(commune)] == ["director", "referent"]


def test_the_association_reads_the_gate_and_answers_it(
    settled, director, now, other_commune, settings
):
    settings.DEMO = True
    launch = ask(settled, timezone.now())
    page = f"/communes/{settled.insee_code}/ouverture/"

    assert "Demandée par Camille Laurent" in director.get(page).content.decode()
    wrong = director.post(f"{page}accepter/", {"opens_at": "demain"})
    assert wrong.status_code == 422
    past = director.post(f"{page}accepter/", {"opens_at": "2020-01-01T09:00"})
    assert (past.status_code, "Choisissez une date à venir" in past.content.decode()) == (
        422,
        True,
    )
    assert director.post(f"{page}refuser/", {"refus-reason": ""}).status_code == 422
    assert director.post(f"{page}accepter/", {"opens_at": "2099-01-01T09:00"}).status_code == 302
    assert director.post(f"{page}accepter/", {"opens_at": "2099-01-01T09:00"}).status_code == 422
    with owner():
        launch.refresh_from_db()
        assert launch.answered_by_name == "director"
    assert director.post(f"{page}annuler/").status_code == 302
    assert director.post(f"{page}annuler/").status_code == 409
    waiver = f"/communes/{settled.insee_code}/dispense/training/"
    assert director.post(waiver, {"reason": ""}).status_code == 422
    assert director.post(waiver, {"reason": "Formée au siège"}).status_code == 302
    assert "Formée au siège" in director.get(page).content.decode()
    assert director.get(f"/communes/{settled.insee_code}/dispense/legal/").status_code == 404
    assert director.get("/communes/33000/ouverture/").status_code == 404
