"""Columns, days and hours are guessed as people write them."""

from datetime import date, time

import pytest

from exchange import mapping
from exchange.mapping import DateOrder, Wrong


def test_titles_say_which_column_holds_what():
    header = ["N°", "Motif", "Date RDV", "Heure", "NOM", "Prénom", "E-mail", "Tél."]

    assert mapping.guess("appointments", header) == {
        "service": 1, "day": 2, "time": 3, "name": 4, "first_name": 5, "email": 6, "phone": 7,
    }  # fmt: skip


def test_one_column_is_given_to_one_field_only():
    found = mapping.guess("closures", ["Date", "Motif"])

    assert found == {"first": 0, "reason": 1}


@pytest.mark.parametrize(
    ("values", "order", "is_proved"),
    [
        (["01/02/2026", "25/12/2026"], DateOrder.DAY_FIRST, True),
        (["01/02/2026", "12/25/2026"], DateOrder.MONTH_FIRST, True),
        (["01/02/2026"], DateOrder.DAY_FIRST, False),
        (["25/12/2026", "12/25/2026"], DateOrder.DAY_FIRST, True),
        (["2026-12-01", "n’importe quoi", ""], DateOrder.DAY_FIRST, False),
    ],
)
def test_the_order_of_days_is_french_unless_a_day_proves_otherwise(values, order, is_proved):
    assert mapping.guess_order(values) == (order, is_proved)


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("01/12/2026", date(2026, 12, 1), ""),
        ("1.12.26", date(2026, 12, 1), ""),
        ("2026-12-01T09:30", date(2026, 12, 1), "09:30"),
        ("01/12/2026 à 9h30", date(2026, 12, 1), "9h30"),
        ("46357", date(2026, 12, 1), ""),
        ("46357,5", date(2026, 12, 1), "0.5"),
    ],
)
def test_days_are_read_as_they_are_written(text, day, rest):
    assert mapping.read_day(text, DateOrder.DAY_FIRST) == (day, rest)


def test_the_american_order_is_read_when_chosen():
    assert mapping.read_day("12/01/2026", DateOrder.MONTH_FIRST)[0] == date(2026, 12, 1)


@pytest.mark.parametrize("text", ["", "31/02/2026", "demain", "1/1/99999", "12", "0000-01-01"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(Wrong):
        mapping.read_day(text, DateOrder.DAY_FIRST)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("9h30", time(9, 30)), ("09:30:00", time(9, 30)), ("9 h", time(9)), ("14h", time(14)),
     ("0.5", time(12)), ("0,395833", time(9, 30)), ("8", time(8))],
)  # fmt: skip
def test_hours_are_read_as_they_are_written(text, hour):
    assert mapping.read_time(text) == hour


@pytest.mark.parametrize("text", ["", "25:00", "9h75", "midi", "-1"])
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(Wrong):
        mapping.read_time(text)


def test_weekdays_have_names_and_numbers():
    assert [mapping.read_weekday(text) for text in ("Lundi", "mer.", "7", "friday")] == [
        0,
        2,
        6,
        4,
    ]
    with pytest.raises(Wrong):
        mapping.read_weekday("8")


def test_a_row_without_reference_gets_one_from_what_it_says():
    same = [mapping.own_reference("closures", {"first": text}, "first") for text in ("É", " e ")]

    assert same[0] == same[1] != mapping.own_reference("closures", {"first": "b"}, "first")
    assert mapping.own_reference("closures", {"ref": "A1"}) == "A1"
