"""Bring the State to what a commune wishes of one number: the algorithm of section 6.2.

It may be run any number of times: it looks first, and changes only what differs. It is retried
whole, never by its last step alone, for after an error nobody knows whether that step was done.
What other editors declared is never touched.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from coordination.client import AlreadyExists, Held, Line, Outage, Standing
from coordination.locks import alone
from coordination.models import Declaration
from coordination.numbers import REFUSED, Status, masked
from coordination.wishes import held_of
from parvis.deferred import defer


BACKOFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
BUSY = timedelta(seconds=30)  # somebody else tells the State of this number
REPAIR_S = 2.0  # a removal may take effect with delay
REFUSED_TASK = "booking.ask_for_number"
log = logging.getLogger(__name__)
State = Declaration.State


class Stubborn(Exception):
    """The State still says "Already exists" after one repair."""


def sync(
    *, number: str, line: Line, now: datetime, pause: Callable[[float], None] = time.sleep
) -> bool:
    """Tell the State what is wished of a number, or note when to try again; False without answer.

    Runs outside a transaction: nothing is locked in the database while the State answers but the
    number itself.
    """
    with alone(number) as is_alone:
        rows = _current(number)
        pending = [each for each in rows if each.state in {State.WAITING, State.FAILED}]
        if not pending:
            return True
        if not is_alone:
            _wait(pending, until=now + BUSY)
            return True
        try:
            _settle(number, rows, pending, line=line, now=now, pause=pause)
        except Outage as fault:
            _try_later(pending, code=fault.code, text=str(fault), now=now, gives_up=False)
            return False
        except Stubborn:
            _try_later(pending, code=0, text="Already exists", now=now, gives_up=True)
            seen = masked(number)
            log.error("The State keeps an appointment of %s that nobody sees.", seen)  # noqa: TRY400
        return True


def _settle(
    number: str,
    rows: Sequence[Declaration],
    pending: Sequence[Declaration],
    *,
    line: Line,
    now: datetime,
    pause: Callable[[float], None],
) -> None:
    standing = line.status([number])[number]
    if standing.status is Status.CONSUMED:  # for good: nothing can be changed any more
        _finish(pending, standing, now=now)
        return
    coming = [each for each in rows if each.is_wanted and each.starts_at > now]
    wanted = [held_of(each) for each in coming]
    ours = _ours(number, standing)
    addresses = {each.management_url for each in rows if each.is_wanted}  # past visits stay
    for held in ours:
        if held.management_url not in addresses:
            line.remove(number, held)
    if wanted and standing.status is Status.UNSURE:
        raise Outage("The status of the number is not understood.")
    if standing.status is Status.VALIDATED:
        _replace(number, wanted, ours, line=line, pause=pause)
    _finish(pending, standing, now=now)


def _replace(
    number: str,
    wanted: Sequence[Held],
    ours: Sequence[Held],
    *,
    line: Line,
    pause: Callable[[float], None],
) -> None:
    """Declare what is missing; what is there in other words is removed first, in those words."""
    for held in wanted:
        if any(_is_same(held, each) for each in ours):
            continue
        for each in ours:
            if each.management_url == held.management_url:
                line.remove(number, each)
        try:
            line.declare(number, held)
        except AlreadyExists:
            _repair(number, held, line=line, pause=pause)


def _repair(number: str, held: Held, *, line: Line, pause: Callable[[float], None]) -> None:
    """Look again after a moment, remove what is in the way, declare once more.

    Raises:
        Stubborn: it exists all the same.
    """
    pause(REPAIR_S)
    standing = line.status([number])[number]
    there = [each for each in standing.appointments if each.management_url == held.management_url]
    if any(_is_same(held, each) for each in there):
        return
    for each in there or [held]:  # a ghost is in no list: it goes by the words of ours
        line.remove(number, each)
    try:
        line.declare(number, held)
    except AlreadyExists as fault:
        raise Stubborn from fault


def is_as_wished(number: str, rows: Iterable[Declaration], standing: Standing) -> bool:
    """Tell whether the State holds exactly what the rows of one number wish."""
    wanted = [held_of(each) for each in rows if each.is_wanted]
    ours = _ours(number, standing)
    return len(ours) == len(wanted) and all(
        any(_is_same(held, each) for each in ours) for held in wanted
    )


def _ours(number: str, standing: Standing) -> list[Held]:
    """Pick what the State holds under an address that was ever issued here for this number."""
    issued = set(
        Declaration.objects.filter(number=number)
        .exclude(management_url="")
        .values_list("management_url", flat=True)
    )
    return [each for each in standing.appointments if each.management_url in issued]


def _is_same(wished: Held, told: Held) -> bool:
    """Compare place, wall time and address; the State spells times in its own way."""
    return (
        wished.management_url == told.management_url
        and wished.meeting_point == told.meeting_point
        and wished.meeting_point_id == told.meeting_point_id
        and _wall(wished.appointment_date) == _wall(told.appointment_date)
    )


def _wall(text: str) -> str:
    """Bring ``2027-01-04T09:00:00``, ``2027-01-04T09:00Z`` and ours to one form."""
    return text.replace("T", " ").removesuffix("Z")[:16]


def _current(number: str) -> list[Declaration]:
    """Read what is wished of a number, one row for each appointment."""
    found = Declaration.objects.current().filter(number=number).order_by("version", "pk")
    return list({each.appointment: each for each in found}.values())


@transaction.atomic
def _finish(pending: Sequence[Declaration], standing: Standing, *, now: datetime) -> None:
    """Note what was told; a number that the State refuses is for its person to correct."""
    is_refused = standing.status in REFUSED - {Status.CONSUMED}
    for row in pending:
        refused = row.is_wanted and is_refused
        _mark(
            row,
            state=State.REFUSED if refused else State.DONE,
            status=standing.status.value,
            checked_at=now,
            attempts=row.attempts + 1,
            last_code=200,
            last_text="",
            done_at=None if refused else now,
        )
        if refused:
            defer(REFUSED_TASK, declaration_id=row.pk)


@transaction.atomic
def _try_later(
    pending: Sequence[Declaration], *, code: int, text: str, now: datetime, gives_up: bool
) -> None:
    for row in pending:
        tried = row.attempts
        is_over = gives_up or tried >= len(BACKOFF)
        _mark(
            row,
            state=State.FAILED if is_over else State.WAITING,
            attempts=tried + 1,
            due_at=now if is_over else now + BACKOFF[tried],
            last_code=code,
            last_text=text[:300],
        )


def _wait(pending: Sequence[Declaration], *, until: datetime) -> None:
    for row in pending:
        _mark(row, due_at=until)


def _mark(row: Declaration, **facts: object) -> None:
    """Write about a row unless a later wish replaced it meanwhile."""
    Declaration.objects.current().filter(pk=row.pk).update(**facts)
