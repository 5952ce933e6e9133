"""Which free starts an agent reads to somebody on the phone: few, and really different."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby, islice

from booking import planning
from booking.models import Service


SOON_DAYS = 60
FAR_DAYS = 300
FEW_DAYS = 3
PER_DAY = 3
APART = timedelta(hours=1)


def offers(
    *,
    service: Service,
    persons: int,
    day: date | None,
    start: datetime | None,
    now: datetime,
    length: int | None = None,
) -> tuple[list[datetime], datetime | None]:
    """List free starts in local time and the one to propose first; four queries at most.

    From ``day``: all of that day, or of the next one that has something. From ``start``, a free
    time that was pressed: its day. From neither: a few starts of the first three days.
    """
    if day is None and start is not None:
        day = planning.local_day(start)
    found = _free_days(service=service, persons=persons, first=day, now=now, length=length)
    if day is None:
        shown = [each for starts in islice(found, FEW_DAYS) for each in spread(starts)]
        return shown, shown[0] if shown else None
    shown = next(found, [])
    later = [each for each in shown if start is None or each >= start] or shown
    return shown, later[0] if later else None


def spread(starts: Iterable[datetime]) -> Iterator[datetime]:
    """Keep some starts of a day, the first one and then one an hour apart at least."""
    last: datetime | None = None
    kept = 0
    for start in starts:
        if kept < PER_DAY and (last is None or start - last >= APART):
            yield start
            last, kept = start, kept + 1


def _free_days(
    *,
    service: Service,
    persons: int,
    first: date | None,
    now: datetime,
    length: int | None = None,
) -> Iterator[list[datetime]]:
    """Yield the starts of each day that has some; looks farther only when nothing is near."""
    first = first or planning.local_day(now)
    for begin, days in ((first, SOON_DAYS), (first + timedelta(days=SOON_DAYS), FAR_DAYS)):
        found = planning.free(
            service=service,
            persons=persons,
            first=begin,
            days=days,
            now=now,
            online=False,
            length=length,
        )
        if found:
            for _day, starts in groupby(found.starts(), key=datetime.date):
                yield list(starts)
            return
