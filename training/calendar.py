"""When something about a session is due: pure, in local days."""

from datetime import date, datetime, timedelta


REMINDERS = (7, 1)  # days before
EARLY = LATE = timedelta(minutes=15)  # around a half-day, to sign
COLD_AFTER = 30  # days
COLD_UNTIL = 60
HOT_UNTIL = timedelta(days=7)


def reminder_due(*, starts_on: date, today: date, since: date) -> int | None:
    """Tell which reminder is due: 7 or 1 days before, None for none.

    A reminder whose day was missed is still sent until the next one; nobody is reminded of what
    she learnt (``since``) on that day or later.
    """
    left = (starts_on - today).days
    if not 0 <= left <= REMINDERS[0]:
        return None
    days = REMINDERS[1] if left <= REMINDERS[1] else REMINDERS[0]
    return days if since < starts_on - timedelta(days=days) else None


def may_sign(*, start: datetime, end: datetime, now: datetime) -> bool:
    """Whether a half-day is on, or about to begin or just over."""
    return start - EARLY <= now <= end + LATE


def surveys_due(*, ends_at: datetime, now: datetime) -> set[str]:
    """Tell which surveys may be sent: ``hot`` once it is over, ``cold`` a month later."""
    passed = now - ends_at
    due = set()
    if timedelta(0) <= passed < HOT_UNTIL:
        due.add("hot")
    if timedelta(days=COLD_AFTER) <= passed < timedelta(days=COLD_UNTIL):
        due.add("cold")
    return due
