"""The life of a report as a table: which status may follow which, by whom, and what it asks for.

Pure: the action that performs a move (``actions.move``) asks here whether it is legal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a report is; visibility is another matter."""

    RECEIVED = "received"
    TRIAGE = "triage"
    AWAITING_REPORTER = "awaiting_reporter"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    FORWARDED = "forwarded"
    TRANSFERRED = "transferred"
    RESOLVED = "resolved"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


class Actor(StrEnum):
    """Who moves a report."""

    STAFF = "staff"
    REPORTER = "reporter"
    PARTNER = "partner"
    """A contractor or another body, by its signed link."""
    SYSTEM = "system"


class Clock(StrEnum):
    """What a status does to the promised date."""

    RUNS = "runs"
    PAUSED = "paused"
    STOPPED = "stopped"


S = Status
CLOSED = frozenset({S.RESOLVED, S.REJECTED, S.DUPLICATE, S.CANCELLED})
OPEN = frozenset(Status) - CLOSED
DECIDED = frozenset({S.RESOLVED, S.REJECTED})
"""Closed by somebody who decided: this can be contested, and rated."""
TO_HANDLE = frozenset({S.RECEIVED, S.TRIAGE, S.ACCEPTED, S.REOPENED})
"""What waits for somebody of the town hall."""
WAITING = frozenset({S.AWAITING_REPORTER, S.FORWARDED, S.TRANSFERRED})
"""What waits for somebody else."""

_HANDLED = frozenset(
    {
        S.AWAITING_REPORTER,
        S.ACCEPTED,
        S.PLANNED,
        S.IN_PROGRESS,
        S.FORWARDED,
        S.TRANSFERRED,
        S.RESOLVED,
        S.REJECTED,
        S.DUPLICATE,
    }
)
BY_STAFF: Mapping[Status, frozenset[Status]] = {
    S.RECEIVED: _HANDLED | {S.TRIAGE},
    S.TRIAGE: _HANDLED,
    S.AWAITING_REPORTER: _HANDLED - {S.AWAITING_REPORTER},
    S.ACCEPTED: (_HANDLED - {S.ACCEPTED}) | {S.TRIAGE},
    S.PLANNED: _HANDLED - {S.PLANNED},
    S.IN_PROGRESS: _HANDLED - {S.IN_PROGRESS},
    S.FORWARDED: (_HANDLED - {S.FORWARDED}) | {S.TRIAGE},
    S.TRANSFERRED: frozenset(
        {S.TRIAGE, S.ACCEPTED, S.FORWARDED, S.RESOLVED, S.REJECTED, S.DUPLICATE}
    ),
    S.RESOLVED: frozenset({S.REOPENED}),
    S.REJECTED: frozenset({S.REOPENED}),
    S.DUPLICATE: frozenset({S.REOPENED}),
    S.CANCELLED: frozenset({S.REOPENED}),
    S.REOPENED: _HANDLED | {S.TRIAGE},
}
_CANCELLABLE = (S.RECEIVED, S.TRIAGE, S.AWAITING_REPORTER, S.ACCEPTED, S.PLANNED, S.REOPENED)
BY_REPORTER: Mapping[Status, frozenset[Status]] = {
    **{status: frozenset({S.CANCELLED}) for status in _CANCELLABLE},
    S.AWAITING_REPORTER: frozenset({S.TRIAGE, S.CANCELLED}),
    **{status: frozenset({S.REOPENED}) for status in CLOSED},
}
BY_PARTNER: Mapping[Status, frozenset[Status]] = {
    S.FORWARDED: frozenset({S.PLANNED, S.IN_PROGRESS, S.RESOLVED, S.TRIAGE}),
    S.PLANNED: frozenset({S.IN_PROGRESS, S.RESOLVED, S.TRIAGE}),
    S.IN_PROGRESS: frozenset({S.RESOLVED, S.TRIAGE}),
    S.TRANSFERRED: frozenset({S.TRIAGE, S.RESOLVED, S.REJECTED}),
}
BY_SYSTEM: Mapping[Status, frozenset[Status]] = {
    S.AWAITING_REPORTER: frozenset({S.TRIAGE, S.REJECTED}),
    S.FORWARDED: frozenset({S.TRIAGE, S.RESOLVED}),
    S.TRANSFERRED: frozenset({S.TRIAGE, S.RESOLVED, S.REJECTED}),
}
MOVES: Mapping[Actor, Mapping[Status, frozenset[Status]]] = {
    Actor.STAFF: BY_STAFF,
    Actor.REPORTER: BY_REPORTER,
    Actor.PARTNER: BY_PARTNER,
    Actor.SYSTEM: BY_SYSTEM,
}


class Reason(StrEnum):
    """Why a report is closed without anything being repaired, or was reopened."""

    REPAIRED = "repaired"
    MADE_SAFE = "made_safe"
    ANSWERED = "answered"
    NOTHING_TO_DO = "nothing_to_do"
    OUT_OF_SCOPE = "out_of_scope"
    PRIVATE_GROUND = "private_ground"
    NOT_FOUND = "not_found"
    WRONG_PLACE = "wrong_place"
    NO_ANSWER = "no_answer"
    ALREADY_PLANNED = "already_planned"
    ABUSIVE = "abusive"
    NOT_REPAIRED = "not_repaired"
    BADLY_REPAIRED = "badly_repaired"
    OTHER = "other"


REASONS: Mapping[Status, tuple[Reason, ...]] = {
    S.RESOLVED: (Reason.REPAIRED, Reason.MADE_SAFE, Reason.ANSWERED, Reason.NOTHING_TO_DO),
    S.REJECTED: (
        Reason.OUT_OF_SCOPE,
        Reason.PRIVATE_GROUND,
        Reason.NOT_FOUND,
        Reason.WRONG_PLACE,
        Reason.NO_ANSWER,
        Reason.ALREADY_PLANNED,
        Reason.NOTHING_TO_DO,
        Reason.ABUSIVE,
    ),
    S.REOPENED: (Reason.NOT_REPAIRED, Reason.BADLY_REPAIRED, Reason.OTHER),
}
"""What has to be said with a move; a status that is not here asks for no reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a status means for the clock and for those who follow."""

    clock: Clock = Clock.RUNS
    is_told: bool = True


EFFECTS: Mapping[Status, Effect] = {
    S.RECEIVED: Effect(),
    S.TRIAGE: Effect(is_told=False),
    S.AWAITING_REPORTER: Effect(clock=Clock.PAUSED),
    S.ACCEPTED: Effect(),
    S.PLANNED: Effect(),
    S.IN_PROGRESS: Effect(),
    S.FORWARDED: Effect(),
    S.TRANSFERRED: Effect(clock=Clock.PAUSED),
    S.RESOLVED: Effect(clock=Clock.STOPPED),
    S.REJECTED: Effect(clock=Clock.STOPPED),
    S.DUPLICATE: Effect(clock=Clock.STOPPED),
    S.REOPENED: Effect(),
    S.CANCELLED: Effect(clock=Clock.STOPPED),
}


def moves(status: Status, actor: Actor) -> frozenset[Status]:
    """Return where this actor may move a report that is in this status."""
    return MOVES[actor].get(status, frozenset())


def is_legal(before: Status, after: Status, actor: Actor) -> bool:
    """Tell whether this actor may make this move."""
    return after in moves(before, actor)


def reasons(status: Status) -> tuple[Reason, ...]:
    """Return the reasons among which one must be given with a move to this status."""
    return REASONS.get(status, ())
