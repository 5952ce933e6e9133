from datetime import date

import pytest

from parvis.public_holidays import Territory, public_holidays, territory_of


@pytest.mark.parametrize(
    ("insee_code", "territory"),
    [
        ("33314", Territory.MAINLAND),
        ("2A004", Territory.MAINLAND),
        ("01004", Territory.MAINLAND),
        ("57463", Territory.ALSACE_MOSELLE),
        ("67482", Territory.ALSACE_MOSELLE),
        ("68224", Territory.ALSACE_MOSELLE),
        ("97105", Territory.GUADELOUPE),
        ("97123", Territory.SAINT_BARTHELEMY),
        ("97127", Territory.SAINT_MARTIN),
        ("97209", Territory.MARTINIQUE),
        ("97302", Territory.GUYANE),
        ("97411", Territory.REUNION),
        ("97502", Territory.SAINT_PIERRE_ET_MIQUELON),
        ("97608", Territory.MAYOTTE),
        ("97701", Territory.SAINT_BARTHELEMY),
        ("97801", Territory.SAINT_MARTIN),
        ("98613", Territory.WALLIS_ET_FUTUNA),
        ("98735", Territory.POLYNESIE),
        ("98818", Territory.NOUVELLE_CALEDONIE),
    ],
)
def test_an_insee_code_tells_the_territory(insee_code, territory):
    assert territory_of(insee_code) == territory


def test_the_mainland_has_eleven_holidays_with_french_names():
    assert public_holidays(2026, Territory.MAINLAND) == {
        date(2026, 1, 1): "Jour de l’an",
        date(2026, 4, 6): "Lundi de Pâques",
        date(2026, 5, 1): "Fête du Travail",
        date(2026, 5, 8): "Fête de la Victoire",
        date(2026, 5, 14): "Ascension",
        date(2026, 5, 25): "Lundi de Pentecôte",
        date(2026, 7, 14): "Fête nationale",
        date(2026, 8, 15): "Assomption",
        date(2026, 11, 1): "Toussaint",
        date(2026, 11, 11): "Armistice",
        date(2026, 12, 25): "Noël",
    }


def test_easter_monday_moves_with_the_year():
    assert public_holidays(2027, Territory.MAINLAND)[date(2027, 3, 29)] == "Lundi de Pâques"


@pytest.mark.parametrize("insee_code", ["57463", "67482", "68224"])
def test_alsace_and_moselle_add_good_friday_and_saint_stephen(insee_code):
    added = (
        public_holidays(2026, territory_of(insee_code)).items()
        - public_holidays(2026, Territory.MAINLAND).items()
    )

    assert dict(added) == {
        date(2026, 4, 3): "Vendredi saint",
        date(2026, 12, 26): "Saint-Étienne",
    }


@pytest.mark.parametrize(
    ("territory", "day"),
    [
        (Territory.GUADELOUPE, date(2026, 5, 27)),
        (Territory.MARTINIQUE, date(2026, 5, 22)),
        (Territory.GUYANE, date(2026, 6, 10)),
        (Territory.REUNION, date(2026, 12, 20)),
        (Territory.MAYOTTE, date(2026, 4, 27)),
        (Territory.SAINT_MARTIN, date(2026, 5, 28)),
        (Territory.SAINT_BARTHELEMY, date(2026, 10, 9)),
    ],
)
def test_overseas_the_abolition_of_slavery_is_a_holiday(territory, day):
    assert public_holidays(2026, territory)[day] == "Abolition de l’esclavage"


@pytest.mark.parametrize("territory", Territory)
def test_every_territory_keeps_the_national_holidays(territory):
    days = public_holidays(2026, territory)

    assert days.keys() >= public_holidays(2026, Territory.MAINLAND).keys()
    assert list(days) == sorted(days)
