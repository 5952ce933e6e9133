"""Sessions are planned, changed, cancelled, repeated and closed here, and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from parvis.db import rejects
from parvis.deferred import defer
from parvis.errors import DomainError
from parvis.periods import PARIS
from tenants.models import Association
from training import seating
from training.models import (
    Attendance,
    HalfDay,
    Signature,
    Teaching,
    Trainer,
    TrainingOrganisation,
    TrainingSession,
)


class TrainerTaken(DomainError):
    """Nobody teaches at two places at the same time."""

    message = _("Ce formateur anime déjà une autre session à ces heures.")


class AlreadySigned(DomainError):
    """Hours that people signed for are not changed."""

    message = _("Des personnes ont déjà signé : les horaires ne peuvent plus changer.")


class SeatsTaken(DomainError):
    """Nobody loses a seat because there are fewer."""

    message = _("Il y a déjà plus d’inscrits que de places. Gardez au moins leur nombre.")


class NotOpen(DomainError):
    """The session is over, or does not take place."""

    message = _("Cette session est terminée ou annulée.")


class TrainerKnown(DomainError):
    """Two people of one name could not be told apart on a sheet."""

    message = _("Ce nom est déjà dans la liste.")


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the association decides about a session."""

    title: str
    kind: str
    topics: list[str]
    half_days: list[tuple[datetime, datetime]]
    max_seats: int
    trainers: list[Trainer] = field(default_factory=list)
    host_commune_id: int | None = None
    place: str = ""
    meeting_url: str = ""
    room_capacity: int | None = None
    commune_quota: int | None = None
    objectives: str = ""
    programme: str = ""

    def columns(self) -> dict[str, object]:
        """Name what a session keeps of it."""
        return {
            "title": self.title,
            "kind": self.kind,
            "topics": self.topics,
            "max_seats": self.max_seats,
            "host_commune_id": self.host_commune_id,
            "place": self.place,
            "meeting_url": self.meeting_url,
            "room_capacity": self.room_capacity,
            "commune_quota": self.commune_quota,
            "objectives": self.objectives,
            "programme": self.programme,
            "starts_at": self.half_days[0][0],
            "ends_at": self.half_days[-1][1],
        }


@transaction.atomic
def create(*, association: Association, plan: Plan) -> TrainingSession:
    """Plan a session; nobody knows of it before it is opened.

    Raises:
        TrainerTaken: one of the trainers is somewhere else then.
    """
    session = TrainingSession.objects.create(
        association=association, diary_days=_days(plan), **plan.columns()
    )
    _write_half_days(session, plan)
    return session


@transaction.atomic
def change(*, session: TrainingSession, plan: Plan, now: datetime) -> TrainingSession:
    """Change a session; everybody who was invited is told, and who waits may get a seat.

    Raises:
        NotOpen: it is over or cancelled.
        AlreadySigned: its hours were signed for.
        SeatsTaken: fewer seats than people who have one.
        TrainerTaken: one of the trainers is somewhere else then.
    """
    session = seating.locked(session)
    if session.status not in {session.Status.DRAFT, session.Status.OPEN}:
        raise NotOpen
    if plan.max_seats < session.registered_count:
        raise SeatsTaken
    before = hours_of(session)
    moves = before != plan.half_days
    if moves and Signature.objects.filter(half_day__session=session).exists():
        raise AlreadySigned
    for name, value in plan.columns().items():
        setattr(session, name, value)
    session.changed_at = now
    session.sequence += 1
    session.diary_days = max(session.diary_days, _days(plan))
    session.save()
    if moves:
        session.half_days.all().delete()
        _write_half_days(session, plan)
    else:
        _write_trainers(session, plan.trainers)
    seating.promote(session, now=now)
    _tell(session)
    return session


@transaction.atomic
def open_up(*, session: TrainingSession) -> None:
    """Let people be invited; one that is open stays so.

    Raises:
        NotOpen: it is over or cancelled.
    """
    session = seating.locked(session)
    if session.status not in {session.Status.DRAFT, session.Status.OPEN}:
        raise NotOpen
    session.status = session.Status.OPEN
    session.save(update_fields=["status"])


