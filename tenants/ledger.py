"""Write in the ledger of erasures, in the transaction of the erasure itself."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from parvis.guard import current_schema
from tenants.models import Erasure


def note(
    kind: Erasure.Kind,
    records: Iterable[object],
    *,
    at: datetime,
    reason: Erasure.Reason = Erasure.Reason.POLICY,
) -> int:
    """Note that records of the active schema were erased; count them.

    Raises:
        RuntimeError: outside a transaction, where a line could outlive its reason.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An erasure is noted in the transaction that erases.")
    schema = current_schema()
    rows = [
        Erasure(schema=schema, kind=kind, record=str(record), at=at, reason=reason)
        for record in records
    ]
    Erasure.objects.bulk_create(rows, batch_size=1000)
    return len(rows)
