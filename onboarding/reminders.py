"""When a commune has been left alone too long: pure dates, no database.

A stage that lasts is recalled after its delay, then once more after each further delay, for as
long as it lasts. A pause and a refusal are recalled on the day that was agreed.
"""

from dataclasses import dataclass
from datetime import date, timedelta


# Days in the stage; "configuring" counts from the last progress.
DELAYS = {"considering": 30, "committed": 14, "configuring": 7}
ON_ITS_DATE = frozenset({"paused", "declined"})
BEFORE_SESSION = (3, 1)  # days before a training session


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a commune stands with a module: ``moved`` last, made ``progress`` last."""

    stage: str
    moved: date
    progress: date
    until: date | None = None
    session: date | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to be recalled: the rule, since when it is due, and what it counts from."""

    rule: str
    due: date
    about: date


def due_reminder(standing: Standing, *, today: date) -> Reminder | None:
    """Return what is to be recalled of a commune today, the latest occurrence; None if nothing."""
    if standing.stage in ON_ITS_DATE:
        if standing.until is None or standing.until > today:
            return None
        return Reminder(standing.stage, standing.until, standing.moved)
    if standing.stage == "training":
        return _before_session(standing, today)
    delay = DELAYS.get(standing.stage)
    if delay is None:
        return None
    start = standing.progress if standing.stage == "configuring" else standing.moved
    times = (today - start).days // delay
    if times < 1:
        return None
    return Reminder(standing.stage, start + timedelta(days=delay * times), start)


def _before_session(standing: Standing, today: date) -> Reminder | None:
    if standing.session is None or today > standing.session:
        return None
    days = [
        standing.session - timedelta(days=before)
        for before in BEFORE_SESSION
        if standing.session - timedelta(days=before) <= today
    ]
    return Reminder("training", max(days), standing.session) if days else None