@transaction.atomic
def cancel(*, session: TrainingSession, reason: str, now: datetime) -> None:
    """Call a session off and tell everybody; its trainers are free again.

    Raises:
        NotOpen: it is over, or cancelled already.
    """
    session = seating.locked(session)
    if session.status not in {session.Status.DRAFT, session.Status.OPEN}:
        raise NotOpen
    session.status, session.status_reason = session.Status.CANCELLED, reason
    session.changed_at = now
    session.sequence += 1
    session.save(update_fields=["status", "status_reason", "changed_at", "sequence"])
    Teaching.objects.filter(half_day__session=session).update(is_off=True)
    _tell(session)


@transaction.atomic
def duplicate(*, session: TrainingSession, days: int) -> TrainingSession:
    """Plan the same session so many days later, as a draft without trainers or people."""
    plan = Plan(
        title=session.title,
        kind=session.kind,
        topics=session.topics,
        half_days=[(_later(start, days), _later(end, days)) for start, end in hours_of(session)],
        max_seats=session.max_seats,
        host_commune_id=session.host_commune_id,
        place=session.place,
        meeting_url=session.meeting_url,
        room_capacity=session.room_capacity,
        commune_quota=session.commune_quota,
        objectives=session.objectives,
        programme=session.programme,
    )
    return create(association=session.association, plan=plan)


@transaction.atomic
def close(*, session: TrainingSession, now: datetime) -> None:
    """End a session: who signed was there, who had a seat and did not sign was not.

    Raises:
        NotOpen: it is over already, cancelled, or has not begun.
    """
    session = seating.locked(session)
    if not session.is_open or session.starts_at > now:
        raise NotOpen
    signed = Exists(Signature.objects.filter(attendance=OuterRef("pk")))
    seated = session.attendances.filter(state=Attendance.State.REGISTERED)
    seated.filter(signed).update(state=Attendance.State.ATTENDED)
    session.attendances.filter(state=Attendance.State.REGISTERED).update(
        state=Attendance.State.ABSENT
    )
    session.status = session.Status.DONE
    session.save(update_fields=["status"])
    _tell(session)


@transaction.atomic
def add_trainer(*, association: Association, name: str, email: str) -> Trainer:
    """Note somebody who teaches.

    Raises:
        TrainerKnown: the name is on the list.
    """
    with rejects("one_trainer_per_name", TrainerKnown):
        return Trainer.objects.create(association=association, name=name, email=email)


@transaction.atomic
def declare(*, association: Association, number: str) -> None:
    """Note the number of a declared training organisation; none when it is not one."""
    if number:
        TrainingOrganisation.objects.update_or_create(
            association=association, defaults={"declaration_number": number}
        )
    else:
        TrainingOrganisation.objects.filter(association=association).delete()


def hours_of(session: TrainingSession) -> list[tuple[datetime, datetime]]:
    """List the hours of a session, in order."""
    periods = session.half_days.order_by("number").values_list("period", flat=True)
    return [(period.lower, period.upper) for period in periods]


def _days(plan: Plan) -> int:
    """Count the local days of a plan."""
    return len({start.astimezone(PARIS).date() for start, _end in plan.half_days})


def _later(moment: datetime, days: int) -> datetime:
    """Move by so many local days: the hour on the wall stays, whatever the season."""
    local = moment.astimezone(PARIS)
    return (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=PARIS)


def _write_half_days(session: TrainingSession, plan: Plan) -> None:
    HalfDay.objects.bulk_create(
        HalfDay(session=session, number=number, period=DateTimeTZRange(start, end))
        for number, (start, end) in enumerate(plan.half_days, start=1)
    )
    _write_trainers(session, plan.trainers)


def _write_trainers(session: TrainingSession, trainers: Iterable[Trainer]) -> None:
    chosen = list(trainers)
    Teaching.objects.filter(half_day__session=session).delete()
    Trainer.objects.select_for_update(no_key=True).filter(
        pk__in=[trainer.pk for trainer in chosen]
    ).order_by("pk").count()
    with rejects("trainer_in_one_place", TrainerTaken):
        Teaching.objects.bulk_create(
            Teaching(half_day=half_day, trainer=trainer, period=half_day.period)
            for half_day in session.half_days.all()
            for trainer in chosen
        )


def _tell(session: TrainingSession) -> None:
    defer("training.write", session=session.pk)
