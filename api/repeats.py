"""Answer a repeated request as the first one was, without doing anything again."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpRequest, HttpResponse

from api import actions
from api.refusals import IdempotencyKeyMissing
from parvis.guard import current_schema


FORM = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that says by a key of its own which one it is."""

    client_id: int
    key: str
    fingerprint: str

    @property
    def uuid(self) -> UUID:
        """Name the request for the action, which then cannot do it twice either."""
        return uuid5(NAMESPACE_URL, f"{current_schema()}:{self.client_id}:{self.key}")


def read(request: HttpRequest, *, client_id: int, key: str | None) -> Repeatable:
    """Read which request it is.

    Raises:
        IdempotencyKeyMissing: it does not say.
    """
    if key is None or not FORM.fullmatch(key):
        raise IdempotencyKeyMissing
    body = json.dumps(json.loads(request.body), sort_keys=True)
    said = f"{request.method} {request.path}\n{body}"
    return Repeatable(client_id, key, hashlib.sha256(said.encode()).hexdigest())


def once(
    asked: Repeatable, work: Callable[[UUID], str], *, answer: HttpResponse, now: datetime
) -> str:
    """Do what is asked unless it was done; return the reference of what was made.

    ``answer`` says by a header that nothing was done again.

    Raises:
        IdempotencyKeyReused: the key came with another request.
        StillRunning: the same request is being answered.
    """
    sending = actions.begin(
        client_id=asked.client_id, key=asked.key, fingerprint=asked.fingerprint, now=now
    )
    if sending.done_at is not None:
        answer["Idempotency-Replayed"] = "true"
        return sending.made
    try:
        made = work(asked.uuid)
    except BaseException:
        actions.give_up(sending=sending)
        raise
    actions.finish(sending=sending, made=made, now=now)
    return made
