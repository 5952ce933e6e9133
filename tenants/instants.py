"""Read an instant that somebody typed, in local time. No Django."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class Unreadable(ValueError):
    """What was typed names no instant."""


class NoSuchHour(ValueError):
    """The clocks skipped this hour that night."""


def instant(text: str, zone: str) -> datetime:
    """Read ``2026-11-28 10:15:00`` in a zone, as UTC; a zone of its own may be given.

    An hour that the autumn has twice is taken the first time.

    Raises:
        Unreadable: it is no date and time.
        NoSuchHour: the spring skips it.
    """
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as fault:
        raise Unreadable(text) from fault
    if len(text.strip()) <= len("2026-11-28"):
        raise Unreadable(text)
    if read.tzinfo is not None:
        return read.astimezone(UTC)
    found = read.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != read:
        raise NoSuchHour(text)
    return found
