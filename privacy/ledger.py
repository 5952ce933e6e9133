"""After a restore: erase again what had been erased since, before anybody looks."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from booking import retention as booking
from incidents import retention as incidents
from privacy import nightly
from tenants.models import Commune, Erasure
from tenants.tasks import in_each


Kind, REPLAY = Erasure.Kind, Erasure.Reason.REPLAY
Erase = Callable[[Sequence[str], datetime], int]
AGAIN: dict[str, Erase] = {
    Kind.APPOINTMENT: lambda records, at: booking.forget(
        "appointment_contact", records, at=at, reason=REPLAY
    ),
    Kind.NUMBER: lambda records, at: booking.forget(
        "pre_application", records, at=at, reason=REPLAY
    ),
    Kind.WORDS: lambda records, at: booking.forget(
        "appointment_words", records, at=at, reason=REPLAY
    ),
    Kind.WAITING: lambda records, at: booking.forget_other(
        "waiting", records, at=at, reason=REPLAY
    ),
    Kind.TITLE: lambda records, at: booking.forget_other("title", records, at=at, reason=REPLAY),
    Kind.TICKET: lambda records, at: booking.forget_other(
        "hall_ticket", records, at=at, reason=REPLAY
    ),
    Kind.PERSON: lambda records, at: incidents.forget_people(records, at=at, reason=REPLAY),
    Kind.CONTACT: lambda records, at: incidents.forget_reporters(records, at=at, reason=REPLAY),
    Kind.PHOTOS: lambda records, at: incidents.forget_photos(records, at=at, reason=REPLAY),
    Kind.FOLLOWER: lambda records, at: incidents.forget_followers(records, at=at, reason=REPLAY),
}
"""What names a record and how it is erased; whole reports and messages go by their own time.

Other apps add their own, in ``AGAIN`` of their ``retention.py``.
"""


def replay(schema: str, since: datetime, *, now: datetime) -> int:
    """Erase in a restored commune what was erased after ``since``, then what is over its time.

    ``since`` is the instant the data were restored to. Repeating it changes nothing more. Counts
    the records found and erased again.

    Raises:
        Commune.DoesNotExist: no commune has this schema.
    """
    commune = Commune.objects.get(schema_name=schema)
    ((_commune, count),) = in_each([commune], partial(_replay, schema, since, now))
    return count


def _replay(schema: str, since: datetime, now: datetime) -> int:
    found: dict[str, list[str]] = defaultdict(list)
    lines = Erasure.objects.filter(schema=schema, at__gt=since).exclude(reason=REPLAY)
    for kind, record in lines.values_list("kind", "record").distinct().order_by("kind", "record"):
        found[kind].append(record)
    count = sum(erase(records, now) for kind, records in found.items() for erase in _ways(kind))
    nightly.run(now=now)
    return count


def _ways(kind: str) -> list[Erase]:
    """List who may hold records of a kind."""
    found = [vars(module).get("AGAIN", {}) for module in nightly.modules()]
    return [way[kind] for way in (AGAIN, *found) if kind in way]
