"""A week of free starts to choose from, as every page that offers slots shows it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from booking import planning
from booking.availability import FreeStarts
from booking.forms import WeekForm
from booking.models import Service
from parvis.pieces import SlotDay, SlotOffer


WEEK = timedelta(days=7)


def week_of(  # noqa: PLR0913 (all that a week shows)
    found: FreeStarts,
    *,
    service: Service,
    persons: int,
    asked: Any,
    query: str,
    last: date,
    now: datetime,
    is_resident: bool = False,
) -> dict[str, Any]:
    """Show the week asked for (``du`` in ``asked``), from the first that has a free start.

    ``query`` is what the addresses of the weeks before and after keep.
    """
    today = planning.local_day(now)
    soonest = found.first()
    form = WeekForm(asked)
    begin = soonest.date() if soonest else today
    first = form.first(soonest=begin, latest=last)
    days = [
        first + timedelta(days=n) for n in range(WEEK.days) if first + timedelta(days=n) <= last
    ]
    shown = planning.describe_days(
        found, days, service=service, now=now, persons=persons, resident=is_resident
    )
    following = first + WEEK
    return {
        "offer": offer_of(soonest) if soonest else None,
        "days": [SlotDay(each.date, offers_of(each.starts), each.note) for each in shown],
        "previous": week_address(query, max(first - WEEK, today)) if first > begin else "",
        "next": week_address(query, following) if following <= last else "",
        "unreadable_date": not form.is_valid(),
    }


def by_day(starts: Iterable[datetime]) -> list[SlotDay]:
    """Arrange a few starts by local day."""
    days: dict[date, list[datetime]] = {}
    for start in sorted(starts):
        days.setdefault(planning.local_day(start), []).append(start)
    return [SlotDay(day, offers_of(each)) for day, each in days.items()]


def offers_of(starts: Iterable[datetime]) -> list[SlotOffer]:
    """Make a button of each start."""
    return [offer_of(start) for start in starts]


def offer_of(start: datetime) -> SlotOffer:
    """Make a button of a start, in local time."""
    return SlotOffer(start, start.isoformat(timespec="minutes"))


def week_address(query: str, first: date) -> str:
    """Ask for the week that begins on ``first``, and keep ``query``."""
    return f"?{query}{'&' if query else ''}du={first.isoformat()}"
