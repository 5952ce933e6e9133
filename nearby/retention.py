"""The end of alerts: some days after they are over, as places in a waiting list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from booking import planning
from parvis.erasing import BATCH, Spans, Step
from tenants import ledger
from tenants.models import Erasure


Kind, Reason = Erasure.Kind, Erasure.Reason
UNCONFIRMED = "3 days"
OVER = """
(confirmed_at IS NULL AND created_at + %(unconfirmed)s::interval <= %(now)s)
OR coalesce(stopped_at, (last_day + 1)::timestamp AT TIME ZONE %(zone)s)
    + %(kept)s::interval <= %(now)s
"""


def forget(
    records: Sequence[str], *, at: datetime, reason: Erasure.Reason = Reason.REQUEST
) -> int:
    """Delete alerts by the fingerprints of their links, with their lines in the ledger."""
    with transaction.atomic():
        rows = _ask(
            "DELETE FROM nearby_alert WHERE token_hash = ANY(%(records)s) RETURNING token_hash",
            records=list(records),
        )
        return ledger.note(Kind.WAITING, [record for (record,) in rows], at=at, reason=reason)


def _count(kept: Spans, now: datetime) -> int:
    rows = _ask(f"SELECT count(*) FROM nearby_alert WHERE {OVER}", **_when(kept, now))  # noqa: S608
    return int(rows[0][0])


@transaction.atomic
def _erase(kept: Spans, now: datetime) -> int:
    rows = _ask(
        f"SELECT token_hash FROM nearby_alert WHERE {OVER}"  # noqa: S608 (constants)
        " ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED",
        **_when(kept, now),
        most=BATCH,
    )
    return forget([record for (record,) in rows], at=now, reason=Reason.POLICY)


def _when(kept: Spans, now: datetime) -> dict[str, Any]:
    return {
        "kept": kept["waiting"],
        "unconfirmed": UNCONFIRMED,
        "now": now,
        "zone": str(planning.zone()),
    }


def _ask(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


STEPS = (Step("waiting", _count, _erase),)


def forget_again(records: Sequence[str], at: datetime) -> int:
    """After a restore: delete again what the ledger names."""
    return forget(records, at=at, reason=Reason.REPLAY)


AGAIN = {Kind.WAITING: forget_again}
