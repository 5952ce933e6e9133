"""Every night: compare what the State holds with what is wished, sixty days ahead (section 6.1).

Our own safety net: nobody else repairs a declaration that got lost.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from coordination.client import MOST_NUMBERS, Line, Outage, Standing
from coordination.models import Declaration
from coordination.numbers import REFUSED, Status
from coordination.sync import is_as_wished


AHEAD = timedelta(days=60)
State = Declaration.State


def reconcile(*, line: Line, now: datetime) -> int:
    """Wish again what the State does not hold as wished, and try once more what failed; count.

    What it refuses from now on is told anew, with a deadline of its own. One question for forty
    numbers. When the State does not answer, the next night asks again.
    """
    rows = _ahead(now)
    numbers = sorted(rows)
    differ: list[Declaration] = []
    for start in range(0, len(numbers), MOST_NUMBERS):
        some = numbers[start : start + MOST_NUMBERS]
        try:
            standings = line.status(some)
        except Outage:
            break
        differ += _differing(rows, standings)
    return (
        Declaration.objects.current()
        .filter(pk__in=[each.pk for each in differ])
        .update(state=State.WAITING, due_at=now, attempts=0, told_at=None, correct_by=None)
    )


def _ahead(now: datetime) -> dict[str, list[Declaration]]:
    """Read what is wished of each number that has an appointment to come."""
    found = Declaration.objects.current().filter(starts_at__gt=now, starts_at__lte=now + AHEAD)
    rows: dict[str, list[Declaration]] = defaultdict(list)
    for each in found.order_by("number", "version", "pk"):
        rows[each.number].append(each)
    return rows


def _differing(
    rows: Mapping[str, Sequence[Declaration]], standings: Mapping[str, Standing]
) -> list[Declaration]:
    differ: list[Declaration] = []
    for number, standing in standings.items():
        mine = rows[number]
        if standing.status is Status.CONSUMED:
            continue
        if standing.status in REFUSED:
            differ += [each for each in mine if each.state == State.DONE and each.is_wanted]
        elif not is_as_wished(number, mine, standing):
            differ += [each for each in mine if each.state != State.WAITING]
    return differ
