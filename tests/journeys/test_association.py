"""The director of the association follows adoption: figures, filters, order, a file."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect


DIRECTOR = ("gironde", "association@demo.parvis.test")
PIONEER = 83  # per cent online at Pauillac; the bookings of these journeys move it a little


@pytest.fixture
def director(open_page, demo):
    page = open_page(DIRECTOR)
    page.goto(demo.url("gironde"))
    return page


def rows(page: Page) -> list[list[str]]:
    """Read the table of the communes, name first."""
    found = page.locator("table").last.locator("tbody tr").all()
    return [[cell.inner_text() for cell in row.locator("th, td").all()] for row in found]


def percents(found: list[list[str]]) -> list[int]:
    return [int(re.sub(r"\D", "", row[2])) for row in found if "%" in row[2]]


def test_adoption_is_read_at_a_glance(director):
    figures = director.get_by_role("main").inner_text().replace("\u00a0", " ")

    assert "15 / 36" in figures
    assert "5 en réflexion" in figures
    pioneer = re.search(r"(\d+) %\s+en ligne à Pauillac", figures)
    assert pioneer
    assert abs(int(pioneer[1]) - PIONEER) <= 2
    assert len(rows(director)) == 36


def test_the_table_is_filtered_and_sorted_by_its_address(director):
    director.get_by_role("combobox", name="Étape").select_option(label="En service")
    director.get_by_role("button", name="Filtrer").click()
    expect(director.locator("table").last.locator("tbody tr")).to_have_count(15)
    director.get_by_role("columnheader").get_by_role("link", name="Part en ligne").click()
    director.wait_for_url("**sort=**")
    rising = percents(rows(director))
    director.get_by_role("columnheader").get_by_role("link", name="Part en ligne").click()
    director.wait_for_url("**sort=-online**")

    assert rising == sorted(rising)
    assert percents(rows(director)) == sorted(rising, reverse=True)
    assert len(rising) == 15


def test_a_search_ignores_accents_and_an_empty_one_can_be_undone(director):
    director.get_by_label("Nom ou code INSEE").fill("merignac")
    director.keyboard.press("Enter")
    expect(director.locator("table").last.locator("tbody tr")).to_have_count(1)
    assert rows(director)[0][0] == "Mérignac"

    director.get_by_label("Nom ou code INSEE").fill("zzz")
    director.keyboard.press("Enter")
    director.get_by_role("link", name="Tout afficher").click()

    expect(director.locator("table").last.locator("tbody tr")).to_have_count(36)


def test_the_file_says_what_the_table_says(director):
    shown = {row[0]: row for row in rows(director)}
    director.get_by_text("Exporter", exact=True).click()
    with director.expect_download() as download:
        director.get_by_role("link", name="Communes équipées, CSV").click()

    text = download.value.path().read_text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    header, communes = lines[0], lines[1:]
    assert header[0] == "Commune"
    assert {line[0] for line in communes} == set(shown)
    pauillac = next(line for line in communes if line[0] == "Pauillac")
    assert pauillac[5] == re.sub(r"\D", "", shown["Pauillac"][2])
    assert pauillac[6] == re.sub(r"\D", "", shown["Pauillac"][3])


def test_a_commune_has_its_card_and_the_figures_their_definition(director):
    director.locator("table").last.get_by_role("link", name="Pauillac").click()
    expect(director.get_by_role("heading", level=1)).to_have_text("Pauillac")
    expect(director.get_by_role("main")).to_contain_text("33314")
    expect(director.get_by_role("link", name="Voir le site public")).to_be_visible()
    director.get_by_role("link", name="des rendez-vous pris en ligne").click()

    director.wait_for_url("**/mesures/#part-en-ligne")
    expect(director.locator("#part-en-ligne")).to_be_in_viewport()


def test_nobody_else_sees_more_than_the_communes(page, demo):
    page.goto(demo.url("gironde"))

    expect(page.get_by_role("main")).to_contain_text("15 communes en service")
    expect(page.locator("table")).to_have_count(0)
    page.goto(demo.url("gironde", "/communes/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
