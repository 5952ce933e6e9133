"""The events to come of an iCalendar file, repeated ones told one by one, times in UTC.

Pure. A rule that would never end, or repeat every second, is left out and counted; only a bounded
time is looked at.
"""

import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from time import process_time
from typing import Any

import icalendar
import recurring_ical_events
import x_wr_timezone


MOST_BYTES = 2_000_000
MOST_EVENTS = 5_000
MOST_RULES = 300
RULES_OF_ONE = 3  # as many as a tool may leave of one event that was changed
# What libraries raise where a file is against the standard.
WRONG = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
# Of the processor: a rule that never comes true is looked for until the year 9999.
PATIENCE_S = 10.0
OCCURRENCES_A_DAY = 24
SLOW = {"YEARLY", "MONTHLY", "WEEKLY"}
FIRST_YEAR_OF_DAILY = 2000
TEXT_MOST = 200
LONGEST = timedelta(days=366)


class CalendarFault(StrEnum):
    """What may be wrong with a calendar."""

    TOO_LARGE = "too_large"
    NO_CALENDAR = "no_calendar"
    TOO_MANY = "too_many"
    TOO_SLOW = "too_slow"


class NoCalendar(ValueError):
    """Nothing can be read of this file."""

    def __init__(self, fault: CalendarFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Event:
    """One time that is taken."""

    ref: str
    start: datetime
    end: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a calendar says of the time to come, and how many events could not be understood."""

    events: tuple[Event, ...]
    left_out: int


def read_calendar(content: bytes, *, zone: tzinfo, first: datetime, last: datetime) -> Agenda:
    """Read the events that are not over at ``first`` and begin before ``last``.

    Free and cancelled events take no time. ``zone`` is that of whole days and of times that
    name none.

    Raises:
        NoCalendar: it is none, too large, or too long to follow.
    """
    if len(content) > MOST_BYTES:
        raise NoCalendar(CalendarFault.TOO_LARGE)
    if b"BEGIN:VCALENDAR" not in content.upper():
        raise NoCalendar(CalendarFault.NO_CALENDAR)
    try:
        calendar = icalendar.Calendar.from_ical(content)
        calendar = x_wr_timezone.to_standard(calendar)
    except WRONG as fault:
        raise NoCalendar(CalendarFault.NO_CALENDAR) from fault
    kept, rules, left_out = _understood(calendar.walk("VEVENT"))
    events: dict[str, Event] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for component in _occurrences(kept, first, last):
            found = _event(component, zone, rules)
            if found is None:
                left_out += 1
            elif found.end > first and found.start < last:
                events[found.ref] = found
            if len(events) > MOST_EVENTS:
                raise NoCalendar(CalendarFault.TOO_MANY)
    return Agenda(tuple(sorted(events.values(), key=lambda each: each.start)), left_out)


def _understood(components: list[Any]) -> tuple[list[Any], set[str], int]:
    """Keep the events that can be looked at; name those that repeat; count the others."""
    if len(components) > MOST_EVENTS:
        raise NoCalendar(CalendarFault.TOO_MANY)
    kept, repeated, left_out = [], set(), 0
    rules: Counter[str] = Counter()
    for component in components:
        if _is_free(component):
            continue
        is_whole = "UID" in component and "DTSTART" in component
        if not (is_whole and _is_bounded(component) and _has_few(component, rules)):
            left_out += 1
            continue
        if {"RRULE", "RDATE", "RECURRENCE-ID"} & set(component):
            repeated.add(str(component["UID"]))
        kept.append(component)
    return kept, repeated, left_out


def _is_free(component: Any) -> bool:
    is_cancelled = str(component.get("STATUS", "")).upper() == "CANCELLED"
    is_exception = "RECURRENCE-ID" in component  # a cancelled one takes its occurrence away
    is_transparent = str(component.get("TRANSP", "")).upper() == "TRANSPARENT"
    return is_transparent or (is_cancelled and not is_exception)


def _has_few(component: Any, rules: Counter[str]) -> bool:
    """Count the rule of an event, if it has one; tell whether the event has few of them.

    Raises:
        NoCalendar: there are too many in all.
    """
    if "RRULE" not in component:
        return True
    uid = str(component["UID"])
    rules[uid] += 1
    if rules.total() > MOST_RULES:
        raise NoCalendar(CalendarFault.TOO_MANY)
    return rules[uid] <= RULES_OF_ONE


def _is_bounded(component: Any) -> bool:
    """Tell whether a rule repeats a few times a day at most, from a day not too long ago."""
    rule = component.get("RRULE")
    if rule is None:
        return True
    if isinstance(rule, list):
        return False
    try:
        frequency = str(rule["FREQ"][0]).upper()
        is_counted = all(int(each) >= 1 for each in rule.get("INTERVAL", [1]))
        year = component["DTSTART"].dt.year
    except WRONG:
        return False
    times = max(1, len(rule.get("BYHOUR", []))) * max(1, len(rule.get("BYMINUTE", [])))
    if not is_counted or "BYSECOND" in rule or times > OCCURRENCES_A_DAY:
        return False
    return frequency in SLOW or (frequency == "DAILY" and year >= FIRST_YEAR_OF_DAILY)


def _occurrences(kept: list[Any], first: datetime, last: datetime) -> Iterable[Any]:
    """Tell each event once for each time it takes place; one that cannot be is passed over.

    Raises:
        NoCalendar: its rules take too long to follow.
    """
    by_uid: dict[str, list[Any]] = {}
    for component in kept:
        by_uid.setdefault(str(component["UID"]), []).append(component)
    until = process_time() + PATIENCE_S
    for components in by_uid.values():
        if process_time() > until:
            raise NoCalendar(CalendarFault.TOO_SLOW)
        calendar = icalendar.Calendar()
        for component in components:
            calendar.add_component(component)
        try:
            yield from recurring_ical_events.of(calendar).between(first, last)
        except WRONG:
            yield None  # a rule against the standard: counted as left out


def _event(component: Any, zone: tzinfo, rules: set[str]) -> Event | None:
    if component is None:
        return None
    try:
        start, end = component["DTSTART"].dt, component.get("DTEND")
        begin = _instant(start, zone)
        stop = _instant(end.dt, zone) if end is not None else _end(component, start, begin)
        known = component.get("RECURRENCE-ID")
        at = _instant(known.dt, zone) if known is not None else begin
    except WRONG:
        return None
    if str(component.get("STATUS", "")).upper() == "CANCELLED" or not begin < stop:
        return None
    if stop - begin > LONGEST:
        return None
    uid = str(component["UID"])[:120]
    ref = f"{uid}|{at.isoformat()}" if str(component["UID"]) in rules else uid
    title = " ".join(str(component.get("SUMMARY", "")).replace("\0", " ").split())
    return Event(ref, begin, stop, title[:TEXT_MOST])


def _end(component: Any, start: date | datetime, begin: datetime) -> datetime:
    if (lasts := component.get("DURATION")) is not None:
        return begin + lasts.dt  # type: ignore[no-any-return]
    return begin if isinstance(start, datetime) else begin + timedelta(days=1)


def _instant(value: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, zone).astimezone(UTC)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
