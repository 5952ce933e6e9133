from datetime import date, timedelta

import pytest

from booking.school_holidays import (
    ZONE_OF_DEPARTMENT,
    SchoolZone,
    known_until,
    school_holidays,
    zone_of,
)


PUBLISHED = [SchoolZone.A, SchoolZone.B, SchoolZone.C]


def is_holiday(day: date, zone: SchoolZone) -> bool:
    return day in school_holidays(day.year, zone)


@pytest.mark.parametrize(
    ("insee_code", "zone"),
    [
        ("33314", SchoolZone.A),
        ("06088", SchoolZone.B),
        ("57463", SchoolZone.B),
        ("75056", SchoolZone.C),
        ("31555", SchoolZone.C),
        ("2A004", SchoolZone.CORSE),
        ("97209", SchoolZone.OVERSEAS),
        ("98735", SchoolZone.OVERSEAS),
    ],
)
def test_a_commune_has_the_zone_of_its_academy(insee_code, zone):
    assert zone_of(insee_code) == zone


def test_every_department_of_the_mainland_has_a_zone():
    numbers = {f"{n:02}" for n in range(1, 96)} - {"20"} | {"2A", "2B"}

    assert set(ZONE_OF_DEPARTMENT) == numbers


@pytest.mark.parametrize(
    ("zone", "winter", "spring"),
    [
        # The three zones follow one another: the last class is on the Friday before.
        (SchoolZone.A, date(2027, 2, 13), date(2027, 4, 10)),
        (SchoolZone.B, date(2027, 2, 20), date(2027, 4, 17)),
        (SchoolZone.C, date(2027, 2, 6), date(2027, 4, 3)),
    ],
)
def test_winter_and_spring_holidays_of_2027_follow_one_another(zone, winter, spring):
    for saturday in (winter, spring):
        fortnight = [saturday + timedelta(days=n) for n in range(16)]

        assert all(is_holiday(day, zone) for day in fortnight)
        assert not is_holiday(saturday - timedelta(days=1), zone)
        assert not is_holiday(fortnight[-1] + timedelta(days=1), zone)


@pytest.mark.parametrize("zone", PUBLISHED)
def test_autumn_christmas_and_summer_are_the_same_everywhere(zone):
    assert not is_holiday(date(2026, 10, 16), zone)
    assert is_holiday(date(2026, 10, 17), zone)
    assert is_holiday(date(2026, 11, 1), zone)
    assert not is_holiday(date(2026, 11, 2), zone)
    assert is_holiday(date(2026, 12, 19), zone)
    assert is_holiday(date(2027, 1, 3), zone)
    assert not is_holiday(date(2027, 1, 4), zone)
    assert is_holiday(date(2027, 7, 14), zone)


@pytest.mark.parametrize("zone", PUBLISHED)
def test_the_calendar_is_known_for_this_school_year_and_the_next(zone):
    assert known_until(zone) >= date(2028, 8, 31)
    for year in (2026, 2027):
        assert 100 < len(school_holidays(year, zone)) < 140


@pytest.mark.parametrize("zone", [SchoolZone.CORSE, SchoolZone.OVERSEAS])
def test_calendars_that_nobody_publishes_are_said_to_be_unknown(zone):
    assert known_until(zone) is None
    assert school_holidays(2027, zone) == frozenset()
