"""Fill counters with visits, one after the other: pure arithmetic, no database."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


Spans = Sequence[tuple[time, time]]
STEP = 10  # minutes between two starts
DECK = 100
FIRST_HOUR, LAST_HOUR = 9, 16  # when the town hall answers the phone
DAY = timedelta(days=1)
SATURDAY = 5
JUST_BEFORE = timedelta(minutes=25)
BUSY_PAST, BUSY_FUTURE = 0.92, 0.5
CANCELLED, MISSED, UNMARKED = 0.06, 0.052, 0.012


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to come for: its lengths for 1, 2, 3… persons, and how often it is asked."""

    service: int
    minutes: tuple[int, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment; a cancelled one may stand where another one is."""

    counter: int
    start: datetime
    end: datetime
    service: int
    persons: int
    created_at: datetime
    channel: str = "online"
    status: str = "booked"
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How busy a commune is: all is taken for ``wait`` days; shares are of a hundred visits."""

    counters: int
    online: int
    phone: int
    wait: int
    days_before: int
    days_after: int


def fill(  # noqa: PLR0913 (all that a diary depends on)
    *,
    pace: Pace,
    week: Mapping[int, Spans],
    holidays: Iterable[date],
    offers: Sequence[Offer],
    now: datetime,
    zone: ZoneInfo,
    luck: random.Random,
) -> list[Visit]:
    """Draw the visits around today, in the order in which they were taken, cancelled ones last.

    ``week`` is the opening hours by week day (0 is Monday) in local time. Standing visits of one
    counter never overlap, and begin on the grid that starts with each opening.
    """
    today = now.astimezone(zone).date()
    closed = frozenset(holidays)
    found: list[Visit] = []
    last = max(pace.days_after, pace.wait + 1)
    for n in range(-pace.days_before, last):
        day = today + n * DAY
        if day in closed:
            continue
        for begin, end in week.get(day.weekday(), ()):
            span = datetime.combine(day, begin, zone), datetime.combine(day, end, zone)
            for counter in range(pace.counters):
                found += _fill_span(span, counter, _busy(n, pace), offers, luck)
    taken = sorted(
        (_taken_at(visit, now=now, pace=pace, luck=luck) for visit in found),
        key=lambda visit: (visit.created_at, visit.start, visit.counter),
    )
    dealt = list(_deal_channels(taken, pace=pace, now=now, zone=zone, luck=luck))
    return [
        *(_outcome(visit, now=now, luck=luck) for visit in dealt),
        *_given_up(dealt, now, luck),
    ]


def _busy(distance: int, pace: Pace) -> float:
    """Tell how likely a place is to be taken so many days from today."""
    if distance < 0:
        return BUSY_PAST
    if distance < pace.wait:
        return 1.0
    return max(0.05, BUSY_FUTURE * (1 - (distance - pace.wait) / pace.days_after))


def _fill_span(
    span: tuple[datetime, datetime],
    counter: int,
    busy: float,
    offers: Sequence[Offer],
    luck: random.Random,
) -> Iterator[Visit]:
    at, end = span
    while choices := [
        (offer, persons, minutes)
        for offer in offers
        for persons, minutes in enumerate(offer.minutes, start=1)
        if at + timedelta(minutes=minutes) <= end
    ]:
        weights = [offer.weight / persons**2 for offer, persons, _minutes in choices]
        offer, persons, minutes = luck.choices(choices, weights)[0]
        if luck.random() < busy:
            yield Visit(
                counter, at, at + timedelta(minutes=minutes), offer.service, persons, created_at=at
            )
        at += timedelta(minutes=-(-minutes // STEP) * STEP)


def _taken_at(visit: Visit, *, now: datetime, pace: Pace, luck: random.Random) -> Visit:
    """Choose when it was taken: some days ahead, never in the future."""
    ahead = timedelta(days=luck.triangular(0.2, 9 + 1.3 * pace.wait, 2 + pace.wait))
    created = min(visit.start - ahead, now - timedelta(days=luck.triangular(0, 30, 3)))
    return replace(visit, created_at=created.replace(microsecond=0))


def _deal_channels(
    visits: Iterable[Visit], *, pace: Pace, now: datetime, zone: ZoneInfo, luck: random.Random
) -> Iterator[Visit]:
    """Deal the channels from shuffled decks, so that every month shows the same shares."""
    deck: list[str] = []
    for visit in visits:
        if not deck:
            counter = DECK - pace.online - pace.phone
            walk_in = counter // 2
            deck = ["online"] * pace.online + ["phone"] * pace.phone
            deck += ["counter"] * (counter - walk_in) + ["walk_in"] * walk_in
            luck.shuffle(deck)
        channel = deck.pop()
        if channel == "walk_in" and visit.start > now:
            channel = "counter"
        created = visit.created_at.astimezone(zone)
        if channel == "walk_in":
            created = visit.start - JUST_BEFORE
        elif channel != "online":
            created -= max(0, created.weekday() - SATURDAY + 1) * DAY
            hour, minute = luck.randint(FIRST_HOUR, LAST_HOUR), luck.randrange(60)
            created = created.replace(hour=hour, minute=minute)
        latest = min(visit.start - JUST_BEFORE, now - JUST_BEFORE)
        yield replace(visit, channel=channel, created_at=min(created, latest))


def _outcome(visit: Visit, *, now: datetime, luck: random.Random) -> Visit:
    """Note who came, once the visit is over."""
    drawn = luck.random()
    if visit.end > now - JUST_BEFORE or drawn < UNMARKED:
        return visit
    return replace(visit, status="missed" if drawn < UNMARKED + MISSED else "honoured")


def _given_up(visits: Sequence[Visit], now: datetime, luck: random.Random) -> Iterator[Visit]:
    """Add visits that were cancelled before somebody else took their place."""
    for visit in visits:
        if luck.random() < CANCELLED:
            kept = timedelta(days=luck.triangular(0.5, 8))
            yield replace(
                visit,
                created_at=visit.created_at - kept,
                cancelled_at=min(visit.created_at - kept / 4, now),
                status="cancelled",
            )
