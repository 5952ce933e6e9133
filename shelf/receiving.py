"""Take something of the library, and let its versions come into the commune's own rows.

Everything runs in one transaction per change: the shelf's lock, then the rows through the app
they belong to (so that its settings can undo it), then proposals and history.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from identity.members import Member
from shelf import mappings
from shelf.history import Cause, State, mapping_of, record, settle, standing
from shelf.kinds import KINDS, SCHEMA_VERSION
from shelf.merge import Conflict, covers, differences, get, impose, same
from shelf.models import Origin, UpdateProposal, kept, unwrapped
from shelf.offers import (
    APPLIED,
    CONFLICT,
    DETACHED,
    GONE,
    AlreadyTaken,
    Offer,
    Outcome,
)
from shelf.plans import LEGAL, Plan, plan


@dataclass(slots=True)
class _Came:
    """What the work inside a reconfiguration found."""

    plan: Plan = field(default_factory=lambda: Plan({}))
    is_gone: bool = False


@transaction.atomic(savepoint=False)
def receive(*, offer: Offer, now: datetime) -> Outcome:
    """Bring a version into the commune's row, once; what is older than the row changes nothing."""
    mappings.lock()
    origin = _origin_of(offer)
    if origin is None:
        if offer.policy == LEGAL and KINDS[offer.kind].arrives_by_law:
            return take(offer=offer, by=None, now=now)
        return Outcome(state=GONE)
    if offer.adapted_from is not None:
        origin.save(update_fields=["template_uuid"])
    if origin.detached_at is not None:
        return Outcome(state=DETACHED, held=origin.version)
    if origin.version >= offer.number:
        return standing(origin=origin)
    came = _Came()
    mapping_of(origin).reconfigure(
        label=offer.title, work=partial(_bring, origin, offer, came, now), by=None, now=now
    )
    if came.is_gone:
        return Outcome(state=DETACHED, held=origin.version)
    outcome = standing(origin=origin)
    outcome.replaced = len(came.plan.replaced)
    return outcome


@transaction.atomic
def forecast(*, offer: Offer) -> Outcome:
    """Say what :func:`receive` would do, without writing anything."""
    origin = _origin_of(offer)
    if origin is None:
        comes = offer.policy == LEGAL and KINDS[offer.kind].arrives_by_law
        return Outcome(state=APPLIED if comes else GONE)
    if origin.detached_at is not None:
        return Outcome(state=DETACHED, held=origin.version)
    mine = mapping_of(origin).read(origin, offer.payload)
    if mine is None:
        return Outcome(state=DETACHED, held=origin.version)
    made = _plan(origin, offer, mine)
    return Outcome(
        state=CONFLICT if made.conflicts else APPLIED,
        held=origin.version,
        conflicts=len(made.conflicts),
        replaced=len(made.replaced),
    )


@transaction.atomic
def take(*, offer: Offer, by: Member | None, now: datetime) -> Outcome:
    """Give the commune something of the library; what it already has of that name is kept.

    Raises:
        AlreadyTaken: the commune has this template.
    """
    mappings.lock()
    if _origin_of(offer) is not None:
        raise AlreadyTaken
    origin = _new_origin(offer, now)
    mapping = mapping_of(origin)
    own = mapping.find(offer.slug, offer.payload)
    if mapping.is_row:
        origin.object_id = own
    came = _Came()
    bring = partial(_bring, origin, offer, came, now, cause=Cause.TAKEN, by=by, is_new=own is None)
    mapping.reconfigure(label=offer.title, work=bring, by=by, now=now)
    outcome = standing(origin=origin)
    outcome.replaced = len(came.plan.replaced)
    return outcome


@transaction.atomic
def attach(*, offers: Sequence[Offer], now: datetime) -> bool | None:
    """Recognise a row that was installed before the library knew of it; change nothing in it.

    ``offers`` are the versions of one template, the newest first. A row that says exactly what
    one of them says stands on that one; any other on the oldest. Returns whether it was
    untouched, None when there is nothing to recognise.
    """
    mappings.lock()
    newest = offers[0]
    if _origin_of(newest) is not None:
        return None
    mapping, kind = mappings.MAPPINGS[newest.kind], KINDS[newest.kind]
    found = mapping.find(newest.slug, newest.payload)
    if found is None:
        return None
    origin = _new_origin(newest, now)
    origin.object_id = found if mapping.is_row else None
    if mapping.is_row and Origin.objects.filter(kind=origin.kind, object_id=found).exists():
        return None
    mine = mapping.read(origin, newest.payload) or {}
    alike = [each for each in offers if not differences(each.payload, mine, lists=kind.lists)]
    base = alike[0] if alike else offers[-1]
    origin.version, origin.base = base.number, base.payload
    origin.keys = [] if mapping.is_row else _keys(mine, kind.lists)
    origin.save()
    return bool(alike)


def enforce(*, now: datetime) -> int:
    """Put back what the law imposes where it was changed since; return how many were."""
    imposed = Origin.objects.filter(by_law=True, detached_at=None)
    return sum(_enforce(origin, now) for origin in imposed)


