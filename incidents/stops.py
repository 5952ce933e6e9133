"""What a team says of a stop of its round, on the spot: done, not found, to be seen again.

An answer has a key: sent again, it finds the first and changes nothing. It counts even when the
round was closed meanwhile, or the report: what was done on the ground is never lost.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy

from identity.members import REPORT_AGENT, Member
from incidents import desk, interventions, photos
from incidents.actions import move
from incidents.calendar import zone
from incidents.interventions import Work
from incidents.models import Photo, Report, Round, Stop
from incidents.workflow import Actor, Status, moves
from parvis.errors import DomainError


Outcome = Stop.Outcome


class AlreadyLeft(DomainError):
    """Somebody else of the team has answered about this stop."""

    message = gettext_lazy("Cet arrêt a déjà été noté sur un autre téléphone.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the team says of a stop; ``reason`` goes with what is done."""

    outcome: str
    key: UUID
    reason: str = ""
    note: str = ""
    picture: bytes | None = None
    minutes: int = 0
    material: str = ""


def team_of(tour: Round) -> Member:
    """Return who acts: the team of the round, since nobody logs in outdoors."""
    name = tour.team.name if tour.team else tour.title
    return Member(user_id=0, name=name[:80], role=REPORT_AGENT)


@transaction.atomic
def leave(*, stop: Stop, answer: Answer, now: datetime) -> Stop:
    """Write down what became of a stop, and close its report when it is done.

    Returns the stop as it is now; a round without a stop left is closed.

    Raises:
        AlreadyLeft: another answer came first.
        ReasonMissing: what was done is not said.
        PhotoMissing: the category asks for a photo of the work done.
        pictures.Unfit: the photo is none that can be kept.
    """
    current = (
        Stop.objects.select_for_update(of=("self",), no_key=True)
        .select_related("round__team", "report__category", "report__contact")
        .get(pk=stop.pk)
    )
    if current.key == answer.key:
        return current
    if current.done_at is not None:
        raise AlreadyLeft
    by = team_of(current.round)
    with translation.override("fr"):
        _tell(current.report, answer, by=by, now=now)
    current.outcome, current.done_at = answer.outcome, now
    current.key, current.note = answer.key, answer.note[:300]
    current.save(update_fields=["outcome", "done_at", "key", "note"])
    _close_when_empty(current.round, now=now)
    return current


def _tell(report: Report, answer: Answer, *, by: Member, now: datetime) -> None:
    if answer.picture is not None:
        stage = Photo.Stage.AFTER if answer.outcome == Outcome.DONE else Photo.Stage.EVIDENCE
        photos.add(report=report, content=answer.picture, stage=stage, now=now, by=by)
    if answer.outcome == Outcome.DONE:
        _finish(report, answer, by=by, now=now)
    elif answer.outcome == Outcome.NOT_FOUND:
        _ask(report, answer, by=by, now=now)
    else:
        words = answer.note or _("À revoir.")
        desk.note(report=report, text=words, by=by, now=now)


def _finish(report: Report, answer: Answer, *, by: Member, now: datetime) -> None:
    work = Work(done_on=localdate(now, zone()), minutes=answer.minutes, material=answer.material)
    if not work.is_empty:
        interventions.keep(reports=[report], work=work, by=by, key=answer.key, now=now)
    if answer.note:
        desk.note(report=report, text=answer.note, by=by, now=now)
    if not report.is_closed:
        move(
            report=report,
            to=Status.RESOLVED,
            actor=Actor.STAFF,
            by=by,
            now=now,
            reason=answer.reason,
        )


def _ask(report: Report, answer: Answer, *, by: Member, now: datetime) -> None:
    """Ask the reporter where it is, if she can be asked; the town hall reads the note."""
    note = _("Pas trouvé sur place.")
    desk.note(report=report, text=f"{note} {answer.note}".strip(), by=by, now=now)
    is_legal = Status.AWAITING_REPORTER in moves(Status(report.status), Actor.STAFF)
    if is_legal and report.contact.email and report.contact.wants_news:
        question = _(
            "Notre équipe est passée et n’a pas trouvé ce que vous avez signalé."
            " Pouvez-vous préciser l’endroit ?"
        )
        move(
            report=report,
            to=Status.AWAITING_REPORTER,
            actor=Actor.STAFF,
            by=by,
            now=now,
            text=question,
        )


def _close_when_empty(tour: Round, *, now: datetime) -> None:
    if not tour.stops.filter(done_at__isnull=True).exists():
        Round.objects.filter(pk=tour.pk, closed_at__isnull=True).update(closed_at=now)
