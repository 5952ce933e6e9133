"""The packaged communes of France: names, hours, numbers, outlines."""

from dataclasses import replace
from datetime import time
from itertools import pairwise

import pytest

from tenants import directory
from tenants.directory import CommuneRecord


@pytest.fixture(scope="module")
def records() -> list[CommuneRecord]:
    return list(directory.load_records())


@pytest.fixture
def pauillac() -> CommuneRecord:
    found = directory.record("33314")
    assert found is not None
    return found


# --- Names ---


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Saint-Émilion", "saint emilion"),
        ("ST EMILION", "saint emilion"),
        ("Ste-Foy la Grande", "sainte foy la grande"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Œting", "oeting"),
        ("Saint\u2010E\u0301milion", "saint emilion"),  # another hyphen, accent set apart
        ("  Bègles\t", "begles"),
        ("2A004", "2a004"),
        ("Strasbourg", "strasbourg"),
        ("50 % _ \\ \0 \ud800 東京", "50"),
        ("", ""),
    ],
)
def test_names_compare_without_accents_hyphens_and_abbreviations(typed, folded):
    assert directory.normalise(typed) == folded


def test_folding_twice_changes_nothing(records):
    for record in records[::100]:
        once = directory.normalise(record.name)

        assert directory.normalise(once) == once


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Pauillac", "pauillac"),
        ("Saint-Émilion", "saint-emilion"),
        ("L'Haÿ-les-Roses", "l-hay-les-roses"),
        ("Œuilly", "oeuilly"),
        ("Bors (Canton de Charente-Sud)", "bors-canton-de-charente-sud"),
        ("…", ""),
    ],
)
def test_a_name_becomes_a_host_label(name, label):
    assert directory.slug(name) == label


def test_a_host_label_is_never_longer_than_the_dns_allows():
    assert directory.slug("Très-" * 100) == ("tres-" * 100)[:63].rstrip("-")


def test_within_gironde_no_two_communes_want_the_same_host_label(records):
    gironde = [record for record in records if record.department == "33"]

    assert len({directory.slug(record.name) for record in gironde}) == len(gironde)


def test_the_search_key_holds_the_name_then_the_codes():
    ajaccio = directory.record("2A004")

    assert ajaccio is not None
    assert directory.search_key(ajaccio).startswith(" ajaccio / 2a004 20000 ")
    assert directory.search_key(ajaccio).endswith(" ")


# --- Opening hours ---


def test_hours_are_read_from_french_days():
    text = '[["lundi","vendredi",[["08:30:00","12:30:00"],["13:30:00","17:15:00"]]]]'

    assert directory.parse_hours(text) == ((0, 4, (("08:30", "12:30"), ("13:30", "17:15"))),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '[["lundi","lundi",[["13:30:00","13:30:00"]]]]',
        '[["lundi","lundi",[["18:00:00","09:00:00"]]]]',
        '[["","",[["09:00:00","12:00:00"]]]]',
    ],
)
def test_hours_that_make_no_sense_are_left_out(text):
    assert directory.parse_hours(text) == ()


def test_hours_spread_over_the_week(pauillac):
    week = directory.weekly_hours(pauillac.hours)

    assert list(week) == [0, 1, 2, 3, 4]
    assert week[4] == [(time(8, 30), time(12, 30)), (time(13, 30), time(17, 15))]


def test_hours_that_pass_sunday_come_back_to_monday(pauillac):
    weekend = replace(pauillac, hours=((5, 0, (("09:00", "12:00"),)),))

    assert sorted(directory.weekly_hours(weekend.hours)) == [0, 5, 6]


def test_every_period_of_every_commune_ends_after_it_starts(records):
    for record in records:
        for periods in directory.weekly_hours(record.hours).values():
            assert all(start < end for start, end in periods)


# --- Proposals ---


def test_the_siret_of_pauillac_is_proposed():
    assert directory.proposed_siret("213303142") == "21330314200011"


def test_every_proposed_siret_passes_the_check_digit(records):
    for record in records[::50]:
        if record.siren:
            digits = [int(digit) for digit in directory.proposed_siret(record.siren)]
            doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[::2]]
            assert (sum(doubled) + sum(digits[1::2])) % 10 == 0


@pytest.mark.parametrize("siren", ["", "21330314", "2133031420", "21330314A", "\uff1213303142"])
def test_a_siret_is_not_proposed_from_anything_but_nine_digits(siren):
    with pytest.raises(ValueError, match="nine digits"):
        directory.proposed_siret(siren)


