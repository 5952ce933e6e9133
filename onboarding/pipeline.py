"""A commune moves by hand: with its reason, its evidence and what comes next; and back again."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from onboarding import obstacles, todo
from onboarding.actions import ReasonMissing, move, signature
from onboarding.models import Obstacle, Onboarding, StageEvent
from onboarding.stages import EVIDENCE, NEEDS_DATE, NEEDS_REASON, Module, Reason, Stage
from parvis.errors import DomainError
from tenants.models import Commune


class EvidenceMissing(DomainError):
    """The stage asks for what shows that it is reached."""

    message = _("Dites ce qui montre que cette étape est atteinte.")


class DateMissing(DomainError):
    """The stage lasts until a day, or is to be taken up again."""

    message = _("Indiquez une date à venir : cette étape en demande une.")


class NotEquipped(DomainError):
    """Without a biometric station there is nothing to bring on line."""

    message = _("Cette commune n’a pas de station biométrique : elle n’a pas d’étape ici.")


class NothingToUndo(DomainError):
    """The commune has moved since, or the move was taken back."""

    message = _("Ce changement n’est plus le dernier : rien n’a été annulé.")


@dataclass(frozen=True, slots=True)
class Wish:
    """Where a commune is to go, what shows it, and what is done next and when."""

    stage: Stage
    reason: Reason | None = None
    evidence: str = ""
    until: date | None = None
    next_action: str = ""
    next_on: date | None = None


@transaction.atomic
def advance(
    *, commune: Commune, module: Module, wish: Wish, by: Member, now: datetime, today: date
) -> Onboarding:
    """Bring a commune to a stage as somebody of the association says.

    A commune that considers has an obstacle for its reason; the next action becomes a task.

    Raises:
        NotEquipped: appointments are for communes with a station.
        ReasonMissing, EvidenceMissing, DateMissing: the stage asks for it.
        MoveRefused: the stage cannot follow the present one.
    """
    if module == Module.BOOKING and not commune.station_count:
        raise NotEquipped
    if wish.stage in NEEDS_REASON and wish.reason is None:
        raise ReasonMissing
    if wish.stage in EVIDENCE and not wish.evidence:
        raise EvidenceMissing
    if wish.stage in NEEDS_DATE and (wish.until is None or wish.until <= today):
        raise DateMissing
    reason = wish.reason if wish.stage in NEEDS_REASON else None
    onboarding = move(
        commune=commune,
        module=module,
        stage=wish.stage,
        reason=reason,
        now=now,
        by=by,
        evidence=wish.evidence,
        until=wish.until if wish.stage in NEEDS_DATE else None,
    )
    if wish.stage == Stage.CONSIDERING and reason is not None:
        _hold_back(commune, module, reason, wish=wish, by=by, now=now)
    if wish.next_action and wish.next_on:
        todo.add_task(commune=commune, title=wish.next_action, due=wish.next_on, by=by)
    todo.settle(commune=commune, module=module, stage=wish.stage, now=now)
    obstacles.weigh_ideas(commune=commune)
    return onboarding


def _hold_back(
    commune: Commune, module: Module, reason: Reason, *, wish: Wish, by: Member, now: datetime
) -> None:
    known = Obstacle.objects.filter(
        commune=commune, module=module, reason_code=reason, solved_at=None
    )
    if not known.exists():
        obstacles.note(
            commune=commune, module=module, reason=reason, detail=wish.evidence, by=by, now=now
        )


@transaction.atomic
def undo(
    *, commune: Commune, module: Module, event_id: int, by: Member, now: datetime
) -> Onboarding:
    """Take the last move back by a move of its own: the stage, its reason and its age return.

    Raises:
        NothingToUndo: that move is not the last one that stands.
    """
    onboarding = (
        Onboarding.objects.select_for_update(of=("self",))
        .filter(commune=commune, module=module)
        .first()
    )
    standing = standing_moves(list(onboarding.events.all())) if onboarding else []
    if onboarding is None or not standing or standing[-1].pk != event_id:
        raise NothingToUndo
    last, before = standing[-1], standing[-2] if len(standing) > 1 else None
    onboarding.stage = last.from_stage
    onboarding.since = before.at if before else last.at
    onboarding.reason_code = before.reason_code if before else ""
    onboarding.until = before.until if before else None
    onboarding.save(update_fields=["stage", "since", "reason_code", "until"])
    StageEvent.objects.create(
        onboarding=onboarding,
        from_stage=last.to_stage,
        to_stage=last.from_stage,
        reason_code=onboarding.reason_code,
        until=onboarding.until,
        at=now,
        undoes=last,
        **signature(by),
    )
    todo.settle(commune=commune, module=module, stage=onboarding.stage, now=now)
    obstacles.weigh_ideas(commune=commune)
    return onboarding


def standing_moves(events: list[StageEvent]) -> list[StageEvent]:
    """Keep the moves that stand, oldest first: neither taken back nor taking back."""
    taken_back = {event.undoes_id for event in events if event.undoes_id}
    return [event for event in events if not event.undoes_id and event.pk not in taken_back]
