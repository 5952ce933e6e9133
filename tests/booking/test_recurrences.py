"""Openings in words, and the days on which they come back."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from booking.openings import OpeningRule, Override, School
from booking.recurrences import in_words, next_days, rhythm
from booking.timetable import Timetable


TODAY = date(2026, 11, 24)  # a Tuesday


def rule(**fields):
    usual = {
        "weekday": 1,
        "start": time(9),
        "end": time(12),
        "step": 20,
        "units": frozenset({1}),
    }
    return OpeningRule(**usual | fields)


def days(rule, **fields):
    timetable = Timetable(zone=ZoneInfo("Europe/Paris"), openings=(), **fields)
    return [day.isoformat() for day in next_days(timetable, rule, first=TODAY)]


def said(rule, services=()):
    return in_words(rule, resources=["Guichet 1"], services=services).replace("\u00a0", " ")


def test_an_ordinary_rule_reads_as_a_sentence():
    assert said(rule()) == (
        "Chaque mardi, de 9 h à 12 h. Un départ possible toutes les 20 minutes. "
        "Reçoivent : Guichet 1. Pour toutes les démarches."
    )


def test_a_rule_with_everything_says_everything():
    full = rule(
        every_weeks=2,
        valid_from=date(2026, 9, 1),
        valid_to=date(2027, 6, 30),
        school=School.TERM,
        quota=4,
        release_days=30,
        release_time=time(8),
        residents_days=7,
    )

    words = said(full, services=["Passeport"])

    assert "Un mardi sur deux" in words
    assert "hors vacances scolaires, du mardi 1er septembre 2026 au mercredi 30 juin" in words
    assert "Pour : Passeport." in words
    assert "Au plus 4 rendez-vous en ligne à chaque fois." in words
    assert "Ouvert en ligne 30 jours avant à 8 h." in words
    assert "Habitants d’abord, jusqu’à 7 jours avant." in words


@pytest.mark.parametrize(
    ("week", "words"),
    [(1, "Le premier mardi du mois"), (-1, "Le dernier mardi du mois")],
)
def test_a_monthly_rule_names_its_week(week, words):
    assert rhythm(rule(week_of_month=week)) == words


def test_a_weekly_rule_comes_back_every_week():
    assert days(rule()) == ["2026-11-24", "2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"]


def test_every_second_week_counts_from_the_first():
    found = days(rule(every_weeks=2, valid_from=date(2026, 12, 1)))

    assert found[:3] == ["2026-12-01", "2026-12-15", "2026-12-29"]


def test_the_first_of_the_month_comes_back_every_month():
    assert days(rule(week_of_month=1))[:3] == ["2026-12-01", "2027-01-05", "2027-02-02"]


def test_holidays_and_cancelled_days_are_left_out():
    changed = rule(overrides=(Override(date(2026, 12, 1)),), school=School.TERM)

    found = days(
        changed,
        holidays=frozenset({date(2026, 12, 8)}),
        school_holidays=frozenset({date(2026, 12, 15)}),
    )

    assert found[:2] == ["2026-11-24", "2026-12-22"]


def test_a_rule_that_has_ended_has_no_day():
    assert days(rule(valid_to=date(2026, 11, 1))) == []
