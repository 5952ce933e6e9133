"""The pure rules: subsidy, peers, health, estimates, medians, hours."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from adoption import dts, health
from adoption.cohorts import Place, cohort, differing_practice, quartiles
from adoption.dts import RULES, Basis, Rules
from adoption.estimates import Parameters, calls_avoided, minutes_saved
from adoption.health import Line
from adoption.medians import middle_of, nearest_rank
from adoption.opening_hours import open_time, spread


R24 = RULES[2024]


@pytest.mark.parametrize(
    ("requests", "euros"),
    [(1875, "0"), (1876, "3620.68"), (3000, "8685.00"), (4000, "17370.00"), (2501, "7240.40")],
)
def test_the_variable_part_of_2024(requests, euros):
    assert dts.variable_part(Decimal(requests), rules=R24) == Decimal(euros)


def test_a_commune_learns_what_it_lacks_for_the_next_step():
    def missing(requests, certifications=0):
        found = dts.simulate(
            requests=requests,
            certifications=certifications,
            stations=1,
            connected=1,
            rules=R24,
        )
        return found.missing, found.next_threshold

    assert missing(1750) == (126, 1876)
    assert missing(1870, certifications=55) == (1, 1876)  # 1875.5 are counted
    assert missing(1876) == (625, 2501)
    assert missing(4000) == (0, 0)


def test_the_whole_subsidy_is_exact():
    found = dts.simulate(requests=3000, certifications=0, stations=2, connected=1, rules=R24)

    assert (found.fixed, found.connection) == (Decimal(18_000), Decimal(500))
    assert found.total == Decimal("27185.00")


def test_by_station_each_of_them_must_reach_the_step():
    by_station = Rules(
        **{field: getattr(R24, field) for field in R24.__slots__} | {"basis": Basis.STATION}
    )

    assert dts.variable_part(Decimal(3000), rules=by_station, stations=2) == 0
    assert dts.missing_to_next(Decimal(3000), rules=by_station, stations=2) == (752, 3752)
    assert dts.variable_part(Decimal(3752), rules=by_station, stations=2) == Decimal("7241.36")


@pytest.mark.parametrize("nonsense", [{"requests": -1}, {"connected": 3}])
def test_nonsense_gets_no_subsidy(nonsense):
    usual = {"requests": 1, "certifications": 0, "stations": 2, "connected": 1}

    with pytest.raises(ValueError, match="no fewer"):
        dts.simulate(**usual | nonsense, rules=R24)


def test_the_rules_of_a_year_nobody_knows_are_the_nearest():
    assert dts.rules_of(2031) is R24
    assert dts.rules_of(1999) is R24
    assert dts.expected([100, 200]) == 1800
    assert dts.expected([]) == 0


def places(*populations, stations=1):
    return [Place(key, population, stations) for key, population in enumerate(populations)]


def test_criteria_are_dropped_from_the_last_until_there_are_five_peers():
    me = Place(99, 5_000, 2)
    same = [Place(n, 4_000 + n, 2) for n in range(5)]

    assert cohort(me, same).dropped == ()
    mixed = [Place(n, 4_000, 1) for n in range(3)] + same[3:]
    assert cohort(me, mixed).dropped == ("stations", "setting")
    strangers = [Place(n, 500, 1) for n in range(5)]
    assert cohort(me, strangers).dropped == ("population", "stations", "setting")
    assert cohort(me, strangers[:4]) is None
    assert 99 not in cohort(me, [*same, me]).members


def test_quartiles_of_fewer_than_five_would_name_them():
    assert quartiles([5, 1, 2, 4, 3]) == quartiles(range(1, 6))
    assert (quartiles([1, 2, 3, 4, 5]).low, quartiles([1, 2, 3, 4, 5]).high) == (2, 4)
    assert quartiles([0, 10, 20, 30, 40, 50]).middle == 25
    with pytest.raises(ValueError, match="Fewer than five"):
        quartiles([1, 2, 3, 4])


def test_the_practice_that_sets_the_best_apart_is_named():
    values = {n: n / 10 for n in range(1, 9)}
    peers = {n: {"evening", "saturday"} if n >= 7 else {"evening"} for n in values}

    assert differing_practice(set(), peers, values, is_high_good=True) == "saturday"
    assert differing_practice({"saturday"}, peers, values, is_high_good=True) == "evening"
    assert differing_practice({"saturday", "evening"}, peers, values, is_high_good=True) == ""
    assert differing_practice({"evening"}, peers, values, is_high_good=False) == ""


def test_what_nobody_rated_does_not_count_and_the_others_make_the_whole():
    lines = [Line("usage", 1.0), Line("online", 0.5), Line("staff", None), Line("support", 0.0)]

    assert health.score(lines) == round(100 * 40 / 55)
    assert health.score(lines[1:]) is None
    assert sum(health.WEIGHTS.values()) == 100
    assert health.score([Line(key, 1.0) for key in health.WEIGHTS]) == 100
    assert health.is_red(39)
    assert not health.is_red(40)
    assert not health.is_red(None)


def test_each_line_of_health():
    assert health.usage(100, 100) == health.usage(130, 100) == 1
    assert health.usage(75, 100) == 0.5
    assert health.usage(50, 100) == 0
    assert health.usage(75, 100, season=0.75) == 1  # everybody fell as much
    assert health.usage(5, 19) is None
    assert health.online(0.8, low=0.5, middle=0.7) == 1
    assert health.online(0.6, low=0.5, middle=0.7) == pytest.approx(0.625)
    assert health.online(0.25, low=0.5, middle=0.7) == 0.125
    assert health.online(None, low=0.5, middle=0.7) is None
    assert health.online(0.3, low=None, middle=None) is None
    assert health.staff(1, 4) == 0.5
    assert health.staff(0, 0) is None
    assert health.freshness(unmarked=0.1, silent=0.0, has_slot=True) == pytest.approx(2.5 / 3)
    assert health.freshness(unmarked=None, silent=None, has_slot=None) is None


def test_estimates_say_by_what_they_are_estimated_and_know_their_bounds():
    assert calls_avoided(bookings=100, changes=10, parameters=Parameters()) == 89
    assert minutes_saved(bookings=100, parameters=Parameters(minutes=10)) == 1000
    for nonsense in ({"minutes": 11}, {"booking_percent": 101}, {"change_percent": -1}):
        with pytest.raises(ValueError, match="spares"):
            Parameters(**nonsense)


def test_a_middle_of_few_is_not_told():
    assert nearest_rank(range(9), 0.5) is None
    assert nearest_rank(range(1, 11), 0.5) == 5
    assert nearest_rank(range(1, 11), 0.9) == 9
    assert nearest_rank([2.5] * 10, 0.5) == 3
    assert middle_of([4]) == middle_of([4, 9]) == 4
    with pytest.raises(ValueError, match="no middle"):
        middle_of([])


def test_hours_are_those_of_the_town_hall_even_when_clocks_change():
    zone = ZoneInfo("Europe/Paris")
    week = spread([[0, 4, [["08:30", "12:30"], ["13:30", "17:00"]]], [6, 6, [["01:00", "05:00"]]]])
    friday = datetime(2026, 10, 23, 14, 0, tzinfo=UTC)  # 16 h in Paris
    monday = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)  # 10 h, an hour of winter later

    assert week[0] == [(time(8, 30), time(12, 30)), (time(13, 30), time(17))]
    # one hour on Friday, four on the clock and five in truth on Sunday, an hour and a half
    assert open_time(friday, monday, week=week, zone=zone, off=set()) == timedelta(hours=7.5)
    assert open_time(friday, monday, week=week, zone=zone, off={date(2026, 10, 25)}) == timedelta(
        hours=2.5
    )
    assert open_time(monday, friday, week=week, zone=zone, off=set()) == timedelta()
