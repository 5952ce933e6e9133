"""An administrator's settings: hours with their count, one day that differs, all taken back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import walks
from tests.journeys.conftest import PHONE


ADMIN = ("pauillac", "admin@pauillac.demo.parvis.test")
MONDAY = re.compile("– .* lundi$")
COUNT = re.compile(r"= \d+ rendez-vous par semaine")


def to_hours(page: Page, demo) -> None:
    """Go from the day to the week of the settings."""
    page.goto(demo.url("pauillac", "/agent/"))
    page.get_by_role("link", name="Réglages").click()
    walks.heading(page, "Réglages")
    page.get_by_role("link", name="Horaires", exact=True).click()
    walks.heading(page, "Horaires")


def counts(page: Page) -> list[str]:
    """Return what the page says a week holds."""
    return COUNT.findall(page.locator("main").inner_text())


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
def test_hours_are_changed_with_their_count_and_taken_back(open_page, demo, with_script):
    page = open_page(ADMIN, java_script_enabled=with_script)
    to_hours(page, demo)
    before = counts(page)

    page.get_by_role("link", name=MONDAY).first.click()
    walks.heading(page, "Changer une plage")
    shown = counts(page)[0]
    page.get_by_label("Ferme à").fill("11:00")
    if with_script:
        page.get_by_label("Ferme à").blur()
    else:
        page.get_by_role("button", name="Calculer").click()
    preview = page.locator("[data-live]")
    expect(preview).to_contain_text("à 11 h.")
    assert counts(page)[0] != shown
    page.get_by_role("button", name="Enregistrer", exact=True).click()

    walks.heading(page, "Horaires")
    expect(page.get_by_text("Plage modifiée")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("– 11.h lundi$"))).to_be_visible()
    assert counts(page) != before
    page.get_by_role("button", name="Annuler ce changement").click()
    walks.heading(page, "Réglages")
    page.get_by_role("link", name="Horaires", exact=True).click()
    assert counts(page) == before


def test_one_day_is_cancelled_from_a_phone_and_given_back(open_page, demo):
    page = open_page(ADMIN, viewport=PHONE)
    to_hours(page, demo)

    page.get_by_role("link", name=re.compile("– .* mardi$")).first.click()
    page.get_by_role("link", name=re.compile("^mardi")).last.click()
    page.get_by_label("Raison, visible du public").fill("Formation des agents")
    page.get_by_role("button", name="Enregistrer", exact=True).click()

    expect(page.get_by_role("cell", name="Formation des agents").first).to_be_visible()
    page.get_by_role("button", name="Rétablir").first.click()
    expect(page.get_by_text("Horaires habituels remis")).to_be_visible()
    expect(page.get_by_role("cell", name="Formation des agents")).to_have_count(0)
