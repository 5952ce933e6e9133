from datetime import date, time, timedelta

import pytest

from booking.openings import LAST, OpeningRule, Override, School


MONDAY = date(2026, 11, 23)
RULE = OpeningRule(0, time(9), time(12), 10, frozenset({1}))


def rule(**more) -> OpeningRule:
    return OpeningRule(0, time(9), time(12), 10, frozenset({1}), **more)


def mondays(rule: OpeningRule, *, count: int = 9) -> list[str]:
    days = [MONDAY + timedelta(weeks=n) for n in range(count)]
    return [day.strftime("%d/%m") for day in days if rule.recurs_on(day)]


def test_a_weekly_rule_comes_back_on_its_day_only():
    assert [RULE.recurs_on(MONDAY + timedelta(days=n)) for n in range(8)] == [
        True,
        *[False] * 6,
        True,
    ]


def test_every_second_week_counts_from_the_week_of_the_first_day():
    thursday_before = MONDAY - timedelta(days=4)

    assert mondays(rule(every_weeks=2, valid_from=MONDAY)) == [
        "23/11", "07/12", "21/12", "04/01", "18/01",
    ]  # fmt: skip
    assert mondays(rule(every_weeks=2, valid_from=thursday_before))[:2] == ["30/11", "14/12"]


def test_weeks_of_a_rule_without_first_day_are_counted_all_the_same():
    one, other = rule(every_weeks=2), rule(every_weeks=2, valid_from=MONDAY)

    assert len(mondays(one, count=8)) == 4
    assert set(mondays(one)) in ({*mondays(other)}, {*mondays(RULE)} - {*mondays(other)})


def test_a_monthly_rule_comes_back_on_the_first_or_last_such_day():
    assert mondays(rule(week_of_month=1)) == ["07/12", "04/01"]
    assert mondays(rule(week_of_month=4)) == ["23/11", "28/12"]
    assert mondays(rule(week_of_month=LAST)) == ["30/11", "28/12"]


def test_a_rule_of_term_does_not_hold_in_school_holidays():
    term, away = rule(school=School.TERM), rule(school=School.HOLIDAYS)

    assert not term.goes_with(is_school_holiday=True)
    assert away.goes_with(is_school_holiday=True)
    assert not away.goes_with(is_school_holiday=False)
    assert RULE.goes_with(is_school_holiday=True)


def test_one_occurrence_changes_without_the_others():
    changed = rule(
        overrides=(
            Override(MONDAY, (time(14), time(15))),
            Override(MONDAY + timedelta(weeks=1), reason="Inventaire"),
            Override(MONDAY + timedelta(weeks=2), (time(9), time(12)), frozenset({2})),
        )
    )

    days = [MONDAY + timedelta(weeks=n) for n in range(4)]
    moved, cancelled, staffed, usual = [changed.occurrence(day) for day in days]

    assert (moved.start, moved.end, moved.units) == (time(14), time(15), {1})
    assert cancelled is None
    assert (staffed.start, staffed.units) == (time(9), {2})
    assert (usual.start, usual.end, usual.units) == (time(9), time(12), {1})


def test_a_rule_gives_the_services_it_names():
    assert RULE.gives(7)
    assert rule(services=frozenset({7})).gives(7)
    assert not rule(services=frozenset({8})).gives(7)
    assert rule(services=frozenset({8})).gives(None)


@pytest.mark.parametrize("more", [{"quota": 0}, {"release_days": 0}, {"residents_days": 0}])
def test_limits_bind_citizens_even_when_they_are_zero(more):
    assert rule(**more).binds_citizens
    assert not rule(release_time=time(9)).binds_citizens


def test_a_changed_occurrence_lasts():
    with pytest.raises(ValueError, match="after it starts"):
        Override(MONDAY, (time(9), time(9)))
