"""When a telephone should not ring: nothing leaves at night that nobody waits for.

Pure. Times are local to the commune, on both nights of the year that change them too.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


EVENING, MORNING = time(21), time(8)


def departure(now: datetime, *, zone: ZoneInfo) -> datetime:
    """Give when a message may leave: ``now`` by day, eight in the morning by night."""
    local = now.astimezone(zone)
    if MORNING <= local.time() < EVENING:
        return now
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return datetime.combine(day, MORNING, zone)
