"""Note a fact for the programs that asked to be told of it, in the transaction of the fact.

One statement whether a commune has webhooks or not: it inserts a row for each of those that chose
the event, and none where none did. What is rolled back was never said.

What is said: ids, references, states, places of the town hall and times. Never a name, an address
or words of somebody: the program that needs more asks the API, with a key that gives the right.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from parvis.deferred import defer
from parvis.guard import current_schema


NOTE = """
INSERT INTO connect_delivery
    (webhook_id, key, event, body, written_at, not_before, attempts, last_error)
SELECT hook.id, gen_random_uuid()::text, %(event)s, fact.body, %(now)s, %(now)s, 0, ''
FROM connect_webhook hook CROSS JOIN unnest(%(bodies)s::text[]) WITH ORDINALITY fact (body, place)
WHERE hook.is_active AND %(event)s = ANY(hook.events)
ORDER BY fact.place, hook.id
"""


def note(event: str, data: Mapping[str, Any], *, now: datetime) -> None:
    """Have one fact told to every webhook that chose ``event``."""
    note_all(event, [data], now=now)


def note_all(event: str, facts: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Have several facts of one kind told, in their order; one statement."""
    asked: dict[str, Any] = {
        "event": event,
        "now": now,
        "bodies": [body(event, each, now=now) for each in facts],
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, asked)
        is_told = cursor.rowcount > 0
    if is_told:
        defer("connect.deliver")


def body(event: str, data: Mapping[str, Any], *, now: datetime) -> str:
    """Write what is sent, as it is signed; ``id`` names the fact, whoever is told of it."""
    said = {
        "id": str(uuid.uuid4()),
        "event": event,
        "at": now,
        "commune": current_schema().removeprefix("c_"),
        "data": data,
    }
    return json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
