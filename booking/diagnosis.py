"""Say why nobody can book on a day: pure, no database, clock or settings.

A day goes through a row of sieves, each of which lets through at least the free starts: the first
that leaves nothing of the day is its reason. So a day has a reason if and only if it has no free
start. Instants are aware.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import reduce
from operator import and_

from booking.availability import (
    NOTHING_USED,
    FreeStarts,
    Need,
    Question,
    Used,
    clock_mask,
    has_quota_left,
    is_released,
    masks_for,
    starts_served,
)
from booking.bits import span
from booking.openings import OpeningRule
from booking.timetable import Bound, Horizon, Masks, Timetable


class Reason(StrEnum):
    """Why a day has no free start, in the order in which they are looked for."""

    NOT_OFFERED = "not_offered"
    """No resource serves."""
    PAST = "past"
    BEYOND_HORIZON = "beyond_horizon"
    """It is too early to book."""
    NOTICE = "notice"
    """It is too late to book."""
    PUBLIC_HOLIDAY = "public_holiday"
    CLOSURE = "closure"
    NO_OPENING = "no_opening"
    """No rule for this service comes back on that day."""
    SCHOOL = "school"
    """The rules of that day are for the other part of the school year."""
    CANCELLED = "cancelled"
    """The occurrence was cancelled."""
    OPENING_TOO_SHORT = "opening_too_short"
    """No opening of the day is as long as the appointment."""
    NOT_RELEASED = "not_released"
    RESIDENTS = "residents"
    """Only residents may book yet."""
    QUOTA = "quota"
    """Citizens have taken their share; the counter may still book."""
    MISSING = "missing"
    """Some kind of resource is out of service, or not there in those hours."""
    FULL = "full"
    TOO_SHORT = "too_short"
    """What is left is too short for so many persons."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a day has no free start.

    ``opens_at`` says when it can be booked, if that is a matter of time; ``kind`` the need that
    is not met; ``words`` what the commune wrote of the closure or the cancellation.
    """

    reason: Reason
    opens_at: datetime | None = None
    kind: str = ""
    words: str = ""


def diagnose(
    timetable: Timetable,
    question: Question,
    *,
    free: FreeStarts,
    for_one: FreeStarts | None = None,
    used: Used = NOTHING_USED,
) -> dict[date, Finding]:
    """Give the reason of each day on which ``free``, the answer to the question, has no start.

    ``for_one`` answers the same question for one person: with it, a day too short for more is
    told from a full one.
    """
    empty = {day for day, starts in free.by_day().items() if not starts}
    if not empty:
        return {}
    case = _Case(
        timetable=timetable,
        question=question,
        horizon=free.horizon,
        masks=masks_for(timetable, question, free.horizon),
        used=used,
    )
    found: dict[date, Finding] = {}
    for reason, bits in _sieves(case, free=free, for_one=for_one or free):
        for day, begin, size in free.horizon.days():
            if day in empty and not bits >> begin & (1 << size) - 1:
                empty.remove(day)
                found[day] = _finding(reason, day, case)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A question, and what configuration alone answers to it."""

    timetable: Timetable
    question: Question
    horizon: Horizon
    masks: Masks
    used: Used

    def openings(self, bound: Iterable[Bound]) -> dict[frozenset[int], int]:
        """Give the starts of free openings and of these bound ones, by their units."""
        openings = dict(self.masks.openings)
        for each in bound:
            openings[each.units] = openings.get(each.units, 0) | each.starts
        return openings

    def starts(self, bound: Iterable[Bound], *, shut: bool = False) -> int:
        """Set the starts of these openings, unless closures shut all of their units."""
        starts = 0
        for units, fits in self.openings(bound).items():
            starts |= fits if shut else fits & ~self.shut_for(units)
        return starts

    def shut_for(self, units: frozenset[int]) -> int:
        """Set the starts that closures forbid to all of these units that may serve."""
        eligible = units & self.question.units
        return reduce(and_, (self.shut(unit) for unit in eligible), -1 if eligible else 0)

    def shut(self, unit: int) -> int:
        """Set the starts that closures forbid to a unit."""
        return self.masks.shut.get(None, 0) | self.masks.shut.get(unit, 0)

    def served(self, needs: tuple[Need, ...], bound: Iterable[Bound]) -> int:
        """Set the starts at which an opening would have the units, were nothing booked."""
        present = {unit: ~self.shut(unit) for unit in self.question.units}
        return starts_served(needs, self.openings(bound), present)

    def whole(self, days: Iterable[date]) -> int:
        """Set all bits of these days."""
        wanted = set(days)
        return sum(
            span(begin, begin + size) for day, begin, size in self.horizon.days() if day in wanted
        )


