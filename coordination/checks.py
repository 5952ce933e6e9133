"""What the State says of a number while a citizen waits: four seconds at most, asked once.

An outage refuses nobody: the number is then to be verified. So is one more than a family would
try: whoever guesses numbers learns nothing, and does not wear out the State. What was answered is
remembered for the booking that asked, ten minutes, and nowhere else; the memory knows numbers by a
digest only.
"""

import hashlib
import hmac
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from coordination.client import Held, Line, Outage, Standing
from coordination.models import Meeting
from coordination.numbers import REFUSED, Status
from parvis.counters import Limit, TooMany, take
from parvis.egress import Breaker
from parvis.guard import current_schema


KEPT_S = 600
UNSURE_KEPT_S = 15
QUESTIONS = Limit("numbers asked of the State", 20, timedelta(hours=1), fails_open=True)
breaker = Breaker()  # citizens do not wait for a State that has just not answered twice
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of the numbers of one booking, and which of it is heard for the first time."""

    standings: Mapping[str, Standing]
    fresh: frozenset[str] = frozenset()

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each number, as it is kept."""
        return {number: each.status.value for number, each in self.standings.items()}

    @property
    def refused(self) -> dict[str, Status]:
        """The numbers with which a citizen may not go on, and why."""
        return {
            number: each.status
            for number, each in self.standings.items()
            if each.status in REFUSED
        }

    @property
    def elsewhere(self) -> dict[str, tuple[Held, ...]]:
        """The appointments that usable numbers have already."""
        return {
            number: each.appointments
            for number, each in self.standings.items()
            if each.appointments and each.status not in REFUSED
        }


def look(
    numbers: Iterable[str],
    *,
    line: Line,
    booking: str,
    now: datetime,
    meeting_point_id: str = "",
) -> Verdict:
    """Tell what the State says of the numbers; ``booking`` names whoever asks.

    Never raises: without an answer every number is to be verified.
    """
    wanted = list(dict.fromkeys(numbers))
    known = _remembered(wanted, booking)
    missing = [each for each in wanted if each not in known]
    heard: dict[str, Standing] = {}
    if missing and _may_ask(booking, now=now):
        heard = _ask(missing, line=line, meeting_point_id=meeting_point_id)
    elif missing:
        heard = _unsure(missing)
    _remember(heard, booking)
    return Verdict(known | heard, frozenset(heard))


def _ask(numbers: Sequence[str], *, line: Line, meeting_point_id: str) -> dict[str, Standing]:
    if not breaker.allows():
        return _unsure(numbers)
    try:
        heard = line.status(numbers, meeting_point_id=meeting_point_id)
    except Outage as fault:
        breaker.failed()
        log.warning("The State does not say what numbers are worth: %s", fault)
        return _unsure(numbers)
    breaker.succeeded()
    return heard


def _may_ask(booking: str, *, now: datetime) -> bool:
    try:
        take(QUESTIONS, f"{current_schema()}:{booking}", now=now)
    except TooMany:
        log.warning("A booking has tried more numbers than a family would")
        return False
    return True


def _unsure(numbers: Iterable[str]) -> dict[str, Standing]:
    return {number: Standing(Status.UNSURE) for number in numbers}


def known(numbers: Iterable[str], *, booking: str) -> dict[str, str]:
    """Repeat the statuses that were heard for a booking a moment ago; asks nobody."""
    wanted = list(dict.fromkeys(numbers))
    return {number: each.status.value for number, each in _remembered(wanted, booking).items()}


@transaction.atomic
def count(kinds: Mapping[str, int], *, now: datetime, zone: ZoneInfo) -> None:
    """Count what citizens were told today, of nobody."""
    day = now.astimezone(zone).date()
    for kind, more in kinds.items():
        if more:
            row, _created = Meeting.objects.select_for_update().get_or_create(day=day, kind=kind)
            Meeting.objects.filter(pk=row.pk).update(count=F("count") + more)


def _remembered(numbers: Sequence[str], booking: str) -> dict[str, Standing]:
    keys = {_key(each, booking): each for each in numbers}
    found: dict[str, Any] = {}
    with suppress(RedisError):
        found = caches["default"].get_many(list(keys))
    return {keys[key]: _read(said) for key, said in found.items()}


def _remember(heard: Mapping[str, Standing], booking: str) -> None:
    for number, standing in heard.items():
        kept = UNSURE_KEPT_S if standing.status is Status.UNSURE else KEPT_S
        with suppress(RedisError):
            caches["default"].set(_key(number, booking), asdict(standing), kept)


def _read(said: Mapping[str, Any]) -> Standing:
    return Standing(Status(said["status"]), tuple(Held(**each) for each in said["appointments"]))


def _key(number: str, booking: str) -> str:
    text = f"{booking}:{number}".encode()
    return "number:" + hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
