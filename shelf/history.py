"""Where something of the library stands in the commune, and what is kept of its changes."""

from datetime import datetime
from typing import Any

from identity.members import Member
from parvis.deferred import defer
from shelf.kinds import SERVICE
from shelf.mappings import MAPPINGS, Mapping
from shelf.models import Arrival, Origin, UpdateProposal
from shelf.offers import APPLIED, CONFLICT, DETACHED, Outcome


Cause = Arrival.Cause
State = UpdateProposal.State


def standing(*, origin: Origin) -> Outcome:
    """Say where something of the library stands in this commune."""
    waiting = origin.proposals.filter(state=State.OPEN).count()
    state = CONFLICT if waiting else APPLIED
    if origin.detached_at is not None:
        state = DETACHED
    return Outcome(state=state, held=origin.version, conflicts=waiting)


def current(*, origin: Origin) -> dict[str, Any] | None:
    """Return what the commune's row says now; None when it is gone."""
    return mapping_of(origin).read(origin, origin.base)


def settle(proposal: UpdateProposal, state: State, by_name: str, now: datetime) -> None:
    """Answer a proposal, or close it."""
    proposal.state, proposal.answered_at, proposal.by_name = state, now, by_name
    proposal.save(update_fields=["state", "answered_at", "by_name"])


def record(
    origin: Origin,
    cause: Cause,
    by: Member | None,
    now: datetime,
    sides: tuple[Any, Any] = (None, None),
) -> None:
    """Remember a change, with the row before and after it.

    Whoever has an appointment hears of it when she is to bring something else.
    """
    Arrival.objects.create(
        origin=origin,
        cause=cause,
        version=origin.version,
        before=sides[0],
        after=sides[1],
        at=now,
        by_name=by.name if by else "",
    )
    if origin.kind == SERVICE.code and _documents(sides[0]) != _documents(sides[1]):
        defer("booking.tell_new_documents", service_id=origin.row_id)


def _documents(side: Any) -> set[str] | None:
    return None if side is None else {item["key"] for item in side["documents"]}


def mapping_of(origin: Origin) -> Mapping:
    """Return how its kind stands in the commune."""
    return MAPPINGS[origin.kind]