def _sieves(case: _Case, *, free: FreeStarts, for_one: FreeStarts) -> Iterator[tuple[Reason, int]]:
    """Yield each reason with the starts that it leaves."""
    question = case.question
    bound: Sequence[Bound] = case.masks.bound
    everything = span(0, case.horizon.length)
    yield Reason.NOT_OFFERED, everything if question.units else 0
    yield from _clock(case, everything)
    yield Reason.PUBLIC_HOLIDAY, everything & ~case.whole(case.timetable.holidays)
    yield Reason.CLOSURE, everything & ~case.shut_for(question.units)
    yield Reason.NO_OPENING, case.whole(day for day, _rule in _rules(case))
    in_season = [(day, rule) for day, rule in _rules(case) if _is_in_season(rule, day, case)]
    yield Reason.SCHOOL, case.whole(day for day, _rule in in_season)
    yield Reason.CANCELLED, case.whole(day for day, rule in in_season if rule.occurrence(day))
    starts = case.starts(bound, shut=True)
    yield Reason.OPENING_TOO_SHORT, starts
    yield from _clock(case, starts)
    within = clock_mask(question, case.horizon)
    yield Reason.CLOSURE, case.starts(bound) & within
    bound = [each for each in bound if is_released(each, question, to_residents=True)]
    yield Reason.NOT_RELEASED, case.starts(bound) & within
    bound = [each for each in bound if is_released(each, question)]
    yield Reason.RESIDENTS, case.starts(bound) & within
    bound = [each for each in bound if has_quota_left(each, case.used)]
    yield Reason.QUOTA, case.starts(bound) & within
    yield Reason.MISSING, case.served(question.needs, bound) & within
    yield Reason.FULL, for_one.bits | free.bits
    yield Reason.TOO_SHORT, free.bits


def _clock(case: _Case, starts: int) -> Iterator[tuple[Reason, int]]:
    """Yield what the clock leaves of some starts."""
    question, horizon = case.question, case.horizon
    if question.earliest is not None:
        passed = min(question.now or question.earliest, question.earliest)
        starts &= span(max(0, horizon.ceil(passed)), horizon.length)
    yield Reason.PAST, starts
    starts &= span(0, horizon.length if question.latest is None else horizon.ceil(question.latest))
    yield Reason.BEYOND_HORIZON, starts
    yield Reason.NOTICE, starts & clock_mask(question, horizon)


def _rules(case: _Case) -> Iterator[tuple[date, OpeningRule]]:
    """Yield the rules that come back on each day and give the service."""
    for day, _begin, _size in case.horizon.days():
        for rule in case.timetable.openings:
            if rule.recurs_on(day) and rule.gives(case.question.service):
                yield day, rule


def _is_in_season(rule: OpeningRule, day: date, case: _Case) -> bool:
    return rule.goes_with(is_school_holiday=day in case.timetable.school_holidays)


def _finding(reason: Reason, day: date, case: _Case) -> Finding:
    """Complete a reason with what only that day can tell."""
    waiting = [
        bound
        for bound in case.masks.bound
        if bound.day == day and not is_released(bound, case.question)
    ]
    match reason:
        case Reason.NOT_RELEASED:
            return Finding(reason, opens_at=_soonest(bound.released for bound in waiting))
        case Reason.RESIDENTS:
            return Finding(reason, opens_at=_soonest(_opens(bound) for bound in waiting))
        case Reason.MISSING:
            return Finding(reason, kind=_missing(day, case))
        case Reason.CLOSURE:
            return Finding(reason, words=_closure(day, case))
        case Reason.CANCELLED:
            return Finding(reason, words=_cancellation(day, case))
    return Finding(reason)


def _opens(bound: Bound) -> datetime | None:
    """Say when everybody may book it: once it is released, and no more kept for residents."""
    return max((at for at in (bound.released, bound.shared) if at is not None), default=None)


def _soonest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)


def _missing(day: date, case: _Case) -> str:
    """Name the first need that no opening of the day meets by itself, if there is one."""
    whole = case.whole([day]) & clock_mask(case.question, case.horizon)
    for need in case.question.needs:
        if not case.served((need,), case.masks.bound) & whole:
            return need.kind
    return ""


def _closure(day: date, case: _Case) -> str:
    """Return the words of the first closure of the day that has some."""
    midnight, tomorrow = (
        datetime.combine(each, time.min, case.timetable.zone)
        for each in (day, day + timedelta(days=1))
    )
    words = (
        closure.reason
        for closure in case.timetable.closures
        if closure.start < tomorrow
        and closure.end > midnight
        and (closure.units is None or closure.units & case.question.units)
    )
    return next(filter(None, words), "")


def _cancellation(day: date, case: _Case) -> str:
    """Return the words of the first cancelled occurrence of the day that has some."""
    overrides = (rule.override_on(each) for each, rule in _rules(case) if each == day)
    return next((override.reason for override in overrides if override and not override.hours), "")
