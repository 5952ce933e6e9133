"""The only writer: a commune changes stage."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import NAME_MOST, Member
from onboarding.models import Onboarding, StageEvent
from onboarding.stages import NEEDS_REASON, Module, Reason, Stage, can_move
from parvis.errors import DomainError
from tenants.models import Commune, User


class MoveRefused(DomainError):
    """The stage cannot follow the present one."""

    message = _("Cette commune ne peut pas passer directement à cette étape.")


class ReasonMissing(DomainError):
    """The stage says why, or it says nothing."""

    message = _("Indiquez la raison : cette étape en demande une.")


@transaction.atomic
def move(
    *,
    commune: Commune,
    module: Module,
    stage: Stage,
    now: datetime,
    reason: Reason | None = None,
    by: User | Member | None = None,
    evidence: str = "",
    until: date | None = None,
) -> Onboarding:
    """Bring a commune to another stage of a module, and keep the history.

    ``evidence`` is asked of people (``pipeline.advance``); whoever calls this knows a fact.

    Raises:
        MoveRefused: the stage cannot follow the present one.
        ReasonMissing: the stage asks for a reason and there is none.
    """
    onboarding, _created = Onboarding.objects.select_for_update(of=("self",)).get_or_create(
        commune=commune, module=module, defaults={"since": now}
    )
    before = Stage(onboarding.stage)
    if not can_move(before, stage):
        raise MoveRefused
    if stage in NEEDS_REASON and reason is None:
        raise ReasonMissing
    onboarding.stage, onboarding.since = stage, now
    onboarding.reason_code, onboarding.until = reason or "", until
    onboarding.save(update_fields=["stage", "since", "reason_code", "until"])
    StageEvent.objects.create(
        onboarding=onboarding,
        from_stage=before,
        to_stage=stage,
        reason_code=reason or "",
        at=now,
        evidence=evidence,
        until=until,
        **signature(by),
    )
    return onboarding


def signature(by: User | Member | None) -> dict[str, Any]:
    """Say who writes, so that histories stay readable once the account is erased."""
    if by is None:
        return {}
    number = by.user_id if isinstance(by, Member) else by.pk
    return {"by_id": number, "by_name": name_of(by)}


def name_of(by: User | Member) -> str:
    """Name whoever writes as histories keep it."""
    return by.name if isinstance(by, Member) else str(by)[:NAME_MOST]
