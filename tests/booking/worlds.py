"""Worlds nobody would think of, for the oracle and for the kernel."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from booking.availability import Need, Question, Spans
from booking.openings import OpeningRule, Override, School
from booking.timetable import Closure, Timetable
from tests.booking import oracle


PARIS = ZoneInfo("Europe/Paris")
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
NEXT_SPRING = date(2027, 3, 28)
NEXT_AUTUMN = date(2027, 10, 31)
CHANGES = [SPRING, AUTUMN, NEXT_SPRING, NEXT_AUTUMN]
LONG_AGO, FAR_AWAY = date(2020, 1, 1), date(2040, 1, 1)
UNITS = range(1, 6)
ALL = frozenset(UNITS)
SERVICES = (7, 8)


def spans(*pairs: tuple[datetime, datetime]) -> Spans:
    return (
        [int(start.timestamp()) // 60 for start, _ in pairs],
        [int(end.timestamp()) // 60 for _, end in pairs],
    )


def minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


@st.composite
def wall_spans(draw):
    """Draw hours of the night, when clocks change."""
    start = draw(st.integers(0, 90))
    end = start + draw(st.integers(3, 40))
    return tuple(time(*divmod(5 * edge, 60)) for edge in (start, end))


some_units = st.frozensets(st.sampled_from(UNITS), min_size=2)


@st.composite
def hours_around(draw, *, key: int, first: date, days: int, always: set[str]):
    """Draw a rule for one of the days, with no condition or a few besides some ``always``."""
    dates = [first + timedelta(days=n) for n in range(days)]
    start, end = draw(wall_spans())
    changes = st.none() | st.tuples(wall_spans(), some_units).map(lambda it: (*it[0], it[1]))
    conditions = {
        "first": st.sampled_from([dates[-1] - timedelta(days=n) for n in (0, 1, 7, 9)]),
        "last": st.sampled_from([dates[-1], dates[-1] + timedelta(days=7)]),
        "services": st.sampled_from([frozenset({7}), frozenset({8})]),
        "every": st.sampled_from([2, 3]),
        "nth": st.sampled_from([1, 4, -1]),
        "school": st.sampled_from(["term", "holidays"]),
        "changed": st.dictionaries(st.sampled_from(dates), changes, min_size=1),
        "quota": st.integers(0, 3),
        "release": st.integers(0, 4),
        "residents": st.integers(0, 4),
    }
    chosen = always | draw(st.sets(st.sampled_from(sorted(conditions)), max_size=3 - len(always)))
    return oracle.Hours(
        key=key,
        weekday=draw(st.sampled_from(dates)).weekday(),
        start=start,
        end=end,
        step=draw(st.integers(1, 9)) * oracle.MINUTES_5,
        units=draw(some_units),
        at=draw(st.sampled_from([time(0), time(9)])),
        **{"first": LONG_AGO, "last": FAR_AWAY}
        | {name: draw(conditions[name]) for name in sorted(chosen)},
    )


@st.composite
def worlds(draw, always: frozenset[str] = frozenset(), *, online: bool | None = None):
    """Draw a world, a wish, the first day and the number of days.

    All rules have the conditions of ``always``.
    """
    first = draw(st.sampled_from(CHANGES)) - timedelta(days=draw(st.integers(0, 2)))
    days = draw(st.integers(1, 3))
    midnight = datetime.combine(first, time.min, PARIS).astimezone(UTC)
    instants = st.tuples(st.integers(0, days), st.integers(-20, 100)).map(
        lambda place: midnight + timedelta(days=place[0]) + place[1] * oracle.MINUTES_5
    )
    lasting = st.tuples(instants, st.integers(1, 40)).map(
        lambda pair: (pair[0], pair[0] + pair[1] * oracle.MINUTES_5)
    )
    rules = [
        draw(hours_around(key=key, first=first, days=days, always=set(always)))
        for key in range(draw(st.integers(1, 4)))
    ]
    dates = [first + timedelta(days=n) for n in range(days)]
    world = oracle.World(
        zone=PARIS,
        hours=tuple(rules),
        shut=tuple(draw(st.lists(st.tuples(lasting, st.none() | some_units), max_size=2))),
        holidays=draw(st.sampled_from([frozenset(), frozenset(), frozenset({first})])),
        school_holidays=draw(st.frozensets(st.sampled_from(dates))),
        sites=draw(
            st.sampled_from(
                [
                    (frozenset(UNITS),),
                    (frozenset(UNITS),),
                    (frozenset({1, 2}), frozenset({3, 4, 5})),
                ]
            )
        ),
        busy=draw(st.dictionaries(st.sampled_from(UNITS), st.lists(lasting, max_size=3))),
        used=draw(
            st.dictionaries(
                st.tuples(st.integers(0, 3), st.sampled_from(dates)), st.integers(0, 3)
            )
        ),
    )
    wish = oracle.Wish(
        length=draw(st.integers(1, 9)) * oracle.MINUTES_5,
        before=draw(st.integers(0, 3)) * oracle.MINUTES_5,
        after=draw(st.integers(0, 3)) * oracle.MINUTES_5,
        needs=tuple(
            draw(
                st.lists(st.tuples(some_units, st.sampled_from([1, 1, 2])), min_size=1, max_size=2)
                | st.lists(st.tuples(some_units, st.integers(1, 2)), min_size=3, max_size=3)
            )
        ),
        earliest=draw(st.just(midnight - timedelta(days=1)) | instants) + timedelta(seconds=30),
        latest=draw(st.just(midnight + timedelta(days=9)) | instants),
        service=draw(st.sampled_from(SERVICES)),
        online=draw(st.booleans()) if online is None else online,
        resident=draw(st.booleans()),
        now=midnight + timedelta(hours=draw(st.integers(-110, 10))),
    )
    return world, wish, first, days


def asked_of_the_kernel(
    world: oracle.World, wish: oracle.Wish
) -> tuple[Timetable, Question, dict[int, Spans]]:
    """Put a world and a wish in the words of the kernel."""
    return (
        Timetable(
            zone=PARIS,
            openings=tuple(map(rule, world.hours)),
            closures=tuple(Closure(*span, units, "Travaux") for span, units in world.shut),
            holidays=world.holidays,
            school_holidays=world.school_holidays,
            sites=world.sites if len(world.sites) > 1 else (),
        ),
        Question(
            length=minutes(wish.length),
            before=minutes(wish.before),
            after=minutes(wish.after),
            needs=tuple(Need(units, count, f"kind {units}") for units, count in wish.needs),
            earliest=wish.earliest,
            latest=wish.latest,
            service=wish.service,
            online=wish.online,
            resident=wish.resident,
            now=wish.now,
        ),
        {unit: spans(*taken) for unit, taken in world.busy.items()},
    )


def rule(hours: oracle.Hours) -> OpeningRule:
    is_old = hours.first == LONG_AGO and hours.every == 1
    return OpeningRule(
        hours.weekday,
        hours.start,
        hours.end,
        minutes(hours.step),
        hours.units,
        None if is_old else hours.first,
        hours.last if hours.last != FAR_AWAY else None,
        key=hours.key,
        services=hours.services,
        every_weeks=hours.every,
        week_of_month=hours.nth,
        school=School(hours.school),
        overrides=tuple(
            Override(day, changed and changed[:2], changed and changed[2])
            for day, changed in hours.changed.items()
        ),
        quota=hours.quota,
        release_days=hours.release,
        release_time=hours.at,
        residents_days=hours.residents,
    )