@transaction.atomic
def _enforce(origin: Origin, now: datetime) -> bool:
    mappings.lock()
    mapping, lists = mapping_of(origin), KINDS[origin.kind].lists
    mine = mapping.read(origin, origin.base)
    wanted = impose(origin.base, mine or {}, lists=lists)
    if mine is not None and not differences(mine, wanted, lists=lists):
        return False

    def work() -> None:
        mapping.write(origin, wanted)
        origin.save()

    label = _("Imposé par la loi, remis en place : %(name)s") % {"name": origin.name}
    mapping.reconfigure(label=label, work=work, by=None, now=now)
    record(origin, Cause.LAW, None, now, (mine, wanted))
    return True


def _bring(  # noqa: PLR0913 (the work of one transaction)
    origin: Origin,
    offer: Offer,
    came: _Came,
    now: datetime,
    *,
    cause: Cause = Cause.MERGED,
    by: Member | None = None,
    is_new: bool = False,
) -> None:
    """Read the row under the lock, merge, write it, and keep what is to be decided."""
    mapping = mapping_of(origin)
    mine = None if is_new else mapping.read(origin, offer.payload)
    if mine is None and not is_new:
        came.is_gone = True
        origin.detached_at = now
        origin.save()
        record(origin, Cause.DETACHED, by, now)
        return
    came.plan = Plan(offer.payload) if mine is None else _plan(origin, offer, mine)
    if mine is None or differences(mine, came.plan.payload, lists=KINDS[origin.kind].lists):
        mapping.write(origin, came.plan.payload)
    origin.version, origin.base, origin.name = offer.number, offer.payload, offer.name
    origin.by_law, origin.last_merged_at = offer.policy == LEGAL, now
    origin.save()
    _propose(origin, offer, came.plan, now)
    cause = Cause.LAW if origin.by_law else cause
    if cause != Cause.MERGED or differences(
        mine or {}, came.plan.payload, lists=KINDS[origin.kind].lists
    ):
        record(origin, cause, by, now, (mine, came.plan.payload))


def _plan(origin: Origin, offer: Offer, mine: dict[str, Any]) -> Plan:
    return plan(
        base=origin.base if origin.version else {},
        theirs=offer.payload,
        mine=mine,
        policy=offer.policy,
        lists=KINDS[origin.kind].lists,
        locked=origin.locked,
    )


def _propose(origin: Origin, offer: Offer, made: Plan, now: datetime) -> None:
    """Keep the conflicts; a proposal that was open keeps the base it came up with."""
    waiting = list(origin.proposals.filter(state=State.OPEN)) if origin.pk else []
    for each in waiting:
        _follow_up(each, offer, made, now)
    still = [each.path for each in waiting if each.state == State.OPEN]
    closed = {each.path for each in waiting} - set(still)
    UpdateProposal.objects.bulk_create(
        _proposal(origin, conflict, offer.number, now)
        for conflict in made.conflicts
        if conflict.path not in closed and not any(covers(path, conflict.path) for path in still)
    )


def _follow_up(waiting: UpdateProposal, offer: Offer, made: Plan, now: datetime) -> None:
    """Close a proposal that the new version settles by itself, or bring it up to date."""
    theirs, mine = get(offer.payload, waiting.path), get(made.payload, waiting.path)
    if offer.policy == LEGAL or same(theirs, unwrapped(waiting.base)) or same(theirs, mine):
        settle(waiting, State.CLOSED, "", now)
        return
    if any(
        covers(each.path, waiting.path) and each.path != waiting.path for each in made.conflicts
    ):
        settle(waiting, State.CLOSED, "", now)  # a wider one takes its place
        return
    waiting.theirs, waiting.mine, waiting.version = kept(theirs), kept(mine), offer.number
    waiting.save(update_fields=["theirs", "mine", "version"])


def _proposal(origin: Origin, conflict: Conflict, number: int, now: datetime) -> UpdateProposal:
    return UpdateProposal(
        origin=origin,
        path=conflict.path,
        base=kept(conflict.base),
        theirs=kept(conflict.theirs),
        mine=kept(conflict.mine),
        version=number,
        at=now,
    )


def _origin_of(offer: Offer) -> Origin | None:
    """Find what stands for a template here; an adaptation takes over from the platform's."""
    own = Origin.objects.select_for_update().filter(template_uuid=offer.uuid).first()
    if own is not None or offer.adapted_from is None:
        return own
    before = Origin.objects.select_for_update().filter(template_uuid=offer.adapted_from).first()
    if before is not None:
        before.template_uuid = offer.uuid
    return before


def _new_origin(offer: Offer, now: datetime) -> Origin:
    return Origin(
        kind=offer.kind,
        template_uuid=offer.uuid,
        slug=offer.slug,
        name=offer.name,
        version=0,
        schema_version=SCHEMA_VERSION,
        base={},
        by_law=offer.policy == LEGAL,
        last_merged_at=now,
    )


def _keys(mine: dict[str, Any], lists: Any) -> list[list[Any]]:
    return [[item["key"], 0] for name in lists for item in mine[name]]
