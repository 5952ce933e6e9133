"""Dates, hours, figures and names as a French town hall writes them."""

from datetime import UTC, date, datetime, time

import pytest
from django.template import Context, Template
from django.utils.translation import override

from parvis import typo


FIRST = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("day", "language", "written"),
    [
        (FIRST, "fr", "mardi 1er\u00a0décembre 2026"),
        (date(2026, 8, 22), "fr-FR", "samedi 22\u00a0août 2026"),
        (FIRST, "en", "Tuesday 1\u00a0December 2026"),
    ],
)
def test_a_long_date_says_the_day_of_the_week(day, language, written):
    assert typo.date_longue(day, language) == written


def test_a_short_date_fits_a_button():
    assert typo.date_courte(FIRST) == "mar. 1er\u00a0déc."
    assert typo.date_courte(FIRST, "en") == "Tue 1\u00a0Dec"
    assert typo.date_pleine(FIRST) == "1er\u00a0décembre 2026"
    assert typo.date_pleine(FIRST, "en") == "1\u00a0December 2026"
    assert typo.jour_mois(FIRST) == "1er\u00a0déc."
    assert typo.jour_mois(FIRST, "en") == "1\u00a0Dec"


@pytest.mark.parametrize(
    ("moment", "written"),
    [(time(9), "9\u00a0h"), (time(9, 5), "9\u00a0h\u00a005"), (time(14, 30), "14\u00a0h\u00a030")],
)
def test_an_hour_is_written_without_a_leading_zero(moment, written):
    assert typo.heure(moment) == written


def test_english_hours_have_a_colon():
    assert typo.heure(time(9, 5), "en") == "9:05"
    assert typo.date_heure(datetime(2026, 12, 1, 9, 5, tzinfo=UTC), "en").endswith(" at 9:05")


def test_a_percentage_keeps_its_sign_on_the_same_line():
    assert typo.pourcent(0.83) == "83\u00a0%"
    assert typo.pourcent(0.83, "en") == "83%"


@pytest.mark.parametrize(
    ("typed", "shown", "dialled"),
    [
        ("0556591717", "05\u00a056\u00a059\u00a017\u00a017", "tel:+33556591717"),
        ("+33 5 56 59 17 17", "05\u00a056\u00a059\u00a017\u00a017", "tel:+33556591717"),
        ("+33 (0)5.56.59.17.17", "05\u00a056\u00a059\u00a017\u00a017", "tel:+33556591717"),
        ("3939", "3939", "tel:3939"),
        ("", "", ""),
    ],
)
def test_a_telephone_number_is_grouped_and_can_be_dialled(typed, shown, dialled):
    assert typo.telephone(typed) == shown
    assert typo.tel(typed) == dialled


def test_a_reference_is_read_in_groups_of_four():
    assert typo.reference_groups("k7m2-qx4t") == "K7M2\u00a0QX4T"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Pauillac", "Mairie de Pauillac"),
        ("Arcachon", "Mairie d’Arcachon"),
        ("Le Bouscat", "Mairie du Bouscat"),
        ("Les Billaux", "Mairie des Billaux"),
        ("La Brède", "Mairie de La Brède"),
        ("Étauliers", "Mairie d’Étauliers"),
    ],
)
def test_the_town_hall_takes_its_article(name, written):
    assert typo.town_hall(name) == written


def test_english_names_the_town_hall_after_the_commune():
    assert typo.town_hall("Le Bouscat", "en") == "Le Bouscat town hall"


def test_opening_hours_are_read_as_sentences():
    hours = [[0, 3, [["08:30", "12:30"], ["13:30", "17:30"]]], [4, 4, [["08:30", "16:00"]]]]

    assert typo.opening_hours(hours) == [
        (
            "lundi à jeudi",
            "8\u00a0h\u00a030 à 12\u00a0h\u00a030, 13\u00a0h\u00a030 à 17\u00a0h\u00a030",
        ),
        ("vendredi", "8\u00a0h\u00a030 à 16\u00a0h"),
    ]


def test_typed_text_gets_french_spaces_and_apostrophes():
    assert typo.typo("L'accueil : « ouvert » !") == (
        "L’accueil\u00a0: «\u00a0ouvert\u00a0»\u00a0!"
    )
    assert typo.typo("https://pauillac.fr") == "https://pauillac.fr"


def test_de_is_elided_before_the_name_of_a_person():
    assert typo.de_qui("Ana Lacoste") == "d’Ana Lacoste"
    assert typo.de_qui("Élodie Le Goff") == "d’Élodie Le Goff"
    assert typo.de_qui("Le Goff Jeanne") == "de Le Goff Jeanne"
    assert typo.de_qui("Yves Martin") == "d’Yves Martin"
    assert typo.de_qui("Yasmine Gomez") == "de Yasmine Gomez"
    assert typo.de_qui("") == "de "
    assert typo.de_qui("Ana Lacoste", "en") == "Ana Lacoste"


def test_the_filters_follow_the_time_zone_and_the_language_of_the_page():
    page = Template("{{ at|date_heure }} · {{ at|heure }} · {{ share|pourcent }}")
    values = Context({"at": datetime(2026, 12, 1, 8, 5, tzinfo=UTC), "share": None})

    with override("fr"):
        french = page.render(values)
    with override("en"):
        english = page.render(values)

    assert french == ("mardi 1er\u00a0décembre 2026 à 9\u00a0h\u00a005 · 9\u00a0h\u00a005 · –")
    assert english == "Tuesday 1\u00a0December 2026 at 9:05 · 9:05 · –"
