"""Deliver what waits in the outboxes: one loop for every channel, one claim for each message.

A channel is a table and a way to hand over one row of it (``settings.CHANNELS`` names them all).
The claim is a lease: no transaction stays open while another machine hangs, and a worker killed
in the middle delays its one message by the lease.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from parvis.guard import current_schema
from parvis.models import Outgoing
from parvis.transport import LEAVES


LEASE = timedelta(minutes=2)  # longer than any channel waits for an answer
BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720, 1440, 1440, 1440, 1440)]
MOST_ATTEMPTS = len(BACKOFF) + 1
WORDS_KEPT, STATUS_KEPT = timedelta(days=30), timedelta(days=183)
log = logging.getLogger(__name__)

# ``now`` grows old while one message after the other is delivered: a lease counted from it would
# be over before its message is sent, and another worker would send that message too.
# ``id = (…)``, never ``id IN (…)``: some plans run what IN asks once for each row of the outbox,
# and claim them all; but one, they would wait for the end of a lease that nobody works on.
CLAIM = """
UPDATE {table}
SET claimed_until = greatest(%(now)s, clock_timestamp()) + make_interval(secs => %(lease_s)s),
    attempts = attempts + 1
WHERE id = (
    SELECT id FROM {table}
    WHERE sent_at IS NULL AND dead_at IS NULL AND unsure_at IS NULL
      AND not_before <= %(now)s AND {leaves}
      AND (claimed_until IS NULL
           OR %(repeats)s AND claimed_until < greatest(%(now)s, clock_timestamp()))
    ORDER BY not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
# What was being sent when its worker died, and must not go twice.
DOUBT = """
UPDATE {table} SET unsure_at = %(now)s, claimed_until = NULL
WHERE sent_at IS NULL AND dead_at IS NULL AND unsure_at IS NULL
  AND claimed_until < greatest(%(now)s, clock_timestamp())
"""


class Refused(Exception):
    """This message will never be taken: it is dead."""


class Later(Exception):
    """Not now: try again after a while, or at ``until``."""

    def __init__(self, why: str, *, until: datetime | None = None) -> None:
        super().__init__(why)
        self.until = until


class Unsure(Exception):
    """Nobody knows whether it went: never again without somebody's word."""


class Channel(Protocol):
    """A way to reach people; one instance lives as long as one pass over its outbox.

    ``repeats`` tells whether a message may be sent again when its outcome is unknown: its reader
    recognises the second one, or whoever carries it does. ``slug``, ``label`` and ``icon`` name it
    in addresses and on pages.
    """

    slug: ClassVar[str]
    label: ClassVar[str | Promise]
    icon: ClassVar[str]
    model: type[Outgoing]
    repeats: bool

    def send(self, row: Any, *, now: datetime) -> None:
        """Hand one row over.

        Raises:
            Refused: never.
            Later: not now; so does any ``OSError``.
            Unsure: nobody knows.
        """

    def close(self) -> None:
        """Let go of what was kept open from one row to the next."""


def channel_types() -> list[type[Channel]]:
    """List every channel, in the order of the settings."""
    return [import_string(path) for path in settings.CHANNELS]


def deliver_due(*, now: datetime) -> int:
    """Deliver every due message of the current schema, one claim at a time; count them."""
    return sum(drain(channel(), now=now) for channel in channel_types())


def forget_delivered(*, now: datetime) -> int:
    """Empty the messages delivered or given up a month ago, and drop them after six; count them.

    The key stays those six months, so that no fact is told twice meanwhile. What was kept back
    until a commune opened is given up then, and what nobody has checked.
    """
    return sum(_forget(channel.model, now) for channel in channel_types())


def drain(channel: Channel, *, now: datetime, leaves: str = LEAVES) -> int:
    """Deliver what is due on one channel; ``leaves`` is the gate, or a narrower one."""
    sent = 0
    try:
        if not channel.repeats:
            _run(DOUBT, channel, now)
        while (row := _claim(channel, now, leaves)) is not None:
            sent += _deliver(channel, row, now)
    finally:
        channel.close()
    return sent


def _claim(channel: Channel, now: datetime, leaves: str = LEAVES) -> Outgoing | None:
    claimed = _run(CLAIM, channel, now, leaves)
    return channel.model.objects.get(pk=claimed[0]) if claimed else None


def _run(
    statement: str, channel: Channel, now: datetime, leaves: str = LEAVES
) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        asked: dict[str, datetime | float | str] = {
            "now": now,
            "lease_s": LEASE.total_seconds(),
            "schema": current_schema(),
            "repeats": channel.repeats,
        }
        table = channel.model._meta.db_table  # noqa: SLF001 (Django's own documented name)
        cursor.execute(statement.format(table=table, leaves=leaves), asked)
        return cursor.fetchone() if cursor.description else None


def _deliver(channel: Channel, row: Outgoing, now: datetime) -> bool:
    try:
        _hand_over(channel, row, now)
    except Refused as fault:
        _postpone(row, str(fault), now, dead=True)
    except Unsure as fault:
        row.last_error, row.claimed_until, row.unsure_at = _clean(str(fault)), None, now
        row.save(update_fields=["last_error", "claimed_until", "unsure_at"])
    except Later as fault:
        _postpone(row, str(fault), now, until=fault.until)
    except DatabaseError:
        raise
    except Exception as fault:  # noqa: BLE001 (one row stops no other, whatever is wrong with it)
        log.error("%s %s cannot be sent: %s", row._meta.db_table, row.pk, type(fault).__name__)  # noqa: SLF001, TRY400 (the trace would show what it says)
        _postpone(row, f"{type(fault).__name__}: {fault}", now)
    else:
        # no save: a row may go while it is sent, with the webhook that it was for
        type(row).objects.filter(pk=row.pk).update(sent_at=now, claimed_until=None)
        return True
    return False


def _hand_over(channel: Channel, row: Outgoing, now: datetime) -> None:
    if row.attempts > MOST_ATTEMPTS:
        raise Refused(row.last_error or _("Chaque essai a échoué."))
    try:
        channel.send(row, now=now)
    except OSError as fault:
        raise Later(str(fault)) from fault


def _postpone(
    row: Outgoing, error: str, now: datetime, *, until: datetime | None = None, dead: bool = False
) -> None:
    """Note why a message did not go; one that was given up meanwhile stays as it is."""
    if dead or row.attempts >= MOST_ATTEMPTS:
        what = {"dead_at": now}
    else:
        what = {"not_before": until or now + BACKOFF[row.attempts - 1]}
    alive = type(row).objects.filter(pk=row.pk, dead_at=None)
    alive.update(last_error=_clean(error), claimed_until=None, **what)


def _clean(error: str) -> str:
    """Write what another machine said as the database takes it."""
    return error.replace("\0", "")[:500]


def _forget(model: type[Outgoing], now: datetime) -> int:
    rows = model.objects.all()
    rows.filter(sent_at=None, dead_at=None, not_before__lt=now - WORDS_KEPT).update(dead_at=now)
    over = rows.annotate(over_at=Coalesce("sent_at", "dead_at"))
    over.filter(over_at__lt=now - STATUS_KEPT).delete()
    full = over.filter(over_at__lt=now - WORDS_KEPT).exclude(**model.WORDS)
    return int(full.update(**model.WORDS))
