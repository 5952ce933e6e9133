"""Note what another program sends, so that a repeat is answered and not done again.

Source: the draft ``Idempotency-Key`` header of the IETF. A refusal is not kept: the same request
may be sent again with the same key when what stood in its way is gone.
"""

import hashlib
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from api.models import Sending
from api.refusals import IdempotencyKeyReused, StillRunning


KEPT = timedelta(hours=24)
LONGEST = timedelta(minutes=1)  # whoever takes longer was cut off; the action knows what it did

__all__ = ["KEPT", "begin", "finish", "forget", "give_up"]


@transaction.atomic
def begin(*, client_id: int, key: str, fingerprint: str, now: datetime) -> Sending:
    """Note a request, or find it again; ``made`` says whether it was done before.

    Raises:
        IdempotencyKeyReused: the key came with another request.
        StillRunning: the same request is being answered.
    """
    mark = hashlib.sha256(key.encode()).hexdigest()
    mine = Sending.objects.filter(client_id=client_id, key=mark)
    mine.filter(began_at__lte=now - KEPT).delete()
    sent = {"client_id": client_id, "key": mark, "fingerprint": fingerprint, "began_at": now}
    try:
        _row, is_new = mine.get_or_create(defaults=sent)
    except IntegrityError as fault:  # the other one was there, and was refused meanwhile
        raise StillRunning from fault
    found = mine.select_for_update(no_key=True).first()
    if found is None:
        raise StillRunning
    if found.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    if found.done_at is not None or is_new:
        return found
    if found.began_at > now - LONGEST:
        raise StillRunning
    found.began_at = now
    found.save(update_fields=["began_at"])
    return found


def finish(*, sending: Sending, made: str, now: datetime) -> None:
    """Keep what a request made."""
    Sending.objects.filter(pk=sending.pk).update(made=made, done_at=now)


def give_up(*, sending: Sending) -> None:
    """Forget a request that was refused."""
    Sending.objects.filter(pk=sending.pk, done_at__isnull=True).delete()


def forget(*, now: datetime) -> int:
    """Forget the requests of more than a day ago, and count them."""
    return Sending.objects.filter(began_at__lte=now - KEPT).delete()[0]
