"""Take resources for a time so that nobody else can: the locks, the rows and their errors.

One writer per commune and day holds an advisory lock, so rivals wait for each other in order
instead of colliding in the exclusion constraint, which stays the guarantee. Lock and look are
separate statements: a statement that does both looks at the world of before its wait.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from booking import read_model, topics
from booking.models import Allocation, Appointment
from parvis import live
from parvis.errors import DomainError
from parvis.guard import current_schema


log = logging.getLogger(__name__)
Result = TypeVar("Result")

_locked_days: ContextVar[set[date] | None] = ContextVar("locked_days", default=None)

INSERT = """
INSERT INTO booking_allocation (appointment_id, resource_id, period, state, expires_at)
SELECT %(appointment)s, unit, %(period)s, %(state)s, %(expires)s
FROM unnest(%(units)s::bigint[]) unit
ON CONFLICT DO NOTHING RETURNING id
"""
FORGET = """
DELETE FROM booking_allocation
WHERE state = 'hold' AND expires_at <= %(now)s AND start_at >= %(from)s AND start_at < %(to)s
"""


class SlotTaken(DomainError):
    """Somebody else has the slot; ``alternatives`` lists the nearest free starts."""

    message = _("Ce créneau n’est plus libre. Voici les plus proches.")

    def __init__(self, alternatives: Sequence[datetime] = ()) -> None:
        super().__init__()
        self.alternatives = list(alternatives)


class Busy(DomainError):
    """Too many people book the same day at this very moment."""

    message = _("Beaucoup de personnes réservent en ce moment. Réessayez dans quelques secondes.")
    status = 503


def in_one_transaction(work: Callable[[], Result], *, now: datetime) -> Result:
    """Run a booking transaction, and turn what the database refuses into domain errors.

    Before it commits, what is free of the days it locked is written for everybody to read.

    Raises:
        Busy: the lock of the day did not come within two seconds.
        SlotTaken: rivals got in each other's way twice.
    """
    try:
        return _once(work, now=now)
    except OperationalError as fault:
        if not _is_rivalry(fault) or connection.in_atomic_block:
            raise
    try:
        return _once(work, now=now)
    except OperationalError as fault:
        if _is_rivalry(fault):
            raise SlotTaken from fault
        raise


def _once(work: Callable[[], Result], *, now: datetime) -> Result:
    locked = _locked_days.set(set())
    try:
        with transaction.atomic():
            result = work()
            read_model.refresh(_locked_days.get() or (), now=now)
            return result
    except OperationalError as fault:
        if isinstance(fault.__cause__, errors.LockNotAvailable):
            raise Busy from fault
        raise
    finally:
        _locked_days.reset(locked)


def _is_rivalry(fault: OperationalError) -> bool:
    return isinstance(fault.__cause__, errors.DeadlockDetected | errors.SerializationFailure)


def lock_days(days: Iterable[date]) -> None:
    """Wait to be the only writer of these days of the active commune, in ascending order.

    Whoever looks at one of them is told once it is committed.

    Raises:
        RuntimeError: outside :func:`in_one_transaction`, which writes what has become free.
    """
    locked = _locked_days.get()
    if locked is None:
        raise RuntimeError("Days are locked by in_one_transaction's work only.")
    wanted = sorted(set(days))
    locked.update(wanted)
    for day in wanted:
        live.touch(topics.of_day(day))
    days_in_order = ", pg_advisory_xact_lock(%s, %s)" * len(wanted)
    numbers = [each for day in wanted for each in (_lock_number(), day.toordinal())]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', '2s', true), pg_advisory_xact_lock_shared(%s, 0)"
            + days_in_order,
            [_lock_number(), *numbers],
        )


def lock_configuration() -> None:
    """Wait until nobody books in the active commune, and keep everybody out until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_lock_number()])


def _lock_number() -> int:
    return lock_number(current_schema())


def lock_number(schema: str) -> int:
    """Number a schema by its code: one each, whoever asks, and within four bytes.

    The INSEE code of a commune is read as a hexadecimal number, the SIREN of an intercommunality
    as a decimal one, which is always greater.
    """
    kind, _underscore, code = schema.partition("_")
    return int(code) if kind == "e" else int(code, 16)


def forget_expired_holds(day: date, *, zone: ZoneInfo, now: datetime) -> int:
    """Free what nobody confirmed in time and count it: the constraint cannot know the clock."""
    begin = datetime.combine(day, time.min, zone) - timedelta(days=1)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"now": now, "from": begin, "to": end})
        return int(cursor.rowcount)


def allocate(appointment: Appointment, units: Sequence[int], *, state: Allocation.State) -> None:
    """Take the resources for the appointment and its buffers; a hold lasts as long as hers.

    Raises:
        SlotTaken: one is taken, which the lock should have prevented: logged as a defect.
    """
    service = appointment.service
    period = DateTimeTZRange(
        appointment.start - timedelta(minutes=service.buffer_before),
        appointment.end + timedelta(minutes=service.buffer_after),
    )
    values = {
        "appointment": appointment.pk,
        "period": period,
        "state": state.value,
        "expires": appointment.held_until if state == Allocation.State.HOLD else None,
        "units": sorted(units),
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        taken = len(cursor.fetchall())
    if taken < len(units):
        log.error("Resources %s were taken at %s without the lock of the day", units, period)
        raise SlotTaken
