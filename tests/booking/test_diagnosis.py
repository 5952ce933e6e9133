import dataclasses
from datetime import date, datetime, time, timedelta

from hypothesis import given, settings

from booking.availability import Need, Question, free_starts
from booking.diagnosis import Finding, Reason, diagnose
from booking.openings import OpeningRule, Override, School
from booking.timetable import Closure, Timetable
from tests.booking.worlds import PARIS, asked_of_the_kernel, spans, worlds


MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
BEFORE = datetime(2026, 11, 20, 12, tzinfo=PARIS)
STATION, AGENT = 1, 9


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


def rule(**more) -> OpeningRule:
    usual = {"units": frozenset({STATION, AGENT}), "key": 5}
    return OpeningRule(0, time(9), time(12), 20, **usual | more)


def asked(**more) -> Question:
    needs = (
        Need(frozenset({STATION}), kind="station"),
        Need(frozenset({AGENT}), kind="agent"),
    )
    usual = {"length": 20, "needs": needs, "service": 7, "online": True, "now": BEFORE}
    return Question(**usual | more)


def find(*rules, day=MONDAY, busy=None, used=None, wish=None, **world) -> Finding:
    """Return what is found of the day."""
    table = Timetable(zone=PARIS, openings=rules or (rule(),), **world)
    question, taken = wish or asked(), {"busy": busy or {}, "used": used or {}}
    free, for_one = (
        free_starts(table, each, first=day, days=1, **taken)
        for each in (question, dataclasses.replace(question, length=20))
    )
    findings = diagnose(table, question, free=free, for_one=for_one, used=used or {})
    assert list(findings) == [day]
    return findings[day]


def reason(*rules, **more) -> Reason:
    return find(*rules, **more).reason


@settings(max_examples=300, deadline=None)
@given(worlds() | worlds(frozenset({"quota", "release", "residents"}), online=True))
def test_a_day_has_a_reason_if_and_only_if_it_has_no_free_start(drawn):
    world, _, first, days = drawn
    table, question, busy = asked_of_the_kernel(*drawn[:2])
    shorter = dataclasses.replace(question, length=5)
    free, for_one = (
        free_starts(table, each, busy=busy, first=first, days=days, used=world.used)
        for each in (question, shorter)
    )

    for alone in (for_one, None):
        found = diagnose(table, question, free=free, for_one=alone, used=world.used)

        assert set(found) == {day for day, starts in free.by_day().items() if not starts}


@settings(max_examples=200, deadline=None)
@given(worlds() | worlds(frozenset({"quota", "residents"}), online=True))
def test_taking_away_what_the_reason_says_is_seen(drawn):
    world, _, first, days = drawn
    table, question, busy = asked_of_the_kernel(*drawn[:2])

    def findings(asked, *, taken=busy, used=world.used):
        free = free_starts(table, asked, busy=taken, first=first, days=days, used=used)
        return diagnose(table, asked, free=free, used=used)

    found = findings(question)
    unbooked = findings(question, taken={})
    unused = findings(question, used={})
    resident = findings(dataclasses.replace(question, resident=True))

    for day, finding in found.items():
        if finding.reason == Reason.FULL:
            assert day not in unbooked
        if finding.reason == Reason.QUOTA and day in unused:
            assert unused[day].reason in {Reason.QUOTA, Reason.MISSING, Reason.FULL}
        if finding.reason == Reason.RESIDENTS:
            assert day not in resident or resident[day].reason != Reason.RESIDENTS
        if finding.reason in {Reason.NOT_RELEASED, Reason.RESIDENTS}:
            assert finding.opens_at > question.now


def test_nothing_that_serves_is_said_before_all_else():
    wish = asked(needs=(Need(frozenset()),))

    assert reason(wish=wish, holidays=frozenset({MONDAY})) == Reason.NOT_OFFERED


def test_a_day_gone_by_is_past():
    for now in (at(TUESDAY, 9), at(MONDAY, 11, 50)):
        assert reason(wish=asked(now=now, earliest=now + timedelta(hours=2))) == Reason.PAST


def test_a_day_beyond_the_horizon_says_so():
    assert reason(wish=asked(latest=at(MONDAY, 0))) == Reason.BEYOND_HORIZON
    assert reason(wish=asked(latest=at(MONDAY, 8))) == Reason.BEYOND_HORIZON


def test_a_day_within_the_notice_says_so():
    assert reason(wish=asked(earliest=at(TUESDAY, 9))) == Reason.NOTICE
    assert reason(wish=asked(earliest=at(MONDAY, 11, 45))) == Reason.NOTICE


