"""What is proposed from public facts alone."""

from datetime import time

import pytest

from onboarding.usual import (
    COLOURS,
    SEA_COLOURS,
    colour_for,
    counters_for,
    is_by_the_sea,
    opening_hours,
    pack_for,
)
from parvis.theme import contrast, palette


def test_long_days_get_a_lunch_break_and_odd_minutes_a_grid():
    assert opening_hours([[0, 1, [["08:33", "17:04"]]]]) == {
        day: ((time(8, 30), time(12)), (time(13, 30), time(17))) for day in (0, 1)
    }


def test_a_week_may_begin_on_saturday():
    assert sorted(opening_hours([[5, 0, [["09:00", "12:00"]]]])) == [0, 5, 6]


@pytest.mark.parametrize(
    ("code", "name", "epci", "is_shore"),
    [
        ("33514", "Soulac-sur-Mer", "CC Médoc Atlantique", True),
        ("33214", "Lacanau", "CC Médullienne", True),
        ("33314", "Pauillac", "CC Médoc Cœur de Presqu'île", False),
        ("75056", "Paris", "Métropole du Grand Paris", False),
        ("64122", "Biarritz", "CA du Pays Basque", False),
        ("14715", "Villers", "CC Cœur Côte Fleurie", True),
        ("38193", "L'Isle-d'Abeau", "CA Porte de l'Isère", False),
        ("21231", "Dijon", "Dijon Métropole, Côte-d'Or", False),
    ],
)
def test_a_shore_is_told_from_names(code, name, epci, is_shore):
    assert is_by_the_sea(code, name, epci) is is_shore


def test_categories_follow_the_size_and_the_sea():
    assert pack_for(population=500, by_the_sea=False) == "rural"
    assert pack_for(population=5_000, by_the_sea=False) == "bourg"
    assert pack_for(population=500, by_the_sea=True) == "littoral"


@pytest.mark.parametrize("colour", [*COLOURS, *SEA_COLOURS])
def test_every_proposed_colour_is_readable(colour):
    assert contrast(palette(colour).brand, palette(colour).on_brand) >= 4.5


def test_a_commune_always_has_the_same_colour():
    assert colour_for("2A004", by_the_sea=True) in SEA_COLOURS
    assert colour_for("33314", by_the_sea=False) == colour_for("33314", by_the_sea=False)


def test_counters_follow_the_size_and_the_stations():
    assert [counters_for(population=n, stations=0) for n in (400, 6_000, 90_000)] == [1, 2, 3]
    assert counters_for(population=400, stations=4) == 4
