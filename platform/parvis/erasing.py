"""One step of what is erased in time, as each ``<app>/retention.py`` lists them.

``STEPS`` run in every commune, ``ONCE`` in the public schema; ``privacy.nightly`` finds both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


BATCH = 500
Spans = Mapping[str, str]
"""Of each rule of ``privacy.policy``: the interval in force, as PostgreSQL reads it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule erases.

    ``count`` tells how many rows are over their time, and touches nothing. ``erase`` erases at
    most a batch of them in one transaction, with its lines in the ledger, and counts them.
    """

    rule: str
    count: Callable[[Spans, datetime], int]
    erase: Callable[[Spans, datetime], int]


def run(step: Step, kept: Spans, now: datetime) -> int:
    """Erase batch after batch until nothing is over; count all.

    Whatever stops it in the middle, the next run goes on from there.
    """
    done = 0
    while erased := step.erase(kept, now):
        done += erased
    return done