def test_an_agent_is_not_told_that_the_slot_just_begun_is_past():
    wish = asked(online=False, now=at(MONDAY, 11, 50), earliest=at(MONDAY, 11, 35))
    busy = {AGENT: spans((at(MONDAY, 8), at(MONDAY, 12)))}

    assert reason(wish=wish, busy=busy) == Reason.FULL


def test_a_public_holiday_comes_before_a_missing_opening():
    assert reason(day=TUESDAY, holidays=frozenset({TUESDAY})) == Reason.PUBLIC_HOLIDAY


def test_a_closure_gives_its_words():
    closed = Closure.of_days(MONDAY, MONDAY, zone=PARIS)
    works = dataclasses.replace(closed, reason="Travaux")
    hours_only = Closure(at(MONDAY, 8), at(MONDAY, 18), reason="Deuil")
    site = dataclasses.replace(works, units=frozenset({STATION, AGENT}))

    assert find(closures=(works,)) == Finding(Reason.CLOSURE, words="Travaux")
    assert find(closures=(closed,)) == Finding(Reason.CLOSURE)
    assert find(closures=(hours_only,)) == Finding(Reason.CLOSURE, words="Deuil")
    assert find(closures=(site,)) == Finding(Reason.CLOSURE, words="Travaux")


def test_a_closed_site_is_said_although_another_one_is_in_service_elsewhere():
    site = Closure.of_days(MONDAY, MONDAY, zone=PARIS, units=frozenset({STATION, AGENT}))
    wish = asked(needs=(Need(frozenset({STATION, 2})), Need(frozenset({AGENT, 10}))))

    assert reason(wish=wish, closures=(site,)) == Reason.CLOSURE


def test_a_day_without_an_opening_for_the_service_says_so():
    assert reason(day=TUESDAY) == Reason.NO_OPENING
    assert reason(rule(services=frozenset({8}))) == Reason.NO_OPENING


def test_hours_of_the_other_part_of_the_school_year_are_named():
    away = frozenset({MONDAY})

    assert reason(rule(school=School.TERM), school_holidays=away) == Reason.SCHOOL
    assert reason(rule(school=School.HOLIDAYS)) == Reason.SCHOOL


def test_a_cancelled_occurrence_gives_its_words():
    cancelled = rule(overrides=(Override(MONDAY, reason="Formation"),))

    assert find(cancelled) == Finding(Reason.CANCELLED, words="Formation")


def test_a_day_not_released_says_when_it_will_be():
    soon = rule(release_days=2, release_time=time(9))
    later = rule(release_days=1)

    assert find(soon, later) == Finding(
        Reason.NOT_RELEASED, opens_at=at(MONDAY - timedelta(days=2), 9)
    )


def test_a_day_kept_for_residents_says_until_when():
    kept = rule(residents_days=1)

    assert find(kept) == Finding(Reason.RESIDENTS, opens_at=at(MONDAY - timedelta(days=1), 0))


def test_a_quota_used_up_says_so():
    assert reason(rule(quota=4), used={(5, MONDAY): 4}) == Reason.QUOTA


def test_what_is_missing_is_named():
    no_agent = rule(units=frozenset({STATION}))
    broken = Closure.of_days(MONDAY, MONDAY, zone=PARIS, units=frozenset({STATION}))
    none_active = asked(needs=(Need(frozenset({STATION})), Need(frozenset(), kind="agent")))

    assert find(no_agent) == Finding(Reason.MISSING, kind="agent")
    assert find(closures=(broken,)) == Finding(Reason.MISSING, kind="station")
    assert find(wish=none_active) == Finding(Reason.MISSING, kind="agent")


def test_what_never_comes_together_is_missing_without_a_name():
    morning = rule(units=frozenset({STATION}))
    afternoon = rule(units=frozenset({AGENT}))
    apart = (frozenset({STATION}), frozenset({AGENT}))

    assert find(morning, afternoon) == Finding(Reason.MISSING)
    assert find(sites=apart) == Finding(Reason.MISSING)


def test_a_day_too_short_for_so_many_is_told_from_a_full_one():
    all_morning = spans((at(MONDAY, 9), at(MONDAY, 12)))
    but_for_one = spans((at(MONDAY, 9), at(MONDAY, 11, 40)))
    family = asked(length=40)

    assert reason(wish=family, busy={AGENT: but_for_one}) == Reason.TOO_SHORT
    assert reason(wish=family, busy={AGENT: all_morning}) == Reason.FULL
    assert reason(wish=asked(length=240)) == Reason.OPENING_TOO_SHORT


def test_a_free_day_needs_no_reason():
    table = Timetable(zone=PARIS, openings=(rule(),))
    free = free_starts(table, asked(), busy={}, first=MONDAY, days=1)

    assert diagnose(table, asked(), free=free) == {}