@pytest.mark.parametrize(
    "text",
    ["", "2133031420001", "21330314200012", "213303142000111", "2133031420001a", "²1330314200011"],
)
def test_what_is_no_siret_is_refused(text):
    assert not directory.is_siret(text)


def test_one_wrong_digit_of_a_siret_is_always_noticed():
    right = "21330314200011"
    wrong = [
        right[:place] + str(digit) + right[place + 1 :]
        for place in range(14)
        for digit in range(10)
        if str(digit) != right[place]
    ]

    assert directory.is_siret(right)
    assert not any(directory.is_siret(each) for each in wrong)


# --- The national file ---


def test_the_file_holds_every_commune_of_france_once_in_order(records):
    codes = [record.insee_code for record in records]

    assert len(codes) == 34_969
    assert codes == sorted(set(codes))
    assert sum(record.department == "33" for record in records) == 534


def test_pauillac_is_known_in_full(pauillac):
    assert pauillac.name == "Pauillac"
    assert pauillac.department == "33"
    assert (pauillac.epci_siren, pauillac.siren) == ("200069995", "213303142")
    assert pauillac.epci_name.startswith("CC Médoc")
    assert pauillac.postcodes == ("33250",)
    assert (pauillac.population, pauillac.population_year) == (5190, 2023)
    assert pauillac.population_source.startswith("INSEE")
    assert (pauillac.longitude, pauillac.latitude) == (-0.7461, 45.1997)
    assert pauillac.address == "1 quai Antoine-Ferchaud\n33250 Pauillac"
    assert pauillac.phone == "05 56 73 30 50"
    assert pauillac.email == "courrier@mairie-pauillac.fr"


def test_what_is_unknown_is_empty_and_not_invented(records):
    by_code = {record.insee_code: record for record in records}
    clipperton = by_code["98901"]

    assert (clipperton.population, clipperton.population_year) == (None, None)
    assert clipperton.population_source == ""
    assert (clipperton.siren, clipperton.longitude, clipperton.hours) == ("", None, ())
    assert by_code["97601"].population_year == 2017


def test_the_file_says_where_its_data_come_from():
    header = directory.header()

    assert "Licence Ouverte" in header["sources"]["licence"]
    assert {"code", "population", "epci", "postcodes", "directory"} <= set(header["sources"])
    assert set(header["dates"]) == {"code", "directory"}


def test_a_file_of_another_format_is_refused(monkeypatch):
    monkeypatch.setattr(directory, "FORMAT", directory.FORMAT + 1)
    directory.header.cache_clear()

    with pytest.raises(ValueError, match="another format"):
        directory.header()


@pytest.mark.parametrize("code", ["33999", "", "2a004", "33314\0", "33314" * 1000, '33314"', "é"])
def test_an_unknown_code_finds_no_commune(code):
    assert directory.record(code) is None


def test_a_corsican_code_finds_its_commune():
    found = directory.record("2A004")

    assert found is not None
    assert found.name == "Ajaccio"


@pytest.mark.parametrize(
    ("code", "name"), [("33", "Gironde"), ("2A", "Corse-du-Sud"), ("999", "999")]
)
def test_a_department_has_a_name(code, name):
    assert directory.department_name(code) == name


# --- Outlines ---


def test_every_commune_of_gironde_has_an_outline_around_its_town_hall(records):
    outside = [
        record.name for record in records if record.department == "33" and not is_around(record)
    ]

    assert len(outside) < 20  # simplified outlines; a few town halls stand at the very edge


def is_around(record: CommuneRecord) -> bool:
    rings = directory.outline(record.insee_code)
    assert rings
    assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in rings)
    if record.longitude is None or record.latitude is None:
        return True
    edges = [pair for ring in rings for pair in pairwise(ring)]
    crossings = [
        (x2 - x1) * (record.latitude - y1) / (y2 - y1) + x1 > record.longitude
        for (x1, y1), (x2, y2) in edges
        if (y1 > record.latitude) != (y2 > record.latitude)
    ]
    return sum(crossings) % 2 == 1


@pytest.mark.parametrize("code", ["75056", "33999", "", "../..", "97411"])
def test_without_a_packaged_outline_there_is_none(code):
    assert directory.outline(code) is None


def test_a_packed_ring_comes_back_to_ten_thousandths_of_a_degree():
    ring = [(-0.79712, 45.22126), (-0.79364, 45.2224), (-0.7, 45.1), (-0.79712, 45.22126)]

    packed = directory.pack_ring(ring)

    assert packed == [-7971, 452213, 35, 11, 936, -1224]


def test_a_ring_smaller_than_the_rounding_vanishes():
    assert directory.pack_ring([(0, 0), (0.00001, 0), (0, 0.00001), (0, 0)]) == []
